// The desk for action items: actions.toml as a table, with what trackers, the checks and the factors say of each.

const POINTED = 5 * SECOND; // for which a finding leads to its item, where that is not there yet
const ACTION_TITLES = { id: "Id", action: "Action", owner: "Owner", priority: "Prio", kind: "Kind", due: "Due", status: "Status",
  done_condition: "Done when", link: "Link", tracker: "The tracker says" };
const OVER = new Set(["done", "cancelled"]);
const plainWords = (value) => [value.replaceAll("_", " ")];

/** A day that exists, as YYYY-MM-DD. */
function isDay(text) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text), date = match && new Date(Date.UTC(match[1], match[2] - 1, match[3]));
  return Boolean(date) && date.toISOString().slice(0, 10) === text && match[1] >= "1000";
}

class ActionsDesk {
  static title = "Actions";
  static beside = false;

  constructor(explorer, told) {
    this.explorer = explorer;
    this.told = told;
    this.rows = [];
    this.flying = new Map(); // by id, the edit of a row that is on its way
    this.waiting = new Map(); // by id, what was typed since
    this.name = `pmx-${hex()}`;
    this.grid = new Grid(this, "Action items", this.#columns());
    this.#build();
  }

  #columns() {
    const { choices } = this.told, empty = (show) => (value) => (value ? show(value) : ["–"]);
    const rank = (name) => (value) => (value ? choices[name].indexOf(value) : "");
    const own = {
      id: { edit: "text", check: (text, row) => this.#wrongId(text, row) },
      action: { edit: "long", check: (text) => (text ? "" : "Say what will be done.") },
      owner: { edit: "text", list: `${this.name}-people` }, priority: { edit: ["", ...choices.priority] },
      kind: { edit: ["", ...choices.kind] }, status: { edit: choices.status, show: empty(plainWords), sort: rank("status") },
      due: { edit: "text", example: "2025-12-01", check: (text) => (!text || isDay(text) ? "" : `“${text.slice(0, 20)}” is no day: write it like 2025-12-01.`) },
      done_condition: { edit: "long" }, link: { edit: "text", show: empty((value) => this.#linked(value)) },
      tracker: { show: (_, row) => [row.tracker ? row.tracker.words.replace(`${row.id}: `, "") : "–"], sort: () => "" },
    };
    return Object.entries(own).map(([name, one]) => ({ name, title: ACTION_TITLES[name], show: empty((value) => [value]), ...one }));
  }

  #build() {
    const button = (words, act) => make("button", { type: "button", textContent: words, on: { click: act } });
    this.adder = button("Add", () => this.add());
    this.copier = button("Duplicate", () => this.duplicate());
    this.remover = button("Remove", () => this.remove());
    this.filter = make("input", { type: "checkbox", on: { change: () => this.grid.take(this.shown) } });
    this.totals = make("span", { className: "pmx-act-totals" });
    this.status = make("output", { className: "pmx-act-said" });
    this.problem = make("p", { className: "pmx-problem", role: "alert", hidden: "" });
    this.whole = make("ul", { className: "pmx-act-whole", "aria-label": "What the checks say of all items" });
    this.offers = make("section", { className: "pmx-act-offers", "aria-label": "Not in the table", hidden: "" });
    this.people = make("datalist", { id: `${this.name}-people` });
    this.held = make("div", { className: "pmx-act-scroll" }, this.grid.table);
    this.none = make("p", { className: "pmx-act-none", textContent: "There is no action item yet. “Add” begins one.", hidden: "" });
    this.root = make("div", { className: "pmx-actions" },
      make("div", { className: "pmx-act-bar", role: "toolbar", "aria-label": "Action items" }, this.adder, this.copier, this.remover,
        make("label", {}, this.filter, " Open only"), this.totals, this.status),
      this.problem, this.whole, this.held, this.none, this.offers, this.people,
      make("p", { className: "pmx-fact-note", textContent: "Arrows move, Enter or F2 edits a cell, Enter or Tab saves it, Esc leaves it as it was. A press on a column's name sorts what is seen." }));
  }

  opened() { this.followed(); }
  closed() { this.pointed = null; }
  followed() { this.explorer.ask("actions", { op: "actions" }, ({ state }) => this.take(state)); }

  /** To the item that a finding is about. */
  point({ id }) {
    this.pointed = id ?? null;
    this.pointedAt = performance.now();
    this.followed();
  }

  #lead() {
    const row = this.grid.rows.get(this.pointed);
    if (performance.now() - this.pointedAt > POINTED) this.pointed = null; // who waits so long does something else
    if (!row || !this.pointed) return; // it comes with the next state
    if (!this.shows(row.told)) {
      this.filter.checked = false;
      this.grid.take(this.shown);
    }
    this.#open(this.pointed, "action");
    this.pointed = null;
  }

  get shown() { return this.draft ? [...this.rows, this.draft] : this.rows; }

  // ---- what is there

  take(state) {
    this.problem.textContent = state.problem ? `${state.problem} Nothing can be written until that is mended.` : state.trouble;
    this.problem.hidden = !this.problem.textContent;
    for (const part of [this.adder, this.held]) part.hidden = Boolean(state.problem);
    if (state.problem) return;
    this.state = state;
    this.rows = state.rows;
    if (this.draft && this.rows.some((row) => row.id === this.draft.id)) this.draft = null;
    this.people.replaceChildren(...(state.people ?? []).map((name) => make("option", { value: name })));
    this.whole.replaceChildren(...(state.findings ?? []).map((one) => this.#finding(one)));
    this.grid.take(this.shown);
    this.none.hidden = Boolean(this.shown.length);
    this.grid.table.hidden = !this.shown.length;
    this.moved();
    this.#count();
    this.#offer();
    this.#kept();
    if (this.pointed) this.#lead();
  }

  #count() {
    const { totals } = this.state;
    if (!totals) return;
    const { total, open, overdue, ownerless, cancelled, as_of } = totals;
    const parts = [`${plural(total, "item")}: ${open} open`, `${overdue} overdue${as_of ? ` as of ${as_of}` : ""}`, `${ownerless} without an owner`];
    this.totals.textContent = [...parts, ...(cancelled ? [`${cancelled} cancelled`] : [])].join(", ");
    this.totals.title = as_of ? "The day of the newest evidence, as in the report and in `workbench check`" : "";
  }

  shows(told) { return !this.filter.checked || told.draft || !OVER.has(told.status); }

  /** What others than the file say of a row. */
  decorate(row) {
    const { told } = row, cell = (name) => row.cells.find((one) => one.column.name === name), answers = told.answers ?? [];
    const notes = answers.length ? [make("p", { className: "pmx-act-answers" }, "answers ", ...answers.flatMap((one, at) => [at ? ", " : "", make("span", { textContent: one.id, title: one.text })]))] : [];
    const found = (told.findings ?? []).map((one) => this.#finding(one));
    cell("action").more.replaceChildren(...notes, ...(found.length ? [make("ul", { className: "pmx-act-found", "aria-label": `What the checks say of ${told.id}` }, ...found)] : []));
    for (const one of row.cells) one.root.classList.toggle("pmx-act-flag", (told.findings ?? []).some((finding) => finding.column === one.column.name));
    row.root.classList.toggle("pmx-over", OVER.has(told.status));
    const { tracker } = told;
    cell("tracker").more.replaceChildren(...(tracker?.differs ? [this.#taker(told)] : []), ...(tracker ? [make("p", {}, evidenceButton(this.explorer, tracker.evidence))] : []));
  }

  #finding({ code, level, message }) {
    return make("li", { "data-level": level }, make("span", { className: "pmx-code", textContent: code, title: `${level}; \`workbench check --explain ${code}\` says more` }), ` ${message}`);
  }

  #taker(told) {
    const words = told.tracker.status.replaceAll("_", " ");
    return make("button", { type: "button", textContent: `Take over “${words}”`, "aria-label": `Take over the tracker's status of ${told.id}: ${words}`,
      on: { click: () => this.send(told, { status: told.tracker.status }) } });
  }

  /** A link that a browser may follow; anything else is only text. */
  #linked(value) {
    const end = value.replace(/\/+$/, "").split("/").at(-1) || value;
    if (!/^https?:\/\//i.test(value)) return [value];
    return [make("a", { href: value, target: "_blank", rel: "noopener noreferrer", textContent: end, title: value })];
  }

  #offer() {
    const { proposed = [], missing = [] } = this.state;
    const item = (words, id, values, place) => make("li", {}, make("button", { type: "button", textContent: "Add", "aria-label": `Add ${id}`, on: { click: () => this.#taken(id, values) } }), ` ${words} `,
      place ? evidenceButton(this.explorer, place) : "");
    const who = (id) => missing.filter((one) => one.id === id).map((one) => `; named by ${one.factors.join(", ")}`).join("");
    const issue = ({ id, values, state, evidence }) => item(`${id}: ${values.action} (${[values.owner || "nobody", values.due || "no day", state].join(", ")}${who(id)})`, id, values, evidence);
    const named = ({ id, factors }) => item(`${id}, which ${factors.join(", ")} ${factors.length > 1 ? "name" : "names"}`, id, null, "");
    const known = new Set(proposed.map((one) => one.id));
    const wanted = missing.filter((one) => !known.has(one.id) && one.id !== this.draft?.id);
    this.offers.hidden = !proposed.length && !wanted.length;
    this.offers.replaceChildren(...(proposed.length ? [make("h3", { textContent: "Issues of trackers that are not in the table" }), make("ul", {}, ...proposed.map(issue))] : []),
      ...(wanted.length ? [make("h3", { textContent: "Named by factors, and not in the table" }), make("ul", {}, ...wanted.map(named))] : []));
  }

  #taken(id, values) {
    if (values) this.send({ id, base: "", raw: {} }, values, this.rows.at(-1)?.id ?? null);
    else this.add(id);
  }

  // ---- what people do

  moved() {
    const row = this.grid.active?.row.told;
    for (const [part, words] of [[this.copier, "Duplicate"], [this.remover, "Remove"]]) {
      part.disabled = !row || (row.draft && part === this.copier);
      part.setAttribute("aria-label", row ? `${words} ${row.id}` : words);
      part.title = row ? `${words} ${row.id}` : "";
    }
  }

  /** A key on a cell; false where it means nothing here. */
  act(key, cell) {
    if (key === "Enter" || key === "F2") {
      if (cell.editable) cell.edit();
      else cell.more.querySelector("button")?.click();
    } else if (key === "Delete" && cell.editable && cell.value && !["id", "action", "status"].includes(cell.column.name)) this.write(cell, "", cell.row.told.base);
    else return false;
    return true;
  }

  #wrongId(text, row) {
    if (!text) return "Every item has an id.";
    return this.rows.some((one) => one !== row && one.id === text && one.id !== row.id) ? `There is a ${text} already.` : "";
  }

  /** A row that is in the file once it says what will be done. */
  add(id = this.state?.next, value = "") {
    if (!this.state || !id) return;
    if (!this.draft) this.draft = { id, base: "", raw: {}, draft: true, status: "open" };
    this.grid.take(this.shown);
    this.grid.table.hidden = false;
    this.none.hidden = true;
    const cell = this.grid.rows.get(this.draft.id).cells.find((one) => one.column.name === "action");
    this.grid.activate(cell, !value);
    cell.edit(value ? { value, base: "" } : null);
  }

  duplicate() {
    const row = this.grid.active?.row.told;
    if (!row || row.draft) return;
    const { id: _id, link: _link, ...rest } = row.raw, id = this.state.next;
    this.after = () => this.#open(id, "action");
    this.send({ id, base: "", raw: {} }, { ...rest, status: "open" }, row.id);
  }

  remove() {
    const row = this.grid.active?.row.told;
    if (!row) return;
    if (row.draft) return this.#undraft();
    this.send(row, null);
  }

  #undraft() {
    this.explorer.saver.forget("action-draft");
    this.draft = null;
    this.grid.take(this.rows);
    this.take(this.state);
    this.adder.focus();
  }

  #open(id, column) {
    const cell = this.grid.rows.get(id)?.cells.find((one) => one.column.name === column);
    if (cell) this.grid.activate(cell);
  }

  // ---- cells

  store(cell) { return cell.row.told.draft ? "action-draft" : `action-${cell.row.told.id}-${cell.column.name}`; }
  keep(cell, kept) { this.explorer.saver.keep(this.store(cell), { ...kept, id: cell.row.told.id }); }
  forget(cell) { this.explorer.saver.forget(this.store(cell)); }

  /** Esc: the cell is as the file has it; a row that was only begun goes. */
  drop(cell) {
    cell.close();
    cell.pending = undefined;
    this.forget(cell);
    cell.show(cell.value);
    if (cell.row.told.draft) this.#undraft();
    else cell.focus();
  }

  /** What was typed is based on the row's new state where our own edit made that: it is no surprise. */
  rebase(cell) {
    const { id, from } = this.rebased ?? {};
    if (cell.row.told.id !== id) return;
    if (cell.base === from) cell.base = cell.row.told.base;
    if (cell.pending?.base === from) cell.pending.base = cell.row.told.base;
  }

  write(cell, value, base) {
    const { told } = cell.row;
    cell.pending = { value, base };
    this.keep(cell, cell.pending);
    cell.show(cell.value);
    this.send({ ...told, base }, { [cell.column.name]: value || null }, told.draft ? this.rows.at(-1)?.id ?? null : null);
  }

  /** Texts that were not saved before the page was left are there again. */
  #kept() {
    if (this.asked) return;
    this.asked = true;
    const draft = this.explorer.saver.kept("action-draft");
    if (draft?.value && typeof draft.value === "string") this.add(this.rows.some((row) => row.id === draft.id) ? this.state.next : draft.id, draft.value);
    for (const row of this.grid.rows.values()) for (const cell of row.cells) {
      const kept = cell.editable && !row.told.draft ? this.explorer.saver.kept(this.store(cell)) : null;
      if (!kept || typeof kept.value !== "string" || kept.value === cell.value) continue;
      cell.pending = { value: kept.value, base: kept.base, bad: true };
      cell.show(cell.value);
    }
  }

  // ---- saving

  say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
  }

