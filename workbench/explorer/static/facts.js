// The desk for the facts of the incident: incident.toml as a form. What was found is offered beside it and never filled in.

const WRONG_NUMBERS = { whole: [/^\d{1,15}$/, "Write a whole number such as 12."], number: [/^\d{1,15}(?:\.\d{1,9})?$/, "Write a number such as 99.9."] };
const NEEDED = new Set(["title", "id", "severity"]);

/** A place in a source as a button that goes there. */
function evidenceButton(explorer, place) {
  const cut = place.lastIndexOf(":"), where = { source: place.slice(0, cut), line: Number(place.slice(cut + 1)) };
  return make("button", { type: "button", className: "pmx-place", textContent: place, title: `Show the event of ${place}`,
    on: { click: () => explorer.goTo(where, true) } });
}

class FactsDesk {
  static title = "Facts";
  static beside = false;

  constructor(explorer, told) {
    this.explorer = explorer;
    this.told = told;
    this.name = `pmx-${hex()}`;
    this.clock = new DueClock(explorer);
    this.problem = make("p", { className: "pmx-problem", role: "alert", hidden: "" });
    this.fields = new Map();
    const group = (group) => make("fieldset", { className: "pmx-facts-group" }, make("legend", { textContent: group.title }),
      group.fields.some((one) => one.kind === "moment") ? make("p", { className: "pmx-fact-note", textContent: AS_MOMENT }) : null,
      ...group.fields.map((field) => this.#field(field)));
    this.form = make("div", { className: "pmx-facts-groups" }, make("div", {}, ...told.groups.slice(0, 2).map(group)), make("div", {}, ...told.groups.slice(2).map(group)));
    this.root = make("div", { className: "pmx-facts-desk" }, this.clock.root, this.problem, this.form);
  }

  #field(told) {
    const Kind = told.kind === "list" ? ListField : told.kind === "moment" ? MomentField : FactField;
    const field = new Kind(this, told);
    this.fields.set(told.name, field);
    return field.root;
  }

  opened() { this.followed(); this.clock.start(); }
  closed() { this.clock.stop(); }
  followed() { this.explorer.ask("facts", { op: "facts" }, ({ state }) => this.take(state)); }

  /** To the fact that a finding is about. */
  point({ key }) { this.fields.get(key)?.root.querySelector("input, select, textarea")?.focus(); }

  /** A new state; what was found stays where the state does not tell of it. */
  take(state) {
    this.problem.textContent = state.problem ? `${state.problem} Nothing can be written until that is mended.` : state.trouble ?? "";
    this.problem.hidden = !this.problem.textContent;
    this.form.hidden = Boolean(state.problem);
    if (state.problem) return;
    this.known = state.known ?? this.known ?? {};
    this.found = state.found ?? this.found ?? {};
    for (const [name, field] of this.fields) field.take(state.fields[name], this.found[name], this.known[name]);
    if (state.clock) this.clock.take(state.clock);
  }

  /** Sends one key; `field` is what says how it went. */
  send(field, value, base, text) { return this.explorer.saver.send(this.#edit(field, value, base, field.state, text)); }

  #edit(field, value, base, before, text = "") {
    const { name, label } = field.told;
    const edit = {
      op: "facts.save", body: { key: name, value }, base, about: `fact ${name}`, what: label, text, store: `fact-${name}`,
      say: (words, bad) => field.say(words, bad),
      saved: ({ state }) => { field.landed(edit, state.fields[name]); this.take(state); },
      conflict: ({ state }) => { field.conflict(state.fields[name]); this.take(state); edit.before = state.fields[name]; },
      again: () => (text && field.text !== text && field.changed ? field.commit() : this.explorer.saver.retry(edit)),
      inverse: ({ state }) => this.#edit(field, field.sent(edit.before.value), state.fields[name].base, state.fields[name]),
      before,
    };
    return edit;
  }
}

/** One field: its control, who says what stands in it, and what was found. A text is saved when it is left, or with Enter. */
class FactField {
  constructor(desk, told) {
    this.desk = desk;
    this.told = told;
    this.id = `${desk.name}-${told.name}`;
    this.state = { value: told.kind === "list" ? [] : "", base: "" };
    this.status = make("output", { className: "pmx-fact-said", for: this.id });
    this.place = make("span", { className: "pmx-fact-line" });
    this.wrong = make("p", { className: "pmx-fact-wrong", id: `${this.id}-wrong`, role: "alert" });
    this.note = make("p", { className: "pmx-fact-note", id: `${this.id}-note` });
    this.build();
    this.root = make("div", { className: `pmx-fact pmx-fact-${told.kind}`, "data-fact": told.name }, this.named(),
      make("div", { className: "pmx-fact-held" }, this.control, make("span", { className: "pmx-fact-end" }, this.status, this.place), this.wrong, this.note));
  }

  named() { return make("label", { for: this.id, textContent: this.told.label }); }

  build() {
    const { kind, choices, name } = this.told, shared = { id: this.id, "aria-describedby": `${this.id}-note ${this.id}-wrong` };
    if (kind === "choice") {
      this.input = make("select", { ...shared, on: { change: () => this.commit() } }, NEEDED.has(name) ? null : make("option", { value: "", textContent: "not written" }),
        ...choices.map((one) => make("option", { value: one, textContent: one })));
    } else {
      const on = { input: () => this.typed(), blur: () => this.commit(), keydown: (event) => this.key(event) };
      this.input = kind === "long" ? make("textarea", { ...shared, rows: 3, on })
        : make("input", { ...shared, type: "text", autocomplete: "off", spellcheck: kind === "text" ? null : "false", list: name.startsWith("people.") ? `${this.id}-known` : null, on });
    }
    this.options = make("datalist", { id: `${this.id}-known` });
    this.control = make("div", { className: "pmx-fact-control" }, this.input, name.startsWith("people.") ? this.options : null);
  }

  get text() { return this.input.value.trim(); }
  get changed() { return this.input.value.trim() !== this.state.value; }

  key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.dropped();
    } else if (event.key === "Enter" && (this.told.kind !== "long" || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      this.commit();
    }
  }

  /** Esc: what stands on disk stands in the field again. */
  dropped() {
    this.input.value = this.state.value;
    this.settled();
    this.say("");
  }

  typed() {
    this.base ??= this.state.base;
    this.desk.explorer.saver.keep(`fact-${this.told.name}`, { value: this.input.value, base: this.base });
    this.complain("");
    this.say(this.changed ? "Not saved yet" : "");
  }

  /** What the text says: { value }, or { wrong }. */
  read() {
    const { name, kind } = this.told, [shape, sentence] = WRONG_NUMBERS[kind] ?? [];
    if (!this.text && NEEDED.has(name)) return { wrong: "This one is needed." };
    return this.text && shape && !shape.test(this.text) ? { wrong: `“${this.text.slice(0, 40)}” is not that. ${sentence}` } : { value: this.text || null };
  }

  commit() {
    if (!this.changed && !this.pending) return this.base === undefined ? undefined : this.dropped();
    const { value, wrong } = this.read();
    this.complain(wrong ?? "");
    if (wrong || this.pending === this.input.value) return;
    this.base ??= this.state.base;
    this.pending = this.input.value;
    if (!this.desk.send(this, value, this.base, this.text)) this.pending = undefined;
  }

  /** The text of a state as it is sent. */
  sent(value) { return value === "" ? null : value; }

  complain(sentence) {
    this.wrong.textContent = sentence;
    if (sentence) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    if (sentence) this.say("Not saved", true);
  }

  say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
    if (bad && words === "NOT SAVED") this.pending = undefined;
  }

