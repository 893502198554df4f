// From the event in the panel to what follows of it: evidence of a factor, a new action item.

const PRIORITIES = ["P0", "P1", "P2", "P3"], SORTS = ["prevent", "detect", "mitigate", "process"];

class Linking {
  constructor(judging) {
    this.judging = judging;
    this.explorer = judging.explorer;
    const known = Boolean(this.explorer.setup.desks?.linking);
    this.factor = press("Evidence…", "Link it as evidence to a factor (l)", () => this.open("factor"), { hidden: known ? null : "" });
    this.action = press("Action…", "Make an action item of it", () => this.open("action"), { hidden: known ? null : "" });
    this.root = make("div");
    this.form = null;
  }

  /** Where the event stands: what people told is known by its id, as a correction is another line. */
  get where() {
    const { row, state } = this.judging;
    return state.told || !row.line ? row.id : `${row.source}:${row.line}`;
  }

  get words() { return this.judging.state.label?.value ?? this.judging.message ?? ""; }

  shut(focus = false) {
    const { form } = this;
    this.form = null;
    this.root.replaceChildren();
    if (focus && form) this[form.kind].focus();
  }

  open(kind) {
    this.explorer.ask("links", { op: "links" }, (told) => this.#built(kind, told));
  }

  #built(kind, told) {
    if (!this.judging.state) return;
    this.told = told;
    const fields = kind === "factor" ? this.#factors() : this.#action();
    if (!fields) return this.judging.say("There is no factor yet: write one at the five whys, or in factors.toml.", true);
    const save = make("button", { type: "submit", textContent: kind === "factor" ? "Link" : `Make ${told.next}` });
    const form = make("form", { on: {
      submit: (event) => { event.preventDefault(); kind === "factor" ? this.#link() : this.#make(); },
      keydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.shut(true); } },
    } }, ...fields, make("div", { className: "pmx-judge" }, save, press("Cancel", "Do not link it", () => this.shut(true))));
    this.form = { kind, save };
    this.judging.place.replaceChildren();
    this.judging.form = null;
    this.root.replaceChildren(form);
    form.querySelector("select, textarea").focus();
  }

  #factors() {
    if (!this.told.factors.length) return null;
    this.menu = make("select", {}, ...this.told.factors.map((one) =>
      make("option", { value: one.id, textContent: `${one.text}${one.evidence.includes(this.where) ? " (rests on it)" : ""}`.slice(0, 120) })));
    return [make("label", { textContent: `Evidence of the factor (${this.where})` }, this.menu)];
  }

  #action() {
    const choices = (name, values) => make("select", { "aria-label": name }, make("option", { value: "", textContent: name.toLowerCase() }),
      ...values.map((value) => make("option", { value, textContent: value })));
    this.what = make("textarea", { rows: 2, maxlength: this.judging.told.longest });
    this.what.value = this.words;
    this.owner = make("input", { type: "text", maxlength: 100, placeholder: "owner", "aria-label": "Owner" });
    this.priority = choices("Priority", PRIORITIES);
    this.sort = choices("Kind", SORTS);
    return [make("label", { textContent: "What shall be done" }, this.what), make("div", { className: "pmx-judge" }, this.owner, this.priority, this.sort)];
  }

  // ---- saving

  #link() {
    const factor = this.told.factors.find((one) => one.id === this.menu.value), place = this.where;
    if (factor.evidence.includes(place)) return this.judging.say("It is evidence of this factor already.", true);
    this.explorer.saver.send(this.#linked(this.judging.row.id, factor, place, factor.base, false));
  }

  #linked(event, factor, place, base, out) {
    return {
      op: "links.factor", body: { factor: factor.id, place, out }, base, about: `factor ${factor.id}`,
      what: `${place} as evidence of “${factor.text.slice(0, 60)}”`,
      say: (words, bad) => this.judging.shown(event) && this.judging.say(words, bad),
      saved: () => this.judging.shown(event) && this.shut(true),
      inverse: ({ state }) => this.#linked(event, factor, place, state.base, !out),
    };
  }

  #make() {
    const values = { action: this.what.value.trim(), owner: this.owner.value.trim(), priority: this.priority.value, kind: this.sort.value, link: this.where };
    this.explorer.saver.send(this.#made(this.judging.row.id, this.told.next, values, ""));
  }

  /** With no values the item is taken away again. */
  #made(event, name, values, base, before = values) {
    const edit = {
      op: "links.action", body: { name, values }, base, about: `action ${name}`, what: `the action item ${name}`, text: values?.action ?? "",
      say: (words, bad) => this.judging.shown(event) && this.judging.say(words.startsWith("Saved") && values ? `${words}: ${edit.body.name}` : words, bad),
      saved: () => this.judging.shown(event) && this.shut(true),
      conflict: ({ state }) => {
        if (values) edit.body.name = state.next; // somebody took the id
        if (this.form) this.form.save.textContent = `Make ${edit.body.name}`;
      },
      inverse: ({ state }) => this.#made(event, edit.body.name, values ? null : before, state.base, before),
    };
    return edit;
  }
}
