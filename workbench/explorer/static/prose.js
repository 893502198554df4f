// The narrative, section by section: each a field of markdown as text, what it is for, and what the linter says of it.

const LOOKED = 500; // ms without a key until a text is looked at
const SECTION = "narrative.save";

/** One section: its field, what is on disk, and what is between them. */
class ProseCard {
  constructor(desk, section) {
    this.desk = desk;
    this.key = section.key;
    this.base = section.base;
    this.disk = this.sent = section.text;
    this.findings = [];
    this.rules = {};
    this.#build(section);
    this.field.value = section.text;
    this.take(section);
    this.#restored(section);
    this.#mirrored();
  }

  get dirty() { return this.field.value !== this.disk && this.field.value !== this.sent; }
  get store() { return `narrative-${this.key}`; }

  #build({ heading }) {
    const name = heading || "Before the first heading";
    this.name = name;
    const button = (words, title, act) => make("button", { type: "button", textContent: words, title, on: { click: act } });
    this.state = make("span", { className: "pmx-quiet" });
    this.about = make("p", { className: "pmx-quiet" });
    this.mirror = make("div", { className: "pmx-mirror", "aria-hidden": "true" });
    this.field = make("textarea", { "aria-label": name, rows: 1, maxlength: this.desk.told.longest, on: {
      input: (event) => this.#typed(event), focus: () => this.desk.entered(this), blur: () => this.save(), keydown: (event) => this.#key(event),
      drop: (event) => this.#dropped(event) } });
    this.status = make("output");
    this.list = make("ul", { "aria-label": `Findings in ${name}` });
    this.theirs = make("div", { className: "pmx-theirs", role: "group", "aria-label": "The text in the file", hidden: "" });
    this.root = make("section", { className: "pmx-part", "aria-label": name },
      make("div", { className: "pmx-head" }, make("h4", { textContent: name }), this.state), this.about,
      make("div", { className: "pmx-written" },
        make("div", { className: "pmx-write" }, make("div", { className: "pmx-stack" }, this.mirror, this.field),
          make("div", { className: "pmx-judge" }, button("Save", "Save this section (Ctrl+Enter)", () => this.save(true)),
            button("Insert reference", "Put in where the chosen event stands, as source:line", () => this.#insert()), this.status), this.theirs),
        this.list));
  }

  // ---- what is on disk

  /** The section as the kernel tells it; a text that somebody is writing stays. */
  take(section) {
    const clean = !this.dirty;
    this.there = section.there;
    this.about.textContent = section.about;
    if (clean && section.text !== this.disk) { // else blanks at the end of what was just typed would go
      this.field.value = this.disk = this.sent = section.text;
      this.#mirrored();
    }
    if (clean) this.base = section.base;
    else if (section.base !== this.base && !this.theirs.textContent) this.say("Somebody else has changed this section meanwhile.", true);
    this.#told();
  }

  /** It is not in the file any more, and holds a text that is in no file: it can be written again. */
  gone() {
    this.there = false;
    this.base = this.disk = this.sent = "";
    this.say("This section is not in the file any more. Save puts it in again.", true);
    this.#told();
  }

  #told() {
    this.root.classList.toggle("pmx-offered", !this.there);
    this.state.textContent = this.field.value.trim() ? "" : this.there ? "nothing written yet" : "not in the file yet";
  }

  /** A text that was typed and not saved, before the kernel died or the page was loaded again. */
  #restored(section) {
    const kept = this.desk.explorer.saver.kept(this.store);
    if (typeof kept?.text !== "string" || kept.text === section.text) return this.desk.forget(this);
    this.field.value = kept.text;
    this.base = kept.base;
    this.say("This text is not saved yet.", true);
  }

  // ---- saving

  say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
  }

  /** Asked for, or on leaving the field: then never over what others wrote, and what was refused is not tried again. */
  save(asked = false) {
    clearTimeout(this.looking);
    if (!this.dirty) return asked && this.say("There is nothing new to save.");
    if (!asked && (!this.theirs.hidden || this.tried === this.field.value)) return;
    this.tried = this.field.value;
    const edit = this.#edit(this.field.value, this.base);
    Object.assign(edit, { text: edit.body.text, store: this.store, again: () => this.save(true), conflict: (answer) => this.#conflict(answer) });
    this.later = !this.desk.explorer.saver.send(edit);
  }

  #edit(text, base, back = false) {
    const before = this.disk;
    return { op: SECTION, body: { key: this.key, text, template: this.desk.template }, base, about: this.store,
      what: `“${this.name}” of the narrative`, say: (words, bad) => this.say(words, bad),
      saved: (answer) => this.#saved(text, answer, back), inverse: (answer) => this.#edit(before, answer.state.base, true) };
  }

  #saved(text, { state }, back) {
    if (back && !this.dirty) this.field.value = text; // what somebody has typed since stays
    this.base = state.base;
    this.disk = state.text ?? "";
    this.sent = text;
    this.tried = null;
    this.theirs.replaceChildren();
    this.theirs.hidden = true;
    this.desk.kept(this);
    this.desk.update(state);
    this.#mirrored();
    if (this.later) this.save();
  }

  /** Both are shown; whoever has seen them saves over it, or takes what the file has. */
  #conflict({ state }) {
    this.base = state.base;
    this.desk.kept(this);
    const text = state.text ?? "";
    this.theirs.replaceChildren(make("p", { textContent: state.text === null ? "The section is not in the file any more." : "In the file now:" }),
      state.text === null ? "" : make("pre", { textContent: text || "(nothing)", tabindex: "0" }),
      make("div", { className: "pmx-judge" },
        make("button", { type: "button", textContent: "Save mine over it", on: { click: () => this.save(true) } }),
        make("button", { type: "button", textContent: "Take what is in the file", on: { click: () => this.#yield(text) } })));
    this.theirs.hidden = false;
  }

  #yield(text) {
    this.field.value = this.disk = this.sent = text;
    this.desk.forget(this);
    this.desk.explorer.saver.dismiss(this.store);
    this.theirs.replaceChildren();
    this.theirs.hidden = true;
    this.say("");
    this.heard = null;
    this.#mirrored();
    this.desk.followed();
    this.field.focus();
  }

  // ---- writing

  #typed(event) {
    if (event?.inputType === "insertFromDrop" && this.dropping) this.#coded();
    this.#mirrored();
    this.#told();
    this.desk.kept(this);
    if (this.dirty && !this.status.classList.contains("pmx-bad")) this.say("Not saved yet.");
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.look(), LOOKED);
  }

  /** Only saving the notebook goes on to JupyterLab: its other keys would act on cells and not on the text. */
  #key(event) {
    const held = event.ctrlKey || event.metaKey;
    if (held && event.key.toLowerCase() === "s") return;
    event.stopPropagation();
    if (!held || event.key !== "Enter") return;
    event.preventDefault();
    this.save(true);
  }

  #insert() {
    const row = this.desk.explorer.chosenRow();
    if (!row) return this.say("Choose an event first: a click on its row in the table.", true);
    this.field.focus();
    const before = this.field.value[this.field.selectionStart - 1];
    const words = `${before && !/\s|\(/.test(before) ? " " : ""}${referenceTo(row)}`;
    if (!document.execCommand("insertText", false, words)) { // it can be undone with Ctrl+Z where the browser has it
      this.field.setRangeText(words, this.field.selectionStart, this.field.selectionEnd, "end");
      this.#typed();
    }
  }

  /** The browser puts a dropped event's place where it was dropped; then it is set as code, as it is cited everywhere. */
  #dropped(event) {
    const told = event.dataTransfer.getData("application/x-pmx-event");
    this.dropping = told ? { plain: event.dataTransfer.getData("text/plain"), code: referenceTo(JSON.parse(told)) } : null;
  }

  #coded() {
    const { plain, code } = this.dropping, { selectionStart, selectionEnd, value } = this.field;
    this.dropping = null;
    const start = value.slice(selectionStart, selectionEnd) === plain ? selectionStart : selectionEnd - plain.length;
    if (value.slice(start, start + plain.length) === plain) this.field.setRangeText(code, start, start + plain.length, "end");
    this.field.focus();
  }

