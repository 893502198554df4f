// What people judge of the event in the panel. Nothing is called saved before the kernel says that it is on disk.

const ASKED = {
  hide: "Why is it hidden? Whoever reads the timeline later will ask.",
  relabel: "In your own words (left empty, it keeps those of the source)",
  note: "Note on this event (left empty, there is none)",
};
const BEGUN = { hide: "reason not saved", relabel: "words not saved", note: "note not saved" };
const DONE = { pin: "pin", unpin: "unpin", hide: "hide", unhide: "show again", relabel: "own words", note: "note" };
const KEYED = [["x", "pin, unpin the event in the panel"], ["h", "hide it with a reason, show it again"], ["r", "put it in your own words"],
  ["c", "note on it"], ["l", "link it to a factor"]];
const saidBy = ({ by, at }) => make("span", { textContent: ` (${by || "somebody"}, ${at.slice(0, 10)} ${at.slice(11, 19)} UTC)` });
const namesOf = (one) => [one?.value ?? []].flat().filter(Boolean);
const press = (words, title, act, more = {}) => make("button", { type: "button", textContent: words, title, on: { click: act }, ...more });

/** How an edit of several events learns what this person said of one of them since. */
const rebasing = (all) => (event, from, to) => {
  for (const one of all) if (one.event === event && one.base === from) one.base = to;
};

