// Saving what people say: nothing is called saved before the kernel says that it is on disk, and no text is lost before.

const UNANSWERED = 2 * SECOND;
const LONGEST_PAST = 100; // edits that can be undone
const DEAF = "The kernel does not answer: it may be busy, or it was started again; then run the cell once more.";
const hex = () => [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");

/** Sends edits: { op, body, base, about, what, text?, store?, say(words, bad), saved(answer), conflict?(answer), inverse?(answer), again?() }.
 *  `about` names the one thing that the edit changes: of one thing, one edit is on its way. `what` is said when it is not saved;
 *  `store` names the kept text that is forgotten once it is; `inverse` gives the edit that takes this one back. */
class Saver {
  constructor(explorer) {
    this.explorer = explorer;
    this.name = Math.random().toString(36).slice(2); // several views may show one widget
    this.number = 0;
    this.sent = new Map(); // by seq, what has no acknowledgement yet
    this.past = [];
    this.future = [];
    this.stores = new Set(this.#there()); // the names of kept texts
    this.root = make("div", { className: "pmx-unsaved", role: "alert" });
    this.undoer = make("button", { type: "button", textContent: "Undo", on: { click: () => this.undo() } });
    this.redoer = make("button", { type: "button", textContent: "Redo", on: { click: () => this.redo() } });
    this.#drawn();
    this.hear = (message) => this.#answer(message);
    explorer.model.on("msg:custom", this.hear);
  }

  close() {
    for (const edit of this.sent.values()) clearTimeout(edit.timer);
    this.explorer.model.off("msg:custom", this.hear);
  }

  // ---- sending

  /** False where an earlier edit of the same thing is still on its way: nothing is sent then. */
  send(edit) {
    const before = [...this.sent.values()].filter((each) => each.about === edit.about);
    if (before.some((each) => !each.failed)) {
      edit.say("Saving … Wait for that first, then press again.");
      return false;
    }
    for (const each of before.filter((one) => one.op === edit.op)) this.#settled(each);
    edit.id ??= hex();
    this.#try(edit);
    return true;
  }

  undo() { this.#step(this.past, "undo"); }
  redo() { this.#step(this.future, "redo"); }

  #step(list, way) {
    const edit = list.at(-1);
    if (edit) this.send(Object.assign(edit, { way }));
    else this.explorer.tell(`There is nothing to ${way}.`);
  }

  /** Sent again it keeps its id: the kernel writes it once, even if it only was slow. */
  #try(edit) {
    this.#settled(edit);
    edit.seq = `${this.name}-edit-${++this.number}`;
    edit.failed = false;
    this.sent.set(edit.seq, edit);
    edit.say("Saving …");
    edit.timer = setTimeout(() => this.#failed(edit, DEAF), UNANSWERED);
    try {
      this.explorer.model.send({ ...edit.body, op: edit.op, seq: edit.seq, base: edit.base, id: edit.id });
    } catch {
      this.#failed(edit, DEAF);
    }
  }

  #answer(message) {
    const edit = this.sent.get(message.seq);
    if (!edit) return;
    clearTimeout(edit.timer);
    if (message.op === "saved") return this.#saved(edit, message);
    if (message.op === "conflict") this.#conflict(edit, message);
    else this.#failed(edit, message.sentence ?? "The kernel gave no reason.");
  }

  #saved(edit, answer) {
    this.#settled(edit);
    if (edit.store) this.forget(edit.store);
    if (typeof answer.state?.base === "string") this.rebase(edit.about, edit.base, answer.state.base);
    this.#remember(edit, edit.inverse?.(answer) ?? null);
    edit.say(`Saved ${answer.at}`);
    edit.saved(answer);
    this.explorer.follow();
  }

  /** Whoever has seen what others wrote may save over it, as another edit. */
  #conflict(edit, answer) {
    edit.base = answer.state.base ?? edit.base;
    edit.id = hex();
    edit.conflict?.(answer);
    this.#failed(edit, answer.sentence);
  }

  #failed(edit, sentence) {
    clearTimeout(edit.timer);
    edit.failed = true;
    edit.say("NOT SAVED", true);
    edit.words?.remove();
    edit.words = make("p", { textContent: `NOT SAVED: ${edit.what}. ${sentence}${edit.text ? " The text is kept." : ""}` },
      make("button", { type: "button", textContent: "Try again", on: { click: () => (edit.again ?? (() => this.#try(edit)))() } }),
      make("button", { type: "button", textContent: "Dismiss", on: { click: () => this.#settled(edit) } }));
    this.root.append(edit.words);
  }

  #settled(edit) {
    clearTimeout(edit.timer);
    edit.words?.remove();
    edit.words = null;
    this.sent.delete(edit.seq);
  }

  /** Nobody wants a failed edit of this any more. */
  dismiss(about) { for (const each of [...this.sent.values()]) if (each.about === about && each.failed) this.#settled(each); }

  /** Sends a failed edit as it is, for an `again` that found nothing newer. */
  retry(edit) { this.#try(edit); }

  // ---- undo and redo

  #remember(edit, back) {
    if (edit.way) (edit.way === "undo" ? this.past : this.future).pop();
    else this.future = [];
    if (back) (edit.way === "undo" ? this.future : this.past).push(back);
    else if (!edit.way) this.past = []; // what came before cannot be reached any more
    this.past.splice(0, this.past.length - LONGEST_PAST);
    this.#drawn();
  }

  /** What this person did to a thing since is no surprise to the edits that wait in the history; what others did is one. */
  rebase(about, from, to) {
    for (const each of [...this.past, ...this.future]) {
      each.rebase?.(about, from, to);
      if (each.about === about && each.base === from) each.base = to;
    }
  }

  #drawn() {
    for (const [button, list, word, keys] of [[this.undoer, this.past, "Undo", "Ctrl+Z"], [this.redoer, this.future, "Redo", "Ctrl+Shift+Z"]]) {
      button.disabled = !list.length;
      button.title = list.length ? `${word}: ${list.at(-1).what} (${keys})` : `There is nothing to ${word.toLowerCase()} (${keys})`;
    }
  }

  // ---- texts that are not saved yet stay in this browser

  #key(store) { return `pmx-unsaved-${this.explorer.setup.key}-${store}`; }

  /** What is kept from before, by its name. */
  #there() {
    const begin = this.#key("");
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(begin)).map((key) => key.slice(begin.length));
    } catch {
      return [];
    }
  }

  keep(store, value) {
    this.stores.add(store);
    try {
      localStorage.setItem(this.#key(store), JSON.stringify(value));
    } catch { /* a full or forbidden storage: the field still has it */ }
  }

  /** What was kept; null where there is nothing. */
  kept(store) {
    try {
      return JSON.parse(localStorage.getItem(this.#key(store)));
    } catch {
      return null;
    }
  }

  forget(store) {
    this.stores.delete(store);
    try {
      localStorage.removeItem(this.#key(store));
    } catch { /* there is none */ }
  }
}
