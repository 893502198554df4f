// Talking to the kernel.

/** One request in flight; of what waits, the newest of each kind. */
class Line {
  constructor(model, said, stirred) {
    this.stirred = stirred;
    this.model = model;
    this.said = said;
    this.waiting = new Map();
    this.flying = null;
    this.name = Math.random().toString(36).slice(2); // several views may show one widget
    this.number = 0;
    this.hear = (message, buffers) => this.#answer(message, buffers);
    model.on("msg:custom", this.hear);
  }

  ask(kind, message, then) {
    this.waiting.delete(kind);
    this.waiting.set(kind, { message, then });
    this.#next();
  }

  /** What waits of this kind is not wanted any more. */
  drop(kind) { this.waiting.delete(kind); }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.hear);
  }

  get busy() { return Boolean(this.flying || this.waiting.size); }

  #next() {
    this.stirred();
    if (this.flying || !this.waiting.size) return;
    const kind = this.waiting.has("view") ? "view" : this.waiting.keys().next().value;
    const { message, then } = this.waiting.get(kind);
    this.waiting.delete(kind);
    this.flying = { seq: `${this.name}-${++this.number}`, then, kind };
    this.timer = setTimeout(() => this.#lost("The kernel does not answer. If it was started again, run the cell once more."), PATIENCE);
    try {
      this.model.send({ ...message, seq: this.flying.seq });
    } catch { // the other end is gone
      this.#lost("The kernel was started again, or is gone: run the cell once more.");
    }
  }

  /** What waits was asked of a kernel that does not answer; the next thing that people do asks again. */
  #lost(sentence) {
    clearTimeout(this.timer);
    this.flying = null;
    this.waiting.clear();
    this.said(sentence);
    this.stirred();
  }

  #answer(message, buffers) {
    if (!this.flying || message.seq !== this.flying.seq) return;
    clearTimeout(this.timer);
    const { then, kind } = this.flying, bad = message.op === "problem";
    this.flying = null;
    if (bad || !this.trouble || this.trouble === kind) this.said(bad ? message.sentence : ""); // another question's answer mends nothing
    if (bad) this.trouble = kind;
    else if (this.trouble === kind) this.trouble = null;
    if (!bad) then(message, buffers);
    this.#next();
  }
}

const typed = (Kind, buffer) =>
  new Kind(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength));

/** Counts or marks as the stage draws them; of a search in the light also what it found. */
function counted(answer, buffers) {
  if (answer.op === "density") {
    const [counts, lit = null] = buffers.map((buffer) => typed(Uint32Array, buffer));
    return { ...answer, counts, lit };
  }
  const kinds = [Uint16Array, Uint8Array, Float64Array, Float64Array, Float64Array, Uint32Array, Uint8Array];
  const [lane, grade, time, earliest, latest, row, hits = null] = buffers.map((buffer, index) => typed(kinds[index], buffer));
  return { ...answer, marks: { lane, grade, time, earliest, latest, row }, hits };
}