class Judging {
  constructor(explorer) {
    this.explorer = explorer;
    this.told = explorer.setup.judging;
    this.row = this.state = this.form = null;
    this.trouble = make("p", { className: "pmx-trouble", role: "alert", hidden: "" }); // a journal that cannot be read
    this.linking = new Linking(this);
    this.deciding = new Deciding(this);
    this.acts = Object.fromEntries(["x", "h", "r", "c", "l"].map((key) => [key, () => this.#act(key)]));
    this.#build();
  }

  #build() {
    this.list = make("ul", { "aria-label": "Judgements" });
    this.pin = press("Pin", "Pin or unpin (x)", () => this.#pin());
    this.hide = press("Hide…", "Hide with a reason, or show again (h)", () => this.#hide());
    this.words = press("Words…", "Put it in your own words (r)", () => this.#write("relabel"));
    this.note = press("Note…", "Note (c)", () => this.#write("note"));
    this.correct = press("Correct…", "Correct or withdraw what was told", () => this.explorer.desks.open("told")?.correct(this.row.id));
    this.place = make("div");
    this.status = make("output");
    this.root = make("div", { className: "pmx-judging", role: "group", "aria-label": "Judge this event", hidden: "" }, this.list,
      make("div", { className: "pmx-judge" }, this.pin, this.hide, this.words, this.note, this.linking.factor, this.linking.action, this.correct),
      this.place, this.linking.root, this.status, this.deciding.root);
    this.explorer.detail.body.before(this.trouble, this.root);
    for (const [key, words] of KEYED) {
      this.explorer.keys.firstElementChild.append(
        make("div", {}, make("dt", { textContent: key }), make("dd", { textContent: words })));
    }
  }

  close() { this.deciding.close(); }

  // ---- what is shown

  /** Another event is coming into the panel: until its state is known nothing can be said of it. */
  opened(row) {
    if (this.row?.id === row.id && this.state) return;
    this.row = row;
    this.state = null;
    this.#shut();
    this.linking.shut();
    this.say("");
    this.root.hidden = true;
  }

  show(row, state, group, message) {
    if (!state || row.id !== this.row?.id) return;
    this.root.hidden = Boolean(state.problem);
    this.trouble.hidden = !state.problem;
    this.trouble.textContent = state.problem ?? "";
    if (state.problem) return;
    Object.assign(this, { row, state, group, message });
    this.#draw();
    this.deciding.show();
    const verb = Object.keys(ASKED).find((each) => this.#kept(row, each));
    if (!verb || this.form) return;
    this.#write(verb, false);
    this.say("This text is not saved yet.");
  }

  #draw() {
    const { pinned, hidden, label, note, milestone, rejected, told } = this.state;
    const line = (words, one, text = "") => one && make("li", {}, make("strong", { textContent: words }), text ? `: ${text}` : "", saidBy(one));
    this.list.replaceChildren(...[line("Pinned", pinned), line("Hidden", hidden, hidden?.value), line("Own words", label, label?.value),
      line("Note", note, note?.value), line(`Milestone: ${namesOf(milestone).join(", ")}`, milestone),
      line(`Not: ${namesOf(rejected).join(", ")}`, rejected), line(`Told by ${told?.value.witness ?? "somebody"}`, told), this.#grouped()].filter(Boolean));
    this.list.hidden = !this.list.children.length;
    this.pin.textContent = pinned ? "Unpin" : "Pin";
    this.hide.textContent = hidden ? "Unhide" : "Hide…";
    this.correct.hidden = !told || !this.explorer.desks.desk("told");
    this.explorer.detail.worded(label?.value);
  }

  /** The events that are said to be one with this one. */
  #grouped() {
    if (!this.group?.length) return null;
    const [stays] = this.state.group, { explorer } = this;
    const items = this.group.map((row) => make("li", {},
      press(`${row.time.slice(11, 23)} ${row.message}`.slice(0, 90), "Go to this event", () => explorer.goTo({ row: row.row, time: Date.parse(row.time) }, true), { className: "pmx-link", disabled: row.id === this.row.id ? "" : null }),
      row.id === stays ? make("span", { textContent: " stays" }) : press("Take out", "Take it out again", () => explorer.merging.takeOut([row.id]), { "aria-label": `Take out the event at ${row.time.slice(11, 23)} UTC` })));
    return make("li", {}, make("strong", { textContent: `${plural(this.state.group.length, "event")} as one` }), make("ul", {}, ...items));
  }

  say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
  }

  // ---- what people do

  #act(key) {
    if (!this.explorer.detail.open || !this.state) return this.explorer.tell("Open an event first: choose one and press Enter.");
    ({ x: () => this.#pin(), h: () => this.#hide(), r: () => this.#write("relabel"), c: () => this.#write("note"), l: () => this.linking.open("factor") })[key]();
  }

  #pin() { this.#send(this.state.pinned ? "unpin" : "pin"); }

  #hide() {
    if (this.state.hidden) this.#send("unhide");
    else this.#write("hide");
  }

  /** The field for a text. Its base is the state that the person saw when the edit was begun. */
  #write(verb, focus = true) {
    const kept = this.#kept(this.row, verb);
    if (this.form?.verb === verb) return this.form.field.focus();
    const field = make("textarea", { maxlength: this.told.longest, rows: 2, on: { input: () => this.#keep() } });
    field.value = kept?.value ?? { note: this.state.note?.value, relabel: this.state.label?.value ?? this.message }[verb] ?? "";
    const save = make("button", { type: "submit", textContent: "Save" });
    const cancel = press("Cancel", "Forget this text", () => { this.#forget(this.row, verb); this.#shut(true); });
    const root = make("form", { on: {
      submit: (event) => { event.preventDefault(); this.#submit(); },
      keydown: (event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          this.#shut(true);
        } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          event.stopPropagation();
          this.#submit();
        }
      },
    } }, make("label", { textContent: ASKED[verb] }, field), make("div", { className: "pmx-judge" }, save, cancel));
    this.linking.shut();
    this.form = { verb, field, base: kept?.base ?? this.state.base, id: kept?.id ?? null, sent: kept?.sent };
    this.place.replaceChildren(root);
    if (!focus) return;
    field.focus();
    if (!kept) field.select(); // another text takes its place at once, End keeps it
  }

  #shut(focus = false) {
    const { form } = this;
    this.form = null;
    this.place.replaceChildren();
    if (focus && form) ({ note: this.note, relabel: this.words, hide: this.hide })[form.verb].focus();
  }

  #submit() {
    const { verb, field, base, id, sent } = this.form, value = field.value.trim();
    if (verb === "hide" && !value) {
      this.say(ASKED.hide, true);
      return field.focus();
    }
    this.#send(verb, verb === "relabel" && value === this.message ? null : value || null, { base, id: sent === value ? id : null });
  }

  /** What takes a judgement back: as it was before. */
  #inverse(verb, before) {
    if (verb === "pin" || verb === "unpin") return { verb: before.pinned ? "pin" : "unpin", value: null };
    if (verb === "hide" || verb === "unhide") return before.hidden ? { verb: "hide", value: before.hidden.value || "as before" } : { verb: "unhide", value: null };
    return { verb, value: before[{ relabel: "label" }[verb] ?? verb]?.value || null };
  }

  // ---- saving

  #send(verb, value = null, { base = this.state.base, id = null } = {}) {
    const edit = this.#edit(this.row, verb, value, base, this.state);
    edit.id = id ?? hex();
    if (this.form?.verb === verb) {
      Object.assign(this.form, { id: edit.id, sent: this.form.field.value.trim() });
      this.#keep();
    }
    this.explorer.saver.send(edit);
  }

  /** A judgement as an edit; `before` is the state that the person saw. */
  #edit(row, verb, value, base, before) {
    const edit = {
      op: "judge", body: { event: row.id, verb, value }, base, about: row.id,
      what: `${DONE[verb]} of the event at ${row.time.slice(11, 23)} UTC`, text: value && verb in ASKED ? value : "",
      say: (words, bad) => this.shown(row.id) && this.say(words, bad),
      saved: (answer) => this.#saved(edit, row, answer),
      conflict: (answer) => this.#conflict(edit, row, verb, answer),
      inverse: ({ state }) => {
        const back = this.#inverse(verb, edit.before);
        return this.#edit(row, back.verb, back.value, state.base, state);
      },
      again: () => (this.shown(row.id) && this.form?.id === edit.id ? this.#submit() : this.explorer.saver.retry(edit)),
      before,
    };
    return edit;
  }

  #saved(edit, row, answer) {
    this.#rebase(edit, row, answer.state);
    if (this.shown(row.id) && this.form?.id === edit.id) this.#shut(true);
    else if (this.shown(row.id) && this.form && this.form.base === edit.base) this.form.base = answer.state.base;
    this.applied(answer);
  }

  /** What holds of events after an edit: in the table, and in the panel where one of them is there; `all` were its judgements. */
  applied({ states = {}, rows = {} }, all = []) {
    const { table, saver } = this.explorer;
    for (const { event, base } of all) if (states[event]) saver.rebase(event, base, states[event].base);
    for (const [id, told] of Object.entries(rows)) Object.assign(table.withId(id) ?? {}, told);
    table.draw();
    const state = this.row && this.state && states[this.row.id];
    if (!state) return;
    const regrouped = String(state.group) !== String(this.state.group);
    this.state = state;
    if (!state.group.length) this.group = [];
    this.#draw();
    if (regrouped) this.explorer.detail.again(this.row);
  }

  /** Both are shown: what others said is the new state, what was typed stays in the field, and is now based on it. */
  #conflict(edit, row, verb, { state }) {
    edit.before = state;
    if (!this.shown(row.id)) return;
    this.state = state;
    this.#draw();
    if (this.form?.verb !== verb) return;
    Object.assign(this.form, { base: edit.base, id: edit.id });
    this.#keep();
  }

  shown(id) { return this.row?.id === id && this.state !== null; }

  /** Something was saved: the milestones may be others. */
  followed() { this.deciding.followed(); }

  // ---- texts that are not saved yet stay in this browser

  #store(row, verb) { return `${row.id}-${verb}`; }

  /** What was begun for an event and is not saved, in words; "" where nothing is. */
  begun(id) {
    const verb = Object.keys(BEGUN).find((each) => this.explorer.saver.stores.has(this.#store({ id }, each)));
    return verb ? BEGUN[verb] : "";
  }

  #keep() {
    const { verb, field, base, id, sent } = this.form, before = this.begun(this.row.id);
    this.explorer.saver.keep(this.#store(this.row, verb), { value: field.value, base, id, sent });
    if (before !== this.begun(this.row.id)) this.explorer.table.draw();
  }

  #kept(row, verb) {
    const kept = this.explorer.saver.kept(this.#store(row, verb));
    return kept && typeof kept.value === "string" ? kept : null;
  }

  #forget(row, verb) {
    this.explorer.saver.forget(this.#store(row, verb));
    this.explorer.table.draw();
  }

  /** After a judgement: its own text is forgotten, and another one that was begun is based on it: it is no surprise. */
  #rebase(edit, row, state) {
    for (const verb of Object.keys(ASKED)) {
      const kept = this.#kept(row, verb);
      if (kept?.id && kept.id === edit.id) this.#forget(row, verb);
      else if (kept && kept.base === edit.base) this.explorer.saver.keep(this.#store(row, verb), { ...kept, base: state.base });
    }
  }
}
