// What people judge of the event in the panel. Nothing is called saved before the kernel says that it is on disk.

const UNANSWERED = 2 * SECOND;
const ASKED = {
  hide: "Why is it hidden? Whoever reads the timeline later will ask.",
  note: "Note on this event (left empty, there is none)",
};
const DONE = { pin: "pin", unpin: "unpin", hide: "hide", unhide: "show again", note: "note", milestone: "milestone" };
const DEAF = "The kernel does not answer: it may be busy, or it was started again; then run the cell once more.";

class Judging {
  constructor(explorer) {
    this.explorer = explorer;
    this.told = explorer.setup.judging;
    this.name = Math.random().toString(36).slice(2); // several views may show one widget
    this.number = 0;
    this.sent = new Map(); // by seq, what has no acknowledgement yet
    this.row = this.state = this.form = this.undo = null;
    this.trouble = {}; // a journal that cannot be read
    this.acts = { x: () => this.#act("x"), h: () => this.#act("h"), c: () => this.#act("c") };
    this.hear = (message) => this.#answer(message);
    explorer.model.on("msg:custom", this.hear);
    this.#build();
  }

  close() {
    for (const edit of this.sent.values()) clearTimeout(edit.timer);
    this.explorer.model.off("msg:custom", this.hear);
  }

  #build() {
    const button = (words, title, act) => make("button", { type: "button", textContent: words, title, on: { click: act } });
    this.list = make("ul", { "aria-label": "Judgements" });
    this.pin = button("Pin", "Pin or unpin (x)", () => this.#pin());
    this.hide = button("Hide…", "Hide with a reason, or show again (h)", () => this.#hide());
    this.note = button("Note…", "Note (c)", () => this.#write("note"));
    this.menu = make("select", { "aria-label": "Milestone that this event is" }, make("option", { value: "", textContent: "no milestone" }),
      ...this.told.milestones.map((name) => make("option", { value: name, textContent: name })));
    this.set = button("Set", "Set the milestone that this event is", () => this.#send("milestone", this.menu.value || null));
    this.back = button("Undo", "Take the last judgement back", () => this.#takeBack());
    this.place = make("div");
    this.status = make("output");
    this.root = make("div", { className: "pmx-judging", role: "group", "aria-label": "Judge this event", hidden: "" }, this.list,
      make("div", { className: "pmx-judge" }, this.pin, this.hide, this.note, this.menu, this.set, this.back), this.place, this.status);
    this.unsaved = make("div", { className: "pmx-unsaved", role: "alert" });
    this.explorer.detail.body.before(this.root);
    this.explorer.root.querySelector(".pmx-below").before(this.unsaved);
    for (const [key, words] of [["x", "pin, unpin the event in the panel"], ["h", "hide it with a reason, show it again"], ["c", "note on it"]]) {
      this.explorer.keys.firstElementChild.append(
        make("div", {}, make("dt", { textContent: key }), make("dd", { textContent: words })));
    }
  }

  // ---- what is shown

  /** Another event is coming into the panel: until its state is known nothing can be said of it. */
  opened(row) {
    if (this.row?.row === row.row && this.state) return;
    this.row = row;
    this.state = this.undo = null;
    this.#shut();
    this.#say("");
    this.root.hidden = true;
  }

  show(row, state) {
    if (!state || row.row !== this.row?.row) return;
    this.root.hidden = false;
    this.trouble.words?.remove();
    if (state.problem) {
      this.root.hidden = true;
      return this.#unsaved(Object.assign(this.trouble, { row }), state.problem, false);
    }
    this.state = state;
    this.#draw();
    const verb = Object.keys(ASKED).find((each) => this.#kept(row, each));
    if (!verb || this.form) return;
    this.#write(verb, false);
    this.#say("This text is not saved yet.");
  }

  #draw() {
    const { pinned, hidden, note, milestone } = this.state;
    const line = (words, said) => said && make("li", {}, make("strong", { textContent: words }),
      said.value && said.verb !== "milestone" ? `: ${said.value}` : "",
      make("span", { textContent: ` (${said.by || "somebody"}, ${said.at.slice(0, 10)} ${said.at.slice(11, 19)} UTC)` }));
    this.list.replaceChildren(...[line("Pinned", pinned), line("Hidden", hidden), line("Note", note),
      line(milestone ? `Milestone: ${milestone.value}` : "", milestone)].filter(Boolean));
    this.list.hidden = !this.list.children.length;
    this.pin.textContent = pinned ? "Unpin" : "Pin";
    this.hide.textContent = hidden ? "Unhide" : "Hide…";
    this.menu.value = milestone?.value ?? "";
    this.back.hidden = this.undo?.base !== this.state.base; // nobody takes back what others have judged since
  }

  #say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
  }

  // ---- what people do

  #act(key) {
    if (!this.explorer.detail.open || !this.state) {
      this.explorer.heard.textContent = "Open an event first: choose one and press Enter.";
      return;
    }
    ({ x: () => this.#pin(), h: () => this.#hide(), c: () => this.#write("note") })[key]();
  }

  #pin() { this.#send(this.state.pinned ? "unpin" : "pin"); }

  #hide() {
    if (this.state.hidden) this.#send("unhide");
    else this.#write("hide");
  }

  /** The field for a reason or a note. Its base is the state that the person saw when the edit was begun. */
  #write(verb, focus = true) {
    const kept = this.#kept(this.row, verb);
    if (this.form?.verb === verb) return this.form.field.focus();
    const field = make("textarea", { maxlength: this.told.longest, rows: 2, on: { input: () => this.#keep() } });
    field.value = kept?.value ?? (verb === "note" ? this.state.note?.value ?? "" : "");
    const save = make("button", { type: "submit", textContent: "Save" });
    const cancel = make("button", { type: "button", textContent: "Cancel", on: { click: () => { this.#forget(this.row, verb); this.#shut(true); } } });
    const root = make("form", { on: {
      submit: (event) => { event.preventDefault(); this.#submit(); },
      keydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.#shut(true); } },
    } }, make("label", { textContent: ASKED[verb] }, field), make("div", { className: "pmx-judge" }, save, cancel));
    this.form = { verb, field, base: kept?.base ?? this.state.base, id: kept?.id ?? null, sent: kept?.sent };
    this.place.replaceChildren(root);
    if (focus) field.focus();
  }

  #shut(focus = false) {
    const { form } = this;
    this.form = null;
    this.place.replaceChildren();
    if (focus && form) (form.verb === "note" ? this.note : this.hide).focus();
  }

  #submit() {
    const { verb, field, base, id, sent } = this.form, value = field.value.trim();
    if (verb === "hide" && !value) {
      this.#say(ASKED.hide, true);
      return field.focus();
    }
    this.#send(verb, value || null, { base, id: sent === value ? id : null });
  }

  #takeBack() {
    const { verb, value } = this.undo;
    this.#send(verb, value, { undoing: true });
  }

  /** What takes a judgement back: as it was before. */
  #inverse(verb, before) {
    if (verb === "pin" || verb === "unpin") return { verb: before.pinned ? "pin" : "unpin", value: null };
    if (verb === "hide" || verb === "unhide") return before.hidden ? { verb: "hide", value: before.hidden.value || "as before" } : { verb: "unhide", value: null };
    return { verb, value: before[verb]?.value || null };
  }

  // ---- saving

  #send(verb, value = null, { base = this.state.base, id = null, undoing = false } = {}) {
    const before = [...this.sent.values()].filter((each) => each.row.row === this.row.row);
    if (before.some((each) => !each.failed)) {
      this.#say("Saving … Wait for that first, then press again.");
      return;
    }
    for (const each of before.filter((one) => one.verb === verb)) this.#settled(each);
    const edit = { row: this.row, verb, value, base, id: id ?? hex(), undoing, before: this.state };
    if (this.form?.verb === verb) {
      Object.assign(this.form, { id: edit.id, sent: value ?? "" });
      this.#keep();
    }
    this.#try(edit);
  }

  /** Sent again it keeps its id: the kernel writes it once, even if it only was slow. */
  #try(edit) {
    this.#settled(edit);
    edit.seq = `${this.name}-judge-${++this.number}`;
    edit.failed = false;
    this.sent.set(edit.seq, edit);
    if (this.#shown(edit)) this.#say("Saving …");
    edit.timer = setTimeout(() => this.#failed(edit, DEAF), UNANSWERED);
    try {
      this.explorer.model.send({ op: "judge", seq: edit.seq, row: edit.row.row, verb: edit.verb, value: edit.value, base: edit.base, id: edit.id });
    } catch {
      this.#failed(edit, DEAF);
    }
  }

  #answer(message) {
    const edit = this.sent.get(message.seq);
    if (!edit) return;
    clearTimeout(edit.timer);
    if (message.op === "judged") return this.#saved(edit, message);
    if (message.op === "conflict") this.#conflict(edit, message);
    else this.#failed(edit, message.sentence ?? "The kernel gave no reason.");
  }

  #saved(edit, { state, mark }) {
    this.#settled(edit);
    this.#rebase(edit, state);
    const known = this.explorer.table.known(edit.row.row);
    if (known) known.mark = mark;
    this.explorer.table.draw();
    if (!this.#shown(edit)) return;
    this.state = state;
    this.undo = edit.undoing ? null : { ...this.#inverse(edit.verb, edit.before), base: state.base };
    if (this.form?.id === edit.id) this.#shut(true);
    else if (this.form?.base === edit.base) this.form.base = state.base;
    this.#draw();
    this.#say(`Saved ${state.last.at.slice(11, 19)}`);
  }

  /** Both are shown: what others said is the new state, what was typed stays in the field, and is now based on it. */
  #conflict(edit, { state, sentence }) {
    if (this.#shown(edit)) {
      this.state = state;
      this.#draw();
    }
    edit.base = state.base;
    edit.before = state;
    edit.id = hex();
    if (this.#shown(edit) && this.form?.verb === edit.verb) {
      Object.assign(this.form, { base: edit.base, id: edit.id });
      this.#keep();
    }
    this.#failed(edit, sentence);
  }

  #failed(edit, sentence) {
    clearTimeout(edit.timer);
    edit.failed = true;
    if (this.#shown(edit)) this.#say("NOT SAVED", true);
    this.#unsaved(edit, sentence, true);
  }

  #unsaved(edit, sentence, again) {
    edit.words?.remove();
    const event = edit.row.time.slice(11, 23);
    const head = again ? `NOT SAVED: ${DONE[edit.verb]} of the event at ${event} UTC. ` : "";
    const text = again && edit.value && edit.verb !== "milestone" ? " The text is kept." : "";
    edit.words = make("p", { textContent: `${head}${sentence}${text}` });
    if (again) {
      edit.words.append(make("button", { type: "button", textContent: "Try again", on: { click: () => this.#again(edit) } }),
        make("button", { type: "button", textContent: "Dismiss", on: { click: () => this.#settled(edit) } }));
    }
    this.unsaved.append(edit.words);
  }

  /** With what stands in the field now, where it is still open. */
  #again(edit) {
    if (this.#shown(edit) && this.form?.id === edit.id) this.#submit();
    else this.#try(edit);
  }

  #settled(edit) {
    clearTimeout(edit.timer);
    edit.words?.remove();
    edit.words = null;
    this.sent.delete(edit.seq);
  }

  #shown(edit) { return this.row?.row === edit.row.row && this.state !== null; }

  // ---- texts that are not saved yet stay in this browser

  #key(row, verb) { return `pmx-unsaved-${this.told.key}-${row.id}-${verb}`; }

  #keep() {
    const { verb, field, base, id, sent } = this.form;
    this.#store(this.row, verb, { value: field.value, base, id, sent });
  }

  #store(row, verb, kept) {
    try {
      localStorage.setItem(this.#key(row, verb), JSON.stringify(kept));
    } catch { /* a full or forbidden storage: the field still has it */ }
  }

  #kept(row, verb) {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#key(row, verb)));
      return kept && typeof kept.value === "string" ? kept : null;
    } catch {
      return null;
    }
  }

  #forget(row, verb) {
    try {
      localStorage.removeItem(this.#key(row, verb));
    } catch { /* there is none */ }
  }

  /** After a judgement: its own text is forgotten, and another one that was begun is based on it: it is no surprise. */
  #rebase(edit, state) {
    for (const verb of Object.keys(ASKED)) {
      const kept = this.#kept(edit.row, verb);
      if (kept?.id && kept.id === edit.id) this.#forget(edit.row, verb);
      else if (kept?.base === edit.base) this.#store(edit.row, verb, { ...kept, base: state.base });
    }
  }
}

const hex = () => [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
