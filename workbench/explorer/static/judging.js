// What people judge of the event in the panel. Nothing is called saved before the kernel says that it is on disk.

const ASKED = {
  hide: "Why is it hidden? Whoever reads the timeline later will ask.",
  note: "Note on this event (left empty, there is none)",
};
const DONE = { pin: "pin", unpin: "unpin", hide: "hide", unhide: "show again", note: "note", milestone: "milestone" };

class Judging {
  constructor(explorer) {
    this.explorer = explorer;
    this.told = explorer.setup.judging;
    this.row = this.state = this.form = null;
    this.trouble = make("p", { className: "pmx-trouble", role: "alert", hidden: "" }); // a journal that cannot be read
    this.acts = { x: () => this.#act("x"), h: () => this.#act("h"), c: () => this.#act("c") };
    this.#build();
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
    this.place = make("div");
    this.status = make("output");
    this.root = make("div", { className: "pmx-judging", role: "group", "aria-label": "Judge this event", hidden: "" }, this.list,
      make("div", { className: "pmx-judge" }, this.pin, this.hide, this.note, this.menu, this.set), this.place, this.status);
    this.explorer.detail.body.before(this.trouble, this.root);
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
    this.state = null;
    this.#shut();
    this.#say("");
    this.root.hidden = true;
  }

  show(row, state) {
    if (!state || row.row !== this.row?.row) return;
    this.root.hidden = Boolean(state.problem);
    this.trouble.hidden = !state.problem;
    this.trouble.textContent = state.problem ?? "";
    if (state.problem) return;
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

  /** What takes a judgement back: as it was before. */
  #inverse(verb, before) {
    if (verb === "pin" || verb === "unpin") return { verb: before.pinned ? "pin" : "unpin", value: null };
    if (verb === "hide" || verb === "unhide") return before.hidden ? { verb: "hide", value: before.hidden.value || "as before" } : { verb: "unhide", value: null };
    return { verb, value: before[verb]?.value || null };
  }

  // ---- saving

  #send(verb, value = null, { base = this.state.base, id = null } = {}) {
    const edit = this.#edit(this.row, verb, value, base, this.state);
    edit.id = id ?? hex();
    if (this.form?.verb === verb) {
      Object.assign(this.form, { id: edit.id, sent: value ?? "" });
      this.#keep();
    }
    this.explorer.saver.send(edit);
  }

  /** A judgement as an edit; `before` is the state that the person saw. */
  #edit(row, verb, value, base, before) {
    const edit = {
      op: "judge", body: { row: row.row, event: row.id, verb, value }, base, about: row.id,
      what: `${DONE[verb]} of the event at ${row.time.slice(11, 23)} UTC`, text: value && verb in ASKED ? value : "",
      say: (words, bad) => this.#shown(row) && this.#say(words, bad),
      saved: (answer) => this.#saved(edit, row, verb, answer),
      conflict: (answer) => this.#conflict(edit, row, verb, answer),
      inverse: ({ state }) => {
        const back = this.#inverse(verb, edit.before);
        return this.#edit(row, back.verb, back.value, state.base, state);
      },
      again: () => (this.#shown(row) && this.form?.id === edit.id ? this.#submit() : this.explorer.saver.retry(edit)),
      before,
    };
    return edit;
  }

  #saved(edit, row, verb, { state, mark }) {
    this.#rebase(edit, row, state);
    const known = this.explorer.table.known(row.row);
    if (known) known.mark = mark;
    this.explorer.table.draw();
    if (!this.#shown(row)) return;
    this.state = state;
    if (this.form?.id === edit.id) this.#shut(true);
    else if (this.form && this.form.base === edit.base) this.form.base = state.base;
    this.#draw();
  }

  /** Both are shown: what others said is the new state, what was typed stays in the field, and is now based on it. */
  #conflict(edit, row, verb, { state }) {
    edit.before = state;
    if (!this.#shown(row)) return;
    this.state = state;
    this.#draw();
    if (this.form?.verb !== verb) return;
    Object.assign(this.form, { base: edit.base, id: edit.id });
    this.#keep();
  }

  #shown(row) { return this.row?.row === row.row && this.state !== null; }

  // ---- texts that are not saved yet stay in this browser

  #store(row, verb) { return `${row.id}-${verb}`; }

  #keep() {
    const { verb, field, base, id, sent } = this.form;
    this.explorer.saver.keep(this.#store(this.row, verb), { value: field.value, base, id, sent });
  }

  #kept(row, verb) {
    const kept = this.explorer.saver.kept(this.#store(row, verb));
    return kept && typeof kept.value === "string" ? kept : null;
  }

  #forget(row, verb) { this.explorer.saver.forget(this.#store(row, verb)); }

  /** After a judgement: its own text is forgotten, and another one that was begun is based on it: it is no surprise. */
  #rebase(edit, row, state) {
    for (const verb of Object.keys(ASKED)) {
      const kept = this.#kept(row, verb);
      if (kept?.id && kept.id === edit.id) this.#forget(row, verb);
      else if (kept && kept.base === edit.base) this.explorer.saver.keep(this.#store(row, verb), { ...kept, base: state.base });
    }
  }
}