  /** An edit of this field is on disk; what was typed since is based on it: it is no surprise. */
  landed(edit, state) {
    const newer = this.base !== undefined && this.pending !== this.input.value;
    if (!newer) return this.settled();
    this.pending = undefined;
    if (this.base === edit.base) this.desk.explorer.saver.keep(`fact-${this.told.name}`, { value: this.input.value, base: (this.base = state.base) });
  }

  /** Saved, or given up: the field has no text of its own any more. */
  settled() {
    this.base = this.pending = this.theirs = undefined;
    this.complain("");
    this.desk.explorer.saver.forget(`fact-${this.told.name}`);
  }

  /** Others wrote meanwhile: theirs is said, the typed text stays and is now based on theirs. */
  conflict(theirs) {
    if (this.base !== undefined) this.base = theirs.base;
    this.pending = undefined;
    this.theirs = Array.isArray(theirs.value) ? theirs.value.join(", ") : theirs.value;
  }

  take(state, found, known = []) {
    const before = this.state;
    this.state = state;
    if (this.base === undefined) this.show(before);
    this.options.replaceChildren(...known.map((name) => make("option", { value: name })));
    this.tell(found);
    if (this.asked) return;
    this.asked = true; // a text that was not saved before the page was left is there again
    const kept = this.desk.explorer.saver.kept(`fact-${this.told.name}`);
    if (kept && typeof kept.value === "string") this.restored(kept);
  }

