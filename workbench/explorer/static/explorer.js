// The explorer: its parts, the keys, and what happens when something moves.

const TONES = ["ground", "ink", "quiet", "rule", "grid", "soft", "accent", "calm", "warn", "error", "alert", "status",
  "detect", "diagnose", "mitigate", "verify", "onPhase", "font"];

class Explorer {
  constructor(model, el) {
    this.model = model;
    this.setup = model.get("setup");
    this.view = new View(this.setup.start, this.setup.end);
    this.home = this.setup.view;
    this.view.set(...this.home);
    this.query = "";
    this.by = this.setup.by;
    this.table = new Table(this);
    this.detail = new Detail(this);
    this.stage = new Stage(this);
    this.overview = new Overview(this);
    this.#build(el);
    this.line = new Line(model, (sentence) => this.#problem(sentence), () => this.stir());
    this.turn = this.stand = 0; // how often the sources were read again; how often events were put elsewhere
    this.trial = new Trial(this);
    this.reading = new Reading(this);
    this.saver = new Saver(this);
    this.desks = new Desks(this);
    this.judging = this.setup.judging ? new Judging(this) : null;
    this.#furnish();
    this.stage.setup(this.setup);
    this.table.setup(this.setup.columns);
    this.#first(model.get("first"));
    this.#watch();
  }

  /** With the clocks that are on trial; an answer from sources that were read again tells that they were. */
  ask(kind, message, then) {
    const trial = this.trial.message;
    this.line.ask(kind, trial ? { ...message, trial } : message, (answer, buffers) => {
      if ((answer.turn ?? 0) !== this.turn && answer.op !== "reread") this.reading.start();
      then(answer, buffers);
    });
  }

  /** Says in the page whether anything is still to come: for tests, and for styles. */
  stir() {
    const still = !this.line?.busy && !this.resting && !this.typing && !this.frame;
    this.root.dataset.state = still ? "still" : "busy";
  }

  get manyDays() { return day(this.view.start) !== day(this.view.end); }

  // ---- what stands where

  #build(el) {
    const button = (words, name, act) =>
      make("button", { type: "button", textContent: words, title: name, "aria-label": name, on: { click: act } });
    this.search = make("input", { type: "search", className: "pmx-search", placeholder: "Search: words, \"a phrase\", service:orders, level>=warn",
      "aria-label": "Search the events", spellcheck: "false", on: { input: () => this.#typed() } });
    this.found = make("span", { className: "pmx-found" });
    this.said = make("p", { className: "pmx-problem", role: "status", hidden: "" });
    this.note = make("p", { className: "pmx-note", hidden: "" });
    this.heard = make("div", { className: "pmx-unseen", role: "status" });
    this.counts = make("span", { className: "pmx-counts" });
    this.menu = make("select", { "aria-label": "Lanes by", on: { change: () => this.#regroup(this.menu.value) } },
      ...this.setup.bys.map(({ by, name }) => make("option", { value: by, textContent: name })));
    this.menu.value = this.by;
    this.labels = make("div", { className: "pmx-labels" });
    this.when = make("span", { className: "pmx-when" });
    this.tip = make("div", { className: "pmx-tip", hidden: "" });
    this.board = make("div", { className: "pmx-board", tabindex: "0", role: "application",
      "aria-label": "Timeline. Keys: w and s zoom, a and d move, n and p go from event to event; ? lists all." },
    this.stage.canvas, this.tip);
    const bar = make("div", { className: "pmx-bar" }, this.search, this.found,
      button("−", "Zoom out (s)", () => this.#zoom(1.6)), button("+", "Zoom in (w)", () => this.#zoom(1 / 1.6)),
      button("All", "Everything (0)", () => this.#all()),
      this.setup.milestones.length ? button("Incident", "The incident (i)", () => this.#back()) : "",
      button("‹ Error", "Previous error (E)", () => this.#near(-1, "error")),
      button("Error ›", "Next error (e)", () => this.#near(1, "error")), button("?", "Keys (?)", () => this.#help()));
    this.keys = make("section", { className: "pmx-keys", "aria-label": "Keys", hidden: "" },
      make("dl", {}, ...KEYS.map(([key, words]) => make("div", {}, make("dt", { textContent: key }), make("dd", { textContent: words })))));
    this.root = make("section", { className: "pmx", "aria-label": `Explorer: ${this.setup.title}` },
      bar, this.said, this.note, this.keys,
      make("div", { className: "pmx-grid" }, make("div", { className: "pmx-everything" }, this.when), this.overview.canvas,
        this.labels, this.board),
      this.counts, this.below = make("div", { className: "pmx-below" }, this.table.scroll, this.detail.root), this.heard);
    el.replaceChildren(this.root);
  }

  /** Where there is somebody's folder to write into: undo and redo, what is not saved, and the tabs of the desks. */
  #furnish() {
    if (!this.setup.key) return;
    this.root.querySelector(".pmx-bar").lastElementChild.before(this.saver.undoer, this.saver.redoer);
    this.root.querySelector(".pmx-grid").before(this.trial.root, this.reading.root);
    this.below.before(this.desks.strip, this.saver.root);
    this.below.append(this.desks.place);
    this.desks.strip.before(this.counts);
  }

  /** The names on the left, each beside its row of the canvas. */
  #names() {
    const { place, rows, lanes, curve, zone } = this.stage, parts = [];
    const at = (top, height, className, ...children) =>
      parts.push(make("div", { className, style: `top:${top}px;height:${height}px` }, ...children));
    const words = (name, more = "") => [make("span", { textContent: name }), make("span", { className: "pmx-more", textContent: more })];
    if (place.rows) at(place.flagged - FLAG - 8, FLAG, "pmx-name", ...words("Milestones"));
    if (curve) at(place.curve, CURVE, "pmx-name pmx-low", ...words("Failing requests", `to ${(100 * this.stage.most).toFixed(0)}%`));
    const kinds = { phase: "Phases", alert: "Alerts", status: "Status page" };
    rows.forEach((row, index) => row.first && at(place.bands + index * BAND, BAND, "pmx-name", ...words(kinds[row.kind])));
    at(place.ruler, RULER, "pmx-lanes-head", make("span", {}, this.menu),
      make("span", { className: "pmx-number", textContent: "events" }), make("span", { className: "pmx-number", textContent: "errors" }));
    if (zone) at(place.bottom, FOOT, "pmx-name", ...words(zone.replaceAll("_", " ")));
    const list = make("ol", { className: "pmx-lanes", "aria-label": "Lanes", style: `top:${place.top}px` }, ...lanes.map((lane) =>
      make("li", { style: `height:${place.lane}px`, title: lane.name, className: lane.count ? "" : "pmx-none" }, make("span", { className: "pmx-lane", textContent: lane.name }), this.#tried(lane.name),
        make("span", { className: "pmx-number", textContent: count(lane.count) }),
        make("span", { className: "pmx-number pmx-errors", textContent: lane.errors ? count(lane.errors) : "" }))));
    const focused = this.menu === document.activeElement;
    this.labels.replaceChildren(...parts, list);
    this.labels.style.height = `${place.height}px`;
    if (focused) this.menu.focus();
  }

  #tried(name) {
    const tried = this.by === "source" ? this.trial.of(name) : null;
    if (!tried) return null;
    const words = tried.by ? `${tried.by > 0 ? "+" : "−"}${spell(Math.abs(tried.by))}` : tried.zone;
    return make("span", { className: "pmx-tried", textContent: words, title: `On trial, not saved: ${this.trial.told(name)}` });
  }

  readColours() {
    const style = getComputedStyle(this.root); // it has one only when it stands in a page
    this.colours = Object.fromEntries(TONES.map((tone) => [tone, style.getPropertyValue(`--pmx-${tone.toLowerCase()}`).trim()]));
    this.colours.font = style.fontFamily;
  }

  // ---- what comes

  #first(first) {
    if (!first?.density) return this.moved();
    this.#taken(first.density, [first.counts]);
    if (first.rows) {
      this.table.range = this.#range();
      this.table.fill(first.rows.total, 0, first.rows.rows);
    }
  }

  /** Counts or marks from the kernel. */
  #taken(answer, buffers, steps = null) {
    this.by = answer.by;
    const data = { start: answer.start, end: answer.end, bins: answer.bins, steps };
    if (answer.op === "marks") {
      const [lane, grade, time, earliest, latest, row] = [Uint16Array, Uint8Array, Float64Array, Float64Array, Float64Array,
        Uint32Array].map((Kind, index) => typed(Kind, buffers[index]));
      data.marks = { lane, grade, time, earliest, latest, row };
    } else data.counts = typed(Uint32Array, buffers[0]);
    this.stage.data = data;
    this.#lanes(answer);
    this.root.dataset.kind = answer.op;
    this.root.dataset.taken = Number(this.root.dataset.taken ?? 0) + 1;
    this.later();
  }

  #lanes({ lanes, found, said }) {
    this.note.textContent = said || "";
    this.note.hidden = !said;
    const told = JSON.stringify(lanes);
    this.found.textContent = found === undefined || found === null ? "" : `${count(found)} of ${count(this.setup.total)} match`;
    if (told === this.told) return;
    this.told = told;
    this.stage.lanes = lanes;
    if (this.width) this.#sized();
  }

  #problem(sentence) {
    this.said.textContent = sentence;
    this.said.hidden = !sentence;
  }

  counted(total) {
    this.root.classList.toggle("pmx-days", this.manyDays);
    const words = `${plural(total, "event")} from ${stretch(this.view.start, this.view.end, precision(this.view.span))} UTC`;
    this.counts.textContent = words;
    this.root.dataset.total = total;
  }

  /** Milestones, bands and curve as they are now, in the same view. */
  refreshed(setup) {
    Object.assign(this.setup, setup);
    this.stage.setup(this.setup);
    this.root.setAttribute("aria-label", `Explorer: ${this.setup.title}`);
    if (this.width) this.#sized();
  }

  /** Something was saved: what is seen follows. */
  follow() {
    if (!this.setup.key) return;
    this.ask("refresh", { op: "refresh" }, ({ setup, unread }) => {
      this.refreshed(setup);
      if (unread) this.reading.start();
    });
    this.desks.followed();
  }

  /** The sources were read again: all that is seen is of the new events, in the same view. */
  renewed({ setup, turn }) {
    this.turn = turn;
    this.home = setup.view;
    this.surveyed = null;
    this.refreshed(setup);
    this.extended(setup.start, setup.end);
    this.table.setup(setup.columns);
    this.trial.clear((_, { saved }) => saved);
    this.unsettled(true);
    this.desks.followed();
  }

  /** Where events stand now, from the first to the last. */
  extended(start, end) {
    const { view } = this, whole = new View(start, end);
    if (view.low === whole.low && view.high === whole.high) return;
    Object.assign(view, { low: whole.low, high: whole.high, first: start, last: end });
    view.set(view.start, view.end);
    this.moved();
  }

  /** Events stand elsewhere: what was counted and listed is asked for again, and the chosen one is found by its id. */
  unsettled(again = false) {
    this.stand += 1;
    this.surveyed = null;
    const { chosen } = this;
    if (chosen?.id) {
      this.ask("chosen", { op: "find", event: chosen.id }, ({ row, time }) => {
        if (this.chosen !== chosen) return;
        Object.assign(chosen, { row, time: time ?? chosen.time });
        if (again && row !== null) this.detail.again(chosen);
        this.later();
      });
    }
    if (this.width) this.#names();
    this.moved();
  }

  // ---- what moves

  #range() { return { start: this.view.start, end: this.view.end, query: this.query, stand: this.stand }; }

  /** Draws at once what is there, then asks for what should be. */
  moved({ rows = true } = {}) {
    this.root.dataset.start = this.view.start;
    this.root.dataset.end = this.view.end;
    this.tip.hidden = true;
    this.later();
    const wanted = this.view.wanted(this.view.first ?? this.setup.start, this.view.last ?? this.setup.end), { steps } = this.trial;
    this.ask("view", { op: "view", by: this.by, ...wanted, most: MOST_MARKS, query: this.query }, (answer, buffers) =>
      this.#taken(answer, buffers, steps));
    this.#survey();
    clearTimeout(this.resting);
    this.resting = null;
    if (rows) this.resting = setTimeout(() => { this.resting = null; this.#rested(); this.stir(); }, 160);
    this.stir();
  }

  /** The table follows when the view has come to rest, and keeps the chosen event while that is in view. */
  #rested() {
    const range = this.#range(), { chosen } = this;
    if (chosen?.row == null || chosen.time < range.start || chosen.time >= range.end) return this.table.show(range);
    this.ask("place", { op: "place", ...range, at: chosen.time, row: chosen.row }, ({ place, held }) =>
      this.table.at(range, place, () => (held ? this.table.keep(place) : this.table.reveal(place))));
  }

  /** The counts of the overview, where it shows another stretch or what was found has changed. */
  #survey() {
    const [first, last] = this.overview.range, key = `${first} ${last} ${this.query}`;
    if (key === this.surveyed) return;
    this.surveyed = key;
    this.when.textContent = stretch(first, last, MINUTE);
    const step = niceStep((last - first) / 500), start = Math.floor(first / step) * step;
    const bins = Math.floor((last - start) / step) + 1;
    const message = { op: "view", by: this.by, start, end: start + bins * step, bins, most: 0, query: this.query };
    this.ask("survey", message, (answer, buffers) => {
      this.overview.fill({ ...answer, counts: typed(Uint32Array, buffers[0]) });
      this.later();
    });
  }

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (!this.width || !this.stage.place) return;
      this.stage.draw();
      this.overview.draw();
      this.root.dataset.drawn = this.root.dataset.taken ?? 0;
      this.stir();
    });
  }

  #sized() {
    this.stage.resize();
    this.#names();
    this.later();
  }

  #watch() {
    this.size = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (!width || width === this.width) return; // a notebook takes cells out of the page and puts them back
      const first = !this.width;
      if (first) this.readColours();
      this.view.width = this.width = width;
      this.#sized();
      this.moved({ rows: !this.table.range });
    });
    this.size.observe(this.board);
    const recolour = () => { this.readColours(); this.later(); };
    this.theme = new MutationObserver(() => { recolour(); setTimeout(recolour, 300); });
    this.theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
    this.root.addEventListener("keydown", (event) => this.#key(event));
    for (const kind of ["keyup", "keypress"]) this.root.addEventListener(kind, (event) => event.stopPropagation());
    for (const kind of ["mousedown", "contextmenu"]) this.root.addEventListener(kind, (event) => event.stopPropagation());
    this.pointer = new Pointer(this);
  }

  close() {
    this.line.close();
    this.desks.close();
    this.reading.stop();
    this.judging?.close();
    this.saver.close();
    this.size.disconnect();
    this.theme.disconnect();
    clearTimeout(this.resting);
  }

  // ---- what people ask for

  #zoom(factor) {
    const { view, hover, chosen } = this, inside = chosen && chosen.time >= view.start && chosen.time <= view.end;
    view.zoom(factor, hover ? hover.x : inside ? view.x(chosen.time) : view.width / 2);
    this.moved();
  }

  #move(share) { this.view.move(share); this.moved(); }
  #all() { this.view.set(this.view.low, this.view.high); this.moved(); }
  #back() { this.view.set(...this.home); this.moved(); }
  #help() { this.keys.hidden = !this.keys.hidden; }

  #typed() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      this.typing = null;
      this.query = this.search.value.trim();
      this.#problem("");
      this.moved();
    }, 250);
    this.stir();
  }

  #regroup(by) {
    this.by = by;
    this.moved({ rows: false });
  }

  /** The next or previous event or error from the chosen one, else from the edge of the view. */
  #near(step, what) {
    const { chosen, view } = this, from = chosen ?? { row: null, time: step > 0 ? view.start : view.end };
    this.ask("near", { op: "near", at: from.time, row: from.row, step, what, query: this.query }, (answer) => {
      if (answer.row === null) this.tell(`There is no ${step > 0 ? "later" : "earlier"} ${what}.`);
      else this.#go(answer, this.detail.open);
    });
  }

  /** From the milestone that was last gone to, while that is in view; else the first or last one in view or beyond. */
  #milestone(step) {
    const { view, visited } = this, { milestones } = this.stage;
    const from = visited >= view.start && visited <= view.end ? visited : step > 0 ? view.start : view.end;
    const next = step > 0 ? milestones.find((one) => one.time > from) : milestones.findLast((one) => one.time < from);
    if (!next) return this.tell(`There is no ${step > 0 ? "later" : "earlier"} milestone.`);
    this.visited = next.time;
    view.centre(next.time);
    this.moved();
    this.tell(`${this.stage.label(next)}, ${clock(next.time, SECOND)} UTC`);
  }

  /** Brings a moment into view and its event into the table; without a row, the table is scrolled to the moment. */
  #go({ row, time }, open = false) {
    const { view } = this, edge = view.span * 0.04;
    this.chosen = { row, time };
    if (time < view.start + edge || time > view.end - edge) view.centre(time);
    this.moved({ rows: false });
    const range = this.#range();
    this.ask("place", { op: "place", ...range, at: time, row }, ({ place, held }) =>
      this.table.at(range, place, () => (held ? this.table.choose(place, open) : this.table.reveal(place))));
  }

  /** Goes to an event: { row, time }, { event: its id }, or { source, line }; the events' tab is opened where they are not seen. */
  goTo(where, open = false) {
    if (where.row !== null && this.below.classList.contains("pmx-whole")) this.desks.open("events", { focus: false });
    if (where.time !== undefined && where.time !== null) return this.#go({ row: null, ...where }, open);
    this.ask("find", { op: "find", ...where }, (answer) => {
      if (answer.row === null) this.tell("There is no such event among these.");
      else this.#go(answer, open);
    });
  }

  /** The event that is chosen, as the table has it; null where none is. */
  chosenRow() { return this.chosen?.row == null ? null : this.table.known(this.chosen.row); }

  chose(row, open) {
    this.chosen = { row: row.row, time: Date.parse(row.time), id: row.id };
    this.tell(`${row.time.slice(11, 23)} ${row.level || ""} ${row.service || row.actor || ""}: ${row.message || ""}`);
    if (open || this.detail.open) this.detail.show(row);
    if (this.chosen.time < this.view.start || this.chosen.time > this.view.end) this.view.centre(this.chosen.time);
    this.later();
  }

  /** Says it to who listens, and cannot see. */
  tell(words) { this.heard.textContent = words.slice(0, 300); }

  #escape() {
    if (!this.keys.hidden) this.keys.hidden = true;
    else if (document.activeElement === this.search) this.board.focus({ preventScroll: true });
    else if (this.detail.open) this.detail.close();
  }

  /** JupyterLab must not take our keys for its own; what is held with Ctrl, Meta or Alt stays the browser's and its. */
  #key(event) {
    const writing = event.target.matches("input, select, textarea");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && this.setup.key && !writing) {
      event.preventDefault();
      event.stopPropagation();
      return event.shiftKey ? this.saver.redo() : this.saver.undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    if (event.key === "Escape") return this.#escape();
    if (writing) return;
    const acts = {
      w: () => this.#zoom(1 / 1.6), s: () => this.#zoom(1.6), a: () => this.#move(-0.25), d: () => this.#move(0.25),
      n: () => this.#near(1, "event"), p: () => this.#near(-1, "event"), e: () => this.#near(1, "error"),
      E: () => this.#near(-1, "error"), m: () => this.#milestone(1), M: () => this.#milestone(-1), 0: () => this.#all(),
      i: () => this.#back(), "/": () => { this.search.focus(); this.search.select(); }, "?": () => this.#help(), ...this.judging?.acts, ...this.desks.acts,
      ...(event.target === this.board && { ArrowLeft: () => this.#move(-0.25), ArrowRight: () => this.#move(0.25),
        Enter: () => this.table.choose(Math.max(0, this.table.active), true) }),
    };
    const act = acts[event.key] ?? (event.shiftKey ? null : acts[event.key.toLowerCase()]);
    if (!act) return;
    event.preventDefault();
    act();
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, el);
    return () => explorer.close();
  },
};
