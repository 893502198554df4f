// The table of the events in view, and the proof of one of them.

const TITLES = { time: "Time (UTC)", level: "Level", kind: "Kind", service: "Service", host: "Host", actor: "Actor",
  message: "Message", source: "Source" };

/** A real table that holds only the rows in sight; the kernel gives the others when they are scrolled to. */
class Table {
  constructor(explorer) {
    this.explorer = explorer;
    this.body = make("tbody");
    this.head = make("tr");
    this.table = make("table", { role: "grid", tabindex: "0", "aria-label": "Events in view", "aria-multiselectable": explorer.setup.key ? "true" : null, on: {
      keydown: (event) => this.#key(event), mousedown: (event) => this.picking?.pressed(event), dragstart: (event) => this.#dragged(event), click: (event) => this.#click(event), dblclick: () => this.#open(),
    } }, make("thead", {}, this.head), this.body);
    this.scroll = make("div", { className: "pmx-scroll", on: { scroll: () => this.draw() } }, this.table);
    this.size = new ResizeObserver(() => this.draw()); // beside a desk there is room for more rows
    this.size.observe(this.scroll);
    this.pages = new Map();
    this.opened = []; // rows of the folds that are open
    this.folded = false;
    this.fold = make("button", { type: "button", textContent: "Fold", "aria-pressed": "false", on: { click: () => this.folds(!this.folded) },
      title: "What says one thing as one row: bursts, repetitions, flapping (f)" });
    this.total = 0;
    this.active = -1; // a place in the view, not a row of the data
    this.awaits = null; // who waits for the rows about a place
    this.picking = explorer.setup.key ? new Picking(this) : null;
    this.name = Math.random().toString(36).slice(2);
  }

  setup(columns) {
    this.columns = columns;
    this.head.replaceChildren(...columns.map((name) =>
      make("th", { scope: "col", className: `pmx-${name}`, textContent: TITLES[name] ?? name })));
    this.table.setAttribute("aria-colcount", columns.length);
  }

  /** Shows another stretch from its first event on: what was there stays until that has come. */
  show(range) { this.at(range, 0, () => { this.scroll.scrollTop = 0; this.draw(); }); }