  restored({ value, base }) {
    if (value.trim() === this.state.value) return this.desk.explorer.saver.forget(`fact-${this.told.name}`);
    this.input.value = value;
    this.base = base;
    this.say("This text is not saved yet.", true);
  }

  show() { this.input.value = this.state.value; }

  // ---- where it comes from

  tell(found) {
    const { hint, label } = this.told, parts = [];
    if (this.theirs !== undefined) parts.push(make("strong", { textContent: this.theirs ? `On disk it says: ${this.theirs}. ` : "On disk it is empty. " }));
    const { line } = this.state, offered = found && !this.same(found);
    this.input.placeholder = found && !line ? found.text : this.told.kind === "list" ? "Add one more" : "";
    if (offered) parts.push(line ? `Found: ${found.text}, ${found.why} ` : `${found.used ? "Used, as found" : "Found"}: ${this.placed(found)}${found.why} `, ...this.places(found));
    else if (found || !line) parts.push(found ? "As found in the sources." : hint ? `${hint[0].toUpperCase()}${hint.slice(1)}.` : "");
    this.note.replaceChildren(...parts);
    this.place.textContent = line ? `line ${line}` : "";
    this.place.title = line ? `Written in ${this.desk.told.file}, line ${line}` : "";
    const focused = this.taker === document.activeElement;
    this.taker?.remove();
    this.taker = offered ? this.#taker(found, label) : null;
    if (offered) this.control.append(this.taker);
    if (focused) (this.taker ?? this.input).focus();
  }

  /** A select has no placeholder. */
  placed(found) { return this.told.kind === "choice" ? `${found.text}, ` : ""; }

  same(found) { return this.state.line && found.text === this.state.value; }

  places(found) {
    const all = found.evidence.flatMap((place) => [evidenceButton(this.desk.explorer, place), " "]);
    return found.more ? [...all, `and ${plural(found.more, "more place")} `] : all;
  }

  #taker(found, label) {
    return make("button", { type: "button", className: "pmx-fact-take", textContent: "Take over", "aria-label": `Take over for ${label}: ${found.text}`,
      on: { click: () => { this.settled(); this.pending = found.text; this.desk.send(this, found.value, this.state.base, ""); } } });
  }
}

/** A moment: typed in any zone, kept in UTC, and said in the second zone. */
class MomentField extends FactField {
  build() {
    super.build();
    this.echo = make("span", { className: "pmx-fact-echo" });
    this.control.append(this.echo);
    if (this.told.name !== "milestones.postmortem_held") return;
    this.now = make("button", { type: "button", className: "pmx-fact-take", textContent: "Now", "aria-label": "The post-mortem was held now",
      on: { click: () => { this.base ??= this.state.base; this.input.value = momentText(Date.now()); this.commit(); } } });
    this.control.append(this.now);
  }

  same(found) { return this.state.line && this.state.value.startsWith(found.text); }
  get first() { return this.desk.explorer.setup.milestones[0]?.time ?? null; }

  typed() { super.typed(); this.#echoed(); }
  show() {
    super.show();
    this.#echoed();
    if (this.now) this.now.hidden = Boolean(this.state.value);
  }

  read() {
    if (!this.text) return { value: null };
    const { value, wrong } = momentOf(this.text, this.first);
    return wrong ? { wrong } : { value };
  }

  sent(value) { return value ? `${value.replace(" ", "T")}Z` : null; }

  #echoed() {
    const { zone } = this.desk.explorer.setup, { ms } = this.text ? momentOf(this.text, this.first) : {};
    const utc = ms === undefined ? "" : momentText(ms), own = utc && !utc.endsWith(this.text) && !this.text.startsWith(utc) ? `${utc} UTC` : "";
    const there = utc && known(zone) ? `${clock(ms, SECOND, zone)} ${zone.split("/").at(-1).replaceAll("_", " ")}` : "";
    this.echo.textContent = [own, there].filter(Boolean).join(", ");
  }
}

