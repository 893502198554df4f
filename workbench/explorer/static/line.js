// Talking to the kernel.

/** One view in flight and one of all else; of what waits, the newest of each kind. What is asked ahead goes when nothing
 *  else does, and nobody is told if it gets lost. */
class Line {
  constructor(model, said, stirred) {
    this.stirred = stirred;
    this.model = model;
    this.said = said;
    this.waiting = new Map();
    this.flying = new Map();
    this.name = Math.random().toString(36).slice(2); // several views may show one widget
    this.number = 0;
    this.hear = (message, buffers) => this.#answer(message, buffers);
    model.on("msg:custom", this.hear);
  }

  ask(kind, message, then) {
    this.waiting.delete(kind);
    this.waiting.set(kind, { kind, message, then });
    this.#next();
  }

  /** What waits of this kind is not wanted any more. */
  drop(kind) { this.waiting.delete(kind); }

  close() {
    for (const { timer } of this.flying.values()) clearTimeout(timer);
    this.model.off("msg:custom", this.hear);
  }

  get busy() { return [...this.flying.values(), ...this.waiting.values()].some((one) => one.kind !== "ahead"); }

  #flies(...kinds) { return [...this.flying.values()].some((one) => kinds.includes(laneOf(one.kind))); }

  #next() {
    for (const one of this.waiting.values()) {
      const free = one.kind === "ahead" ? !this.flying.size && this.waiting.size === 1 : !this.#flies(laneOf(one.kind));
      if (free) this.#send(one);
    }
    this.stirred();
  }

  #send(one) {
    const seq = `${this.name}-${++this.number}`;
    this.waiting.delete(one.kind);
    this.flying.set(seq, one);
    one.timer = setTimeout(() => this.#lost(one, "The kernel does not answer. If it was started again, run the cell once more."), PATIENCE);
    try {
      this.model.send({ ...one.message, seq });
    } catch { // the other end is gone
      this.#lost(one, "The kernel was started again, or is gone: run the cell once more.");
    }
  }

  /** What waits was asked of a kernel that does not answer; the next thing that people do asks again. */
  #lost({ kind }, sentence) {
    for (const { timer } of this.flying.values()) clearTimeout(timer);
    this.flying.clear();
    this.waiting.clear();
    if (kind !== "ahead") this.said(sentence);
    this.stirred();
  }

  #answer(message, buffers) {
    const one = this.flying.get(message.seq);
    if (!one) return;
    clearTimeout(one.timer);
    this.flying.delete(message.seq);
    const { kind } = one, bad = message.op === "problem";
    if (kind !== "ahead") {
      if (bad || !this.trouble || this.trouble === kind) this.said(bad ? message.sentence : ""); // another question's answer mends nothing
      if (bad) this.trouble = kind;
      else if (this.trouble === kind) this.trouble = null;
    }
    if (!bad) one.then(message, buffers);
    this.#next();
  }
}

/** Requests of one lane follow each other. */
const laneOf = (kind) => (["view", "ahead"].includes(kind) ? kind : "other");

const typed = (Kind, buffer) =>
  new Kind(buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength));

/** Counts or marks as the stage draws them; of a search in the light also what it found. `key` is what was asked. */
function counted(answer, buffers, key = "") {
  const found = { ...answer, key, step: (answer.end - answer.start) / answer.bins };
  if (answer.op !== "density") {
    const kinds = [Uint16Array, Uint8Array, Float64Array, Float64Array, Float64Array, Uint32Array, Uint8Array];
    const [lane, grade, time, earliest, latest, row, hits = null] = buffers.map((buffer, index) => typed(kinds[index], buffer));
    return { ...found, marks: { lane, grade, time, earliest, latest, row }, hits };
  }
  const [counts, lit = null] = buffers.map((buffer) => typed(Uint32Array, buffer)), { bins } = answer;
  const before = new Float64Array(bins + 1); // how many events lie before each bar
  for (let at = 0; at < counts.length; at++) before[(at % bins) + 1] += counts[at];
  for (let bin = 0; bin < bins; bin++) before[bin + 1] += before[bin];
  return { ...found, counts, lit, before };
}