  #fetch(page, then = null) {
    const range = this.range;
    this.explorer.ask("rows", { op: "rows", ...range, offset: page * PAGE, limit: 2 * PAGE }, (answer) => {
      if (range !== this.range) return;
      if (answer.folding) return this.#later(page, then);
      this.#waiting(false);
      if (!answer.seen) return; // the search has not seen all of the view: it says when it has
      if (this.stale) {
        this.pages.clear();
        this.active = -1;
        this.awaited = null;
      }
      this.stale = false;
      const awaited = then && then === this.awaits?.then;
      if (awaited) this.awaits = null;
      this.fill(answer, page);
      if (awaited) then();
    });
  }

  /** The kernel finds the folds for the first time: what was there stays, and it is asked again. */
  #later(page, then) {
    this.#waiting(true);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.timer = null; this.#fetch(page, then); }, 150);
    this.explorer.stir();
  }

  #waiting(on) {
    this.fold.classList.toggle("pmx-wait", on);
    if (on) this.explorer.tell("Finding what says one thing …");
  }

  get busy() { return Boolean(this.timer); }

  fill(answer, page) {
    const { total, rows } = answer;
    this.total = total;
    for (let at = 0; at < rows.length; at += PAGE) this.pages.set(page + at / PAGE, rows.slice(at, at + PAGE));
    this.table.setAttribute("aria-rowcount", total + 1);
    this.explorer.counted(answer);
    this.draw();
    const awaited = this.awaited && this.row(this.active);
    if (awaited) this.#chosen(awaited);
  }

  row(place) { return this.pages.get(Math.floor(place / PAGE))?.[place % PAGE]; }
  /** A row that is here, by its event's id. */
  withId(id) { for (const page of this.pages.values()) for (const row of page) if (row.id === id) return row; return null; }
  known(number) { for (const page of this.pages.values()) for (const row of page) if (row.row === number) return row; return null; }

  get inSight() { return Math.max(1, Math.floor((this.scroll.clientHeight - ROW) / ROW)); }
  get height() { return Math.min(this.total * ROW, TALLEST); }
  get squeezed() { return this.total * ROW > TALLEST; }

  /** The first place in sight: where there are too many rows for a page, the bar gives a share of them. */
  get first() {
    const { scrollTop, clientHeight } = this.scroll;
    if (!this.squeezed) return Math.floor(scrollTop / ROW);
    return Math.round((scrollTop / (this.height + ROW - clientHeight)) * (this.total - this.inSight));
  }

  draw() {
    if (!this.columns) return;
    const first = clamp(this.first, 0, Math.max(0, this.total - this.inSight));
    const from = Math.max(0, first - (this.squeezed ? 0 : 6)), to = Math.min(this.total, first + this.inSight + 7);
    const above = this.squeezed ? Math.min(this.scroll.scrollTop, this.height - (to - from) * ROW) : from * ROW;
    const rows = [];
    for (let place = from; place < to; place++) rows.push(this.#row(place));
    const below = Math.max(0, this.height - above - rows.length * ROW);
    this.body.replaceChildren(this.#space(above), ...rows, this.#space(below));
    const active = this.active >= from && this.active < to ? `${this.name}-${this.active}` : "";
    if (active) this.table.setAttribute("aria-activedescendant", active);
    else this.table.removeAttribute("aria-activedescendant");
    const missing = [from, Math.max(from, to - 1)].map((place) => Math.floor(place / PAGE)).find((page) => !this.pages.has(page));
    if (missing === undefined || !this.total || this.stale) return;
    if (this.awaits) this.#wait(this.awaits.place, this.awaits.then);
    else this.#fetch(missing);
  }

  /** Shows a range from about a place on; ``then`` once its rows are there. */
  at(range, place, then) {
    const same = this.range && !this.stale && JSON.stringify(range) === JSON.stringify(this.range);
    if (same) {
      if (this.row(place)) return then();
      return this.#wait(place, then);
    }
    this.range = range;
    this.stale = true;
    this.#wait(place, then);
  }

  #wait(place, then) {
    clearTimeout(this.timer); // what waited for folds wanted another place
    this.timer = null;
    this.awaits = { place, then };
    this.#fetch(Math.floor(place / PAGE), then);
  }

  /** What people say of these events has changed: the rows in sight are asked for again; who waits for rows still gets them. */
  again() {
    if (!this.range) return;
    const { active, awaited } = this, range = { ...this.range };
    this.stale = true; // what is there stays until the new rows have come
    if (this.awaits) return this.at(range, this.awaits.place, this.awaits.then);
    this.at(range, awaited ? active : Math.max(0, this.first), () => {
      if (awaited) return this.choose(active, awaited.open);
      this.active = Math.min(active, this.total - 1);
      this.draw();
    });
  }

  #space(height) {
    return make("tr", { "aria-hidden": "true", className: "pmx-space", style: `height:${height}px` });
  }

  #row(place) {
    const row = this.row(place), chosen = place === this.active || (row && this.picking?.rows.has(row.id));
    const judged = row && this.explorer.seen.rows.get(row.row);
    const cells = this.columns.map((name) => {
      const words = row ? this.#words(row, name) : name === "message" ? "…" : "";
      return make("td", { className: `pmx-${name}`, title: name === "message" || name === "source" ? words : null,
        textContent: words });
    });
    const said = cells[this.columns.indexOf("message")];
    if (row?.label) said?.prepend(make("span", { className: "pmx-mark", textContent: "own words", title: `The source says: ${row.message}` }), " ");
    if (row?.mark) said?.prepend(make("span", { className: "pmx-mark", textContent: row.mark }), " ");
    const begun = row ? this.explorer.judging?.begun(row.id) : "";
    if (begun) said?.prepend(make("span", { className: "pmx-mark pmx-begun", textContent: begun }), " ");
    if (row?.fold) said?.prepend(this.#folded(row));
    const classes = [row?.under ? "pmx-under" : "", row?.hit === false ? "pmx-pale" : row?.hit ? "pmx-hit" : "", judged && judged.hidden !== null ? "pmx-hid" : ""];
    return make("tr", { draggable: this.explorer.setup.key ? "true" : null, id: `${this.name}-${place}`, "aria-rowindex": place + 2, "aria-selected": String(chosen),
      "data-place": place, "data-level": row?.level || null, class: classes.filter(Boolean).join(" ") || null,
      "aria-level": this.folded ? (row?.under ? 2 : 1) : null, "aria-expanded": row?.fold ? String(this.#isOpen(row)) : null }, ...cells);
  }

  // ---- folds

  /** How many events a row stands for, until when, and why they are one. */
  #folded({ fold, row }) {
    const open = this.opened.includes(row), many = day(fold.first) !== day(fold.last);
    const until = `${many ? `${day(fold.last)} ` : ""}${clock(fold.last, SECOND)}`;
    const words = `${count(fold.count)} × ${fold.why} until ${until}`;
    return make("span", { className: "pmx-fold", "data-fold": row, title: `${words} UTC${fold.template ? `: ${fold.template}` : ""}`,
      textContent: `${open ? "▾" : "▸"} ${count(fold.count)} × ${fold.why} until ${until}` });
  }

  #isOpen({ row }) { return this.opened.includes(row); }

  /** What says one thing as one row, or every event in a row of its own. */
  folds(on) {
    this.folded = on;
    this.opened = [];
    this.fold.setAttribute("aria-pressed", on);
    this.table.setAttribute("role", on ? "treegrid" : "grid");
    this.explorer.tell(on ? "What says one thing stands in one row." : "Every event has a row.");
    this.explorer.rested();
  }

  /** Opens the fold of a row, or closes it: the row stays where it is. */
  #unfold(row, open) {
    this.opened = open ? [...this.opened, row.row] : this.opened.filter((one) => one !== row.row);
    const { scrollTop } = this.scroll, active = this.active;
    this.at(this.explorer.range, Math.max(0, active), () => {
      this.scroll.scrollTop = scrollTop;
      this.keep(Math.max(0, active));
    });
  }

  /** The row whose fold a key means: that of the active row, or the one that it stands under. */
  #headOf(place) {
    while (place > 0 && this.row(place)?.under) place--;
    return place;
  }

  #arrow(way) {
    const row = this.row(this.active);
    if (!this.folded || !row) return false;
    if (way > 0 && row.fold && !this.#isOpen(row)) this.#unfold(row, true);
    else if (way < 0 && row.fold && this.#isOpen(row)) this.#unfold(row, false);
    else if (way < 0 && row.under) this.choose(this.#headOf(this.active));
    return true;
  }

  #words(row, name) {
    if (name === "time") return this.explorer.manyDays ? row.time.slice(5, 23).replace("T", " ") : row.time.slice(11, 23);
    if (name === "source" && row.line) return `${row.source}:${row.line}`;
    return (name === "message" && row.label) || (row[name] ?? "");
  }

  /** An event can be dragged to a desk, as evidence. */
  #dragged(event) {
    const row = this.row(Number(event.target.closest?.("tr[data-place]")?.dataset.place));
    if (!row) return event.preventDefault();
    event.dataTransfer.setData("application/x-pmx-event", JSON.stringify(row));
    event.dataTransfer.setData("text/plain", row.line ? `${row.source}:${row.line}` : row.id);
    event.dataTransfer.effectAllowed = "copyLink";
  }

  #click(event) {
    const place = Number(event.target.closest("tr[data-place]")?.dataset.place ?? -1), row = this.row(place);
    if (place < 0 || this.picking?.clicked(event, place)) return;
    this.awaits = null; // who chooses has moved on
    this.choose(place);
    if (row && event.target.closest(".pmx-fold")) this.#unfold(row, !this.#isOpen(row));
  }

  /** Makes a place the active one, in sight, and tells the explorer once its row is known. */
  choose(place, open = false) {
    if (!this.total) return;
    this.picking?.drop();
    this.active = clamp(place, 0, this.total - 1);
    this.reveal(this.active);
    const row = this.row(this.active);
    this.awaited = { open };
    if (row) this.#chosen(row);
  }

  #chosen(row) {
    const { open } = this.awaited;
    this.awaited = null;
    this.explorer.chose(row, open);
  }

  /** Makes a place the active one and says nothing of it: it was before. */
  keep(place) {
    this.active = place;
    this.reveal(place);
  }

  reveal(place) {
    if (place < this.first || place >= this.first + this.inSight) {
      const top = Math.max(0, place - Math.floor(this.inSight / 3));
      const { clientHeight } = this.scroll;
      this.scroll.scrollTop = this.squeezed
        ? (top / (this.total - this.inSight)) * (this.height + ROW - clientHeight) : top * ROW;
    }
    this.draw();
  }

  #open() {
    const row = this.row(this.active);
    if (row) this.explorer.chose(row, true);
  }

  #key(event) {
    const far = { ArrowDown: 1, ArrowUp: -1, PageDown: this.inSight, PageUp: -this.inSight, Home: -Infinity, End: Infinity };
    if (this.picking?.keyed(event)) this.draw();
    else if (event.key in far) {
      this.awaits = null;
      this.choose(clamp(Math.max(this.active, far[event.key] > 0 ? -1 : 0) + far[event.key], 0, this.total - 1));
    }
    else if (event.key === "Enter") this.active < 0 ? this.choose(0, true) : this.#open();
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      if (!this.#arrow(event.key === "ArrowRight" ? 1 : -1)) return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** One event with its raw lines, where they stand, their hash, and why its time is what it is. */
class Detail {
  constructor(explorer) {
    this.explorer = explorer;
    this.heading = make("h3", { tabindex: "-1" });
    this.body = make("div", { className: "pmx-facts" });
    const close = make("button", { type: "button", textContent: "Close", title: "Close (Esc)", on: { click: () => this.close() } });
    this.root = make("section", { className: "pmx-detail", "aria-label": "The event", hidden: "" },
      make("div", { className: "pmx-bar" }, this.heading, close), this.body);
  }

  get open() { return !this.root.hidden; }

  close() {
    this.root.hidden = true;
    this.explorer.table.table.focus({ preventScroll: true });
  }

  show(row) {
    this.root.hidden = false;
    this.#headed(row);
    this.explorer.judging?.opened(row);
    this.row = row;
    this.explorer.ask("detail", { op: "detail", row: row.row, event: row.id }, ({ detail, judged, group }) => {
      const now = { ...row, ...Object.fromEntries(["row", "time", "source", "line", "message"].map((name) => [name, detail[name]])) };
      if (this.row === row) this.row = now; // it may stand elsewhere by now, or say something else
      this.#headed(now);
      this.#fill(now, detail);
      this.explorer.judging?.show(now, judged, group, detail.message);
    });
  }

  #headed(row) { this.heading.textContent = `${row.time.slice(0, 10)} ${row.time.slice(11, 23)} UTC`; }

  /** A person's own words for the event, above those of its source. */
  worded(label) {
    this.said.replaceChildren(label ?? this.message, label ? make("span", { className: "pmx-original", textContent: `The source says: ${this.message}` }) : "");
  }

  /** The event that is shown stands elsewhere now. */
  again({ id, row, time }) {
    if (this.open && this.row?.id === id) this.show({ ...this.row, row, time: new Date(time).toISOString() });
  }

  /** The event that is shown is none any more: who told it has withdrawn it. */
  gone({ id }) { if (this.row?.id === id) this.root.hidden = true; }

  #fill(row, detail) {
    const records = detail.lines.some((line) => line.time);
    const lines = detail.lines.map((line) => make("li", { className: line.own ? "pmx-own" : "" },
      make("span", { className: "pmx-number", textContent: line.time ? line.time.slice(11, 23) : line.line || "" }),
      make("code", { textContent: line.text })));
    const named = ["level", "service", "host", "actor", "kind", "action", "format"].map((name) => [name, detail[name]]);
    const proofs = [["SHA-256 of line", detail.line_sha256], ["SHA-256 of file", detail.source_sha256], ["id", detail.id]];
    const held = Object.entries(detail.attributes).map(([name, value]) =>
      [name, typeof value === "string" ? value : JSON.stringify(value)]);
    this.message = detail.message;
    this.body.replaceChildren(
      this.said = make("p", { className: "pmx-said", textContent: detail.message }),
      detail.problem ? make("p", { className: "pmx-problem", textContent: detail.problem }) : "",
      make("h4", { textContent: row.line ? `${row.source}, ${records ? "record" : "line"} ${count(row.line)}` : row.source || "" }),
      lines.length ? make("ol", { className: "pmx-lines", tabindex: "0", "aria-label": "Raw lines" }, ...lines) : "",
      this.#facts(proofs),
      make("h4", { textContent: "Why this time" }),
      make("p", { className: "pmx-why", textContent: [`It lies ${detail.interval}.`, ...detail.why, this.#onTrial(row)].join(" ") }),
      this.#facts(named),
      held.length ? make("h4", { textContent: "Also in the record" }) : "", this.#facts(held));
  }

  #onTrial(row) {
    const words = this.explorer.trial.told(row.source);
    return words ? `This is on trial and not saved: ${words}.` : "";
  }

  #facts(pairs) {
    return make("dl", {}, ...pairs.filter(([, words]) => words).flatMap(([name, words]) =>
      [make("dt", { textContent: name, title: name }), make("dd", { textContent: words })]));
  }
}