  // ---- what the linter says

  look() {
    const text = this.field.value;
    this.desk.explorer.ask(`look ${this.key}`, { op: "narrative.look", key: this.key, text }, ({ findings, rules }) => {
      if (findings && this.field.value === text) this.judged(findings, rules, this.desk.explorer.checking.told?.key);
    });
  }

  /** `heard` is the check of the folder that these findings are not older than. */
  judged(findings, rules, heard) {
    Object.assign(this, { findings, rules, heard });
    const told = JSON.stringify(findings.map(({ code, message, lead }) => [code, message, lead.row]));
    if (told !== this.drawn) this.list.replaceChildren(...findings.map((one) => findingItem(one, rules[one.code], () => this.point(one.lead))));
    this.drawn = told;
    this.#mirrored();
    this.desk.counted();
  }

  /** The same text behind the field, with the words that are found fault with underlined. */
  #mirrored() {
    const text = this.field.value, parts = [];
    const spans = this.findings.map((one) => ({ ...wordsAt(text, one.lead), level: one.level })).filter((one) => one.end > one.start)
      .sort((one, other) => one.start - other.start);
    let last = 0;
    for (const { start, end, level } of spans) {
      if (start < last) continue;
      parts.push(text.slice(last, start), make("mark", { "data-level": level, textContent: text.slice(start, end) }));
      last = end;
    }
    this.mirror.replaceChildren(...parts, `${text.slice(last)}\n`);
  }

  /** The caret to the words of a finding. */
  point(lead) {
    const { start, end } = wordsAt(this.field.value, lead);
    this.root.scrollIntoView({ block: "nearest" });
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(start, end);
    [...this.mirror.querySelectorAll("mark")].find((one) => one.textContent === this.field.value.slice(start, end))?.scrollIntoView({ block: "nearest" });
  }
}