  /** Sends one row's new values; what is typed before it has come home waits, and goes with the base that it comes home with. */
  send(told, values, after = null) {
    const wanted = values && { ...this.waiting.get(told.id), ...values };
    this.waiting.delete(told.id);
    if (this.flying.has(told.id)) return this.#wait(told.id, wanted);
    const edit = this.#edit(told, wanted, after);
    this.flying.set(told.id, edit);
    if (this.explorer.saver.send(edit)) return;
    this.flying.delete(told.id);
    this.#wait(told.id, wanted);
  }

  #wait(id, values) {
    if (values) this.waiting.set(id, values);
    else this.say("Wait until that row is saved, then press again.");
  }

  #edit(told, values, after = null) {
    const { id, base } = told, way = values === null ? "removing" : base ? "" : "adding", names = Object.keys(values ?? {}).map((name) => ACTION_TITLES[name].toLowerCase());
    const edit = {
      op: "actions.save", of: id, body: { name: told.raw.id ?? id, values, after }, base, about: `action ${id}`, what: way ? `${way} ${id}` : `${names.join(", ")} of ${id}`,
      text: Object.values(values ?? {}).filter(Boolean).join(", "),
      say: (words, bad) => this.#said(edit, words, bad), saved: ({ state }) => this.#saved(edit, state),
      conflict: ({ state }) => { edit.row = state.rows.find((row) => row.id === id) ?? null; this.take(state); },
      inverse: ({ state }) => this.#inverse(edit, state), row: base ? told : null, place: this.#before(id),
    };
    return edit;
  }

  /** The row above in the file: "" of the first one. */
  #before(id, rows = this.rows) {
    const at = rows.findIndex((row) => row.id === id);
    return at < 0 ? null : rows[at - 1]?.id ?? "";
  }

  #inverse(edit, state) {
    const { values } = edit.body, { row, of: name } = edit, now = values?.id ?? name, there = state.rows.find((one) => one.id === now);
    if (values === null) return this.#edit({ id: name, base: "", raw: {} }, row.raw, edit.place);
    if (!there) return null;
    if (!row) return Object.assign(this.#edit(there, null), { place: this.#before(now, state.rows) });
    return this.#edit(there, Object.fromEntries(Object.keys(values).map((key) => [key, row.raw[key] ?? null])));
  }

  #said(edit, words, bad) {
    this.say(`${edit.of}: ${words}`, bad);
    if (words !== "NOT SAVED") return;
    this.flying.delete(edit.of);
    this.after = null;
    for (const cell of this.#cells(edit.of, { ...this.waiting.get(edit.of), ...edit.body.values })) if (cell.pending) {
      Object.assign(cell.pending, { bad: true, base: edit.base });
      cell.show(cell.value);
    }
  }

  #cells(id, values) { return this.grid.rows.get(id)?.cells.filter((cell) => cell.column.name in (values ?? {})) ?? []; }

  #saved(edit, state) {
    const name = edit.of, { values } = edit.body, now = values?.id ?? name;
    this.flying.delete(name);
    for (const cell of this.#cells(name, values)) {
      if ((cell.pending?.value || null) === (values[cell.column.name] ?? null)) cell.pending = undefined;
      if (!cell.editing) this.forget(cell);
    }
    if (this.draft?.id === name) this.draft = null;
    if (now !== name) this.grid.renamed(name, now);
    this.rebased = { id: now, from: edit.base };
    this.take(state);
    this.rebased = null;
    if (values === null) this.say(`${name} is removed. Undo brings it back.`);
    this.after?.();
    this.after = null;
    const wait = this.waiting.get(name), row = this.rows.find((one) => one.id === now);
    this.waiting.delete(name);
    if (wait && row) this.send(row, wait);
  }
}

DESKS.set("actions", ActionsDesk);