/** Texts one beside the other, each with a button that takes it out, and a field for the next one. */
class ListField extends FactField {
  named() { return make("span", { className: "pmx-fact-label", id: `${this.id}-label`, textContent: this.told.label }); }

  build() {
    this.items = make("ul", { "aria-labelledby": `${this.id}-label` });
    this.options = make("datalist", { id: `${this.id}-known` });
    this.input = make("input", { type: "text", id: this.id, list: `${this.id}-known`, autocomplete: "off", "aria-label": `Add to ${this.told.label}`,
      "aria-describedby": `${this.id}-note ${this.id}-wrong`, on: { input: () => this.typed(), blur: () => this.commit(), keydown: (event) => this.key(event) } });
    this.control = make("div", { className: "pmx-fact-control", role: "group", "aria-labelledby": `${this.id}-label` }, this.items, this.input, this.options);
  }

  get changed() { return Boolean(this.text); }
  read() { return this.state.value.includes(this.text) ? { wrong: "That one is there already." } : { value: [...this.state.value, this.text] }; }
  sent(value) { return value.length ? value : null; }
  same(found) { return this.state.line && found.text === this.state.value.join(", "); }

  dropped() {
    this.input.value = "";
    this.settled();
    this.say("");
  }

  show(before) {
    this.input.value = "";
    if (JSON.stringify(before.value) === JSON.stringify(this.state.value) && this.items.children.length) return;
    this.items.replaceChildren(...this.state.value.map((item, at) => make("li", {}, make("span", { textContent: item }),
      make("button", { type: "button", textContent: "×", "aria-label": `Remove ${item} from ${this.told.label}`, on: { click: () => this.#without(at) } }))));
  }

  #without(at) {
    this.settled();
    this.desk.send(this, this.sent(this.state.value.filter((_, each) => each !== at)), this.state.base, "");
    this.input.focus();
  }

  restored({ value, base }) {
    this.input.value = value;
    this.base = base;
    this.say("This text is not saved yet.", true);
  }
}

/** The 48 hours: how long there still is, counted by the kernel's clock while the desk is open. */
class DueClock {
  constructor(explorer) {
    this.explorer = explorer;
    this.left = make("strong", { role: "timer", "aria-label": "Until the post-mortem is due" });
    this.when = make("span");
    this.basis = make("p", { className: "pmx-fact-note" });
    this.root = make("section", { className: "pmx-due", "aria-label": "The 48 hours", hidden: "" }, make("p", {}, this.left, " ", this.when), this.basis);
  }

  start() {
    this.stop();
    this.timer = setInterval(() => this.#draw(), SECOND);
  }

  stop() { clearInterval(this.timer); }

  take(told) {
    this.told = told;
    this.ahead = told.now - Date.now(); // a laptop's clock may be off
    this.root.hidden = false;
    this.basis.replaceChildren(`${told.basis} `, ...told.evidence.flatMap((place) => [evidenceButton(this.explorer, place), " "]), told.owed);
    this.#draw();
  }

  #draw() {
    if (!this.told) return;
    const { due, earliest, latest, held, verdict } = this.told, { zone } = this.explorer.setup, now = Date.now() + this.ahead;
    const both = (ms) => `${momentText(ms, "", false)} UTC${known(zone) ? ` (${clock(ms, MINUTE, zone)} ${zone.split("/").at(-1).replaceAll("_", " ")})` : ""}`;
    const unsure = due !== null && latest - earliest >= MINUTE;
    const last = unsure ? `between ${both(earliest)} and ${both(latest)}` : due === null ? "" : both(due);
    let words = "Post-mortem due: not known", more = "", late = false;
    if (held !== null) {
      words = `Post-mortem held ${both(held)}`;
      if (due !== null) more = `${lastingText(held - (due - 2 * DAY))} after the end: ${verdict}. It was due ${unsure ? last : momentText(due, "", false)}.`;
    } else if (due !== null) {
      late = now > due;
      words = late ? `Post-mortem overdue by ${lastingText(now - due)}` : `Post-mortem due in ${lastingText(due - now)}`;
      more = unsure && now > earliest && now < latest ? `${last}; it may be overdue already` : late ? `It was due ${last}.` : last;
    }
    if (this.left.textContent !== words) this.left.textContent = words;
    if (this.when.textContent !== more) this.when.textContent = more;
    this.root.dataset.late = late || verdict === "too late";
  }
}

DESKS.set("facts", FactsDesk);