/** Where the words that a finding quotes stand: from its row on; the row itself where they cannot be found. */
function wordsAt(text, { row, words }) {
  if (row === null || row === undefined) return { start: 0, end: 0 };
  const lines = text.split("\n"), start = lines.slice(0, row).reduce((sum, line) => sum + line.length + 1, 0);
  const parts = words.split(/\s+/).filter(Boolean).map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\ufffd+/g, ".{1,600}?"));
  const found = parts.length ? new RegExp(parts.join("[\\s*_]+")).exec(text.slice(start, start + 4000)) : null;
  if (found) return { start: start + found.index, end: start + found.index + found[0].length };
  return { start: Math.min(start, text.length), end: Math.min(start + (lines[row] ?? "").length, text.length) };
}

/** Where an event stands, as the narrative cites it; its name may hold signs that mean something in markdown. */
function referenceTo(row) {
  const place = (row.line ? `${row.source}:${row.line}` : row.source || row.id || "").replace(/\s+/g, " ");
  const fence = "`".repeat(Math.max(0, ...(place.match(/`+/g) ?? []).map((one) => one.length)) + 1), air = place.includes("`") ? " " : "";
  return `${fence}${air}${place}${air}${fence}`;
}

class ProseDesk {
  static title = "Narrative";
  static beside = true;

  constructor(explorer, told) {
    this.explorer = explorer;
    this.told = told;
    this.cards = new Map();
    this.hear = () => this.#checked();
    this.menu = make("select", { "aria-label": "Go to a section", on: { change: () => this.cards.get(this.menu.value)?.point({ row: null }) } });
    this.summary = make("span", { className: "pmx-quiet" });
    this.list = make("div", { className: "pmx-parts" });
    this.heading = make("input", { "aria-label": "Heading of a new section", placeholder: "A heading of your own", maxlength: told.longest_heading,
      on: { keydown: (event) => event.key === "Enter" && this.#add() } });
    this.root = make("div", { className: "pmx-prose" },
      make("div", { className: "pmx-toolbar" }, this.menu, this.summary), this.list,
      make("div", { className: "pmx-judge" }, this.heading, make("button", { type: "button", textContent: "Add a section", on: { click: () => this.#add() } })));
  }

  get template() { return this.explorer.template ?? ""; }

  opened() {
    this.explorer.checking?.heard.add(this.hear);
    this.followed();
  }

  closed() { this.explorer.checking?.heard.delete(this.hear); }

  followed() { this.explorer.ask("narrative", { op: "narrative", template: this.template }, ({ state }) => this.update(state)); }

  /** To a finding's place; where the sections are not there yet, once they are. */
  point(lead) {
    const card = this.cards.get(lead.section);
    this.pointed = card ? null : lead;
    card?.point(lead);
  }

  update({ sections }) {
    for (const one of sections) {
      const card = this.cards.get(one.key);
      if (card) card.take(one);
      else this.cards.set(one.key, new ProseCard(this, one));
    }
    const keys = new Set(sections.map((one) => one.key));
    for (const [key, card] of this.cards) if (!keys.has(key)) this.#without(key, card);
    for (const key of this.#known()) if (!this.cards.has(key)) this.#begun(key);
    const order = [...sections.map((one) => one.key), ...[...this.cards.keys()].filter((key) => !keys.has(key))];
    order.forEach((key, at) => { // a field that is moved loses its caret
      const { root } = this.cards.get(key);
      if (this.list.children[at] !== root) this.list.insertBefore(root, this.list.children[at] ?? null);
    });
    this.#checked();
    if (this.pointed) this.point(this.pointed);
  }

  #without(key, card) {
    if (card.dirty) return card.own || card.gone();
    if (card.own && card.root.contains(document.activeElement)) return;
    card.root.remove();
    this.cards.delete(key);
  }

  /** A section of the person's own, which is in no file before it is saved. */
  #begun(key) {
    const card = new ProseCard(this, { key, heading: key.split("\n")[0], text: "", base: "", about: "A section of your own.", there: false });
    card.own = true;
    this.cards.set(key, card);
    return card;
  }

  #add() {
    const name = this.heading.value.trim().replace(/\s+/g, " ");
    if (!name) return this.heading.focus();
    const card = this.cards.get(name) ?? this.#begun(name);
    if (!card.root.isConnected) this.list.append(card.root);
    this.heading.value = "";
    this.counted();
    card.point({ row: null });
  }

  // ---- findings

  #checked() {
    const { checking } = this.explorer;
    if (!checking?.told) return;
    const { key, rules } = checking.told;
    for (const card of this.cards.values()) if (!card.dirty && card.heard !== key) card.judged(checking.ofSection(card.key), rules, key);
    this.counted();
  }

  /** The menu says where one is. */
  entered(card) { this.menu.value = card.key; }

  counted() {
    const cards = [...this.cards.values()].filter((card) => card.root.isConnected), open = cards.reduce((sum, card) => sum + card.findings.length, 0);
    const chosen = this.menu.value;
    this.menu.replaceChildren(...cards.map((card) => make("option", { value: card.key,
      textContent: `${card.name}${card.findings.length ? ` (${card.findings.length})` : ""}` })));
    if (this.cards.has(chosen)) this.menu.value = chosen;
    this.summary.textContent = open ? plural(open, "finding") : "";
  }

  // ---- texts that are not saved stay in this browser

  /** The keys of the sections of which a text is kept. */
  #known() {
    const known = this.explorer.saver.kept("narrative");
    return Array.isArray(known) ? known.filter((key) => typeof key === "string") : [];
  }

  kept(card) {
    const { saver } = this.explorer;
    if (!card.dirty) return this.forget(card);
    saver.keep(card.store, { text: card.field.value, base: card.base });
    const known = this.#known();
    if (!known.includes(card.key)) saver.keep("narrative", [...known, card.key]);
  }

  forget(card) {
    const { saver } = this.explorer, known = this.#known();
    saver.forget(card.store);
    if (known.includes(card.key)) saver.keep("narrative", known.filter((key) => key !== card.key));
  }
}

DESKS.set("narrative", ProseDesk);
