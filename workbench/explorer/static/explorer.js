// The explorer: its parts, the keys, and what happens when something moves.

const TONES = ["ground", "ink", "quiet", "rule", "grid", "soft", "hatch", "accent", "calm", "warn", "error", "alert", "status",
  "detect", "diagnose", "mitigate", "verify", "onPhase", "font"];

class Explorer {
  constructor(model, el) {
    this.model = model;
    this.setup = { ...model.get("setup") };
    this.view = new View(this.setup.start, this.setup.end);
    this.home = this.setup.view;
    this.view.set(...this.home);
    this.moves = 0;
    this.trial = new Trial(this);
    this.reading = new Reading(this);
    this.by = this.setup.by;
    this.hunt = new Hunt(this);
    this.knowable = new Knowable(this);
    this.seen = new Seen(this);
    this.curve = new Curve(this);
    this.table = new Table(this);
    this.detail = new Detail(this);
    this.names = new Names(this);
    this.stage = new Stage(this);
    this.ahead = new Ahead(this);
    this.overview = new Overview(this);
    this.#build(el);
    this.line = new Line(model, (sentence) => this.problem(sentence), () => this.stir());
    this.turn = this.stand = 0; // how often there were other events; how often they were put elsewhere
    this.news = new News(this);
    this.saver = new Saver(this);
    this.desks = new Desks(this);
    this.judging = this.setup.judging ? new Judging(this) : null;
    this.merging = this.setup.judging ? new Merging(this) : null;
    this.#furnish();
    this.checking = this.setup.desks?.check ? new Checking(this) : null;
    this.stage.setup(this.setup);
    this.curve.setup(this.setup);
    this.table.setup(this.setup.columns);
    this.#first(model.get("first"));
    this.#watch();
    this.curve.look();
    this.seen.look();
  }

  /** With the clocks that are on trial. An answer tells whether there are other events since: somebody told one at another
   *  view of this widget, or sources were read again. */
  ask(kind, message, then) {
    const trial = this.trial.message;
    this.line.ask(kind, trial ? { ...message, trial } : message, (answer, buffers) => {
      if ((answer.turn ?? 0) !== this.turn && !["refresh", "reread"].includes(answer.op)) this.follow();
      then(answer, buffers);
    });
  }

  drop(kind) { this.line.drop(kind); }

  /** What every question about many events says: what is searched for, what was known when, what is left out. */
  get wishes() {
    const { hunt, knowable, seen, trial, turn } = this;
    return { ...hunt.wishes, until: knowable.at, bare: seen.bare, trial: trial.message, turn };
  }

  /** What the kernel counts of a view, whichever stretch it is. */
  get asked() { return { op: "view", by: this.by, most: MOST_MARKS, ...this.wishes }; }

  /** The stretch that the table lists, and how. */
  get range() {
    const { start, end } = this.view, { only, listed } = this.hunt, { folded, opened } = this.table;
    return { start, end, ...this.wishes, only: only || listed, folded, open: folded ? opened : [], stand: this.stand };
  }

  /** Says in the page whether anything is still to come: for tests, and for styles. */
  stir() {
    const still = !this.line?.busy && !this.resting && !this.hunt.typing && !this.knowable.resting && !this.table.busy && !this.frame;
    this.root.dataset.state = still ? "still" : "busy";
  }

  get manyDays() { return day(this.view.start) !== day(this.view.end); }

  // ---- what stands where

  #build(el) {
    const button = (words, name, act) =>
      make("button", { type: "button", textContent: words, title: name, "aria-label": name, on: { click: act } });
    this.said = make("p", { className: "pmx-problem", role: "status", hidden: "" });
    this.note = make("p", { className: "pmx-note", hidden: "" });
    this.heard = make("div", { className: "pmx-unseen", role: "status" });
    this.counts = make("span", { className: "pmx-counts" });
    this.when = make("span", { className: "pmx-when" });
    this.tip = make("div", { className: "pmx-tip", hidden: "" });
    this.board = make("div", { className: "pmx-board", tabindex: "0", role: "application",
      "aria-label": "Timeline. Keys: w and s zoom, a and d move, n and p go from event to event; ? lists all." },
    this.stage.canvas, this.knowable.knob, this.tip);
    const { hunt, knowable, seen, table } = this;
    const bar = make("div", { className: "pmx-bar" }, hunt.field, hunt.progress, hunt.found, hunt.light, knowable.button,
      button("−", "Zoom out (s)", () => this.zoom(1.6)), button("+", "Zoom in (w)", () => this.zoom(1 / 1.6)),
      button("All", "Everything (0)", () => this.all()),
      this.setup.milestones.length ? button("Incident", "The incident (i)", () => this.back()) : "",
      button("‹ Error", "Previous error (E)", () => this.near(-1, "error")),
      button("Error ›", "Next error (e)", () => this.near(1, "error")), button("?", "Keys (?)", () => this.help()));
    this.keys = make("section", { className: "pmx-keys", "aria-label": "Keys", hidden: "" },
      make("dl", {}, ...KEYS.map(([key, words]) => make("div", {}, make("dt", { textContent: key }), make("dd", { textContent: words })))));
    this.root = make("section", { className: "pmx", "aria-label": `Explorer: ${this.setup.title}` },
      bar, this.said, this.note, this.keys, knowable.bar,
      make("div", { className: "pmx-grid" }, make("div", { className: "pmx-everything" }, this.when), this.overview.canvas,
        this.names.root, this.board),
      this.tools = make("div", { className: "pmx-tools" }, this.counts, hunt.list, seen.switch, table.fold), this.below = make("div", { className: "pmx-below" }, this.table.scroll, this.detail.root), this.heard);
    el.replaceChildren(this.root);
  }

  /** Where there is somebody's folder to write into: undo and redo, what is not saved, and the tabs of the desks. */
  #furnish() {
    if (!this.setup.key) return;
    this.root.querySelector(".pmx-bar").lastElementChild.before(this.saver.undoer, this.saver.redoer);
    this.root.querySelector(".pmx-grid").before(this.trial.root, this.reading.root);
    this.below.before(this.desks.strip, this.saver.root, this.merging.root);
    this.below.append(this.desks.place);
    this.desks.strip.before(this.tools);
  }

  readColours() {
    const style = getComputedStyle(this.root); // it has one only when it stands in a page
    this.colours = Object.fromEntries(TONES.map((tone) => [tone, style.getPropertyValue(`--pmx-${tone.toLowerCase()}`).trim()]));
    this.colours.font = style.fontFamily;
  }

  // ---- what comes

  #first(first) {
    if (!first?.density) return this.moved();
    this.taken(counted(first.density, [first.counts], ""));
    if (first.rows) {
      this.table.range = this.range;
      this.table.fill(first.rows, 0);
    }
  }

  /** Counts or marks, from the kernel or from what is at hand. */
  taken(data) {
    if (data.key === JSON.stringify(this.asked)) this.hunt.heard(data);
    this.stage.data = data;
    this.#lanes(data);
    this.root.dataset.kind = data.op;
    this.root.dataset.taken = Number(this.root.dataset.taken ?? 0) + 1;
    this.later();
  }

  #lanes({ lanes, said }) {
    const words = [said, this.hunt.stopped].filter(Boolean).join(" ");
    this.note.textContent = words;
    this.note.hidden = !words;
    const same = lanes.length === this.stage.lanes.length && lanes.every((lane, at) => lane.name === this.stage.lanes[at].name);
    this.stage.lanes = lanes;
    if (!same) this.resized();
  }

  /** A search has gone on: what it found is drawn, and listed where it has seen the view. */
  searched(all, seen) {
    if (all) this.surveyed = null;
    this.moved({ rows: seen });
  }

  problem(sentence) {
    this.said.textContent = sentence;
    this.said.hidden = !sentence;
  }

  /** How many events the table lists, of how many where not all could be known, and from when to when. */
  counted({ events, of, total }) {
    this.root.classList.toggle("pmx-days", this.manyDays);
    if (!this.setup.total) return void (this.counts.textContent = "There are no events.");
    const { knowable, hunt } = this, searched = hunt.query && (hunt.only || hunt.listed);
    const number = knowable.at !== null && !searched ? `By ${this.manyDays ? knowable.words(SECOND) : `${clock(knowable.at, SECOND)} UTC`}: ${count(events)} of ${plural(of, "event")}` : plural(events, "event");
    const rows = this.table.folded ? `, in ${plural(total, "row")}` : "";
    this.counts.textContent = `${number} from ${stretch(this.view.start, this.view.end, precision(this.view.span))} UTC${rows}`;
    this.root.dataset.total = events;
  }

  follow() { this.news.follow(); }
  refreshed(setup) { this.news.refreshed(setup); }
  extended(start, end) { this.news.extended(start, end); }
  unsettled(again = false) { this.news.unsettled(again); }

  /** The events themselves are others: nothing that was counted of them holds. */
  changed() {
    this.ahead.forget();
    this.surveyed = null;
    this.moved();
  }

  renewed(answer) { this.news.renewed(answer); }

  /** Somebody else wrote into the folder, in another tab or another program. */
  #changed() {
    this.follow();
    this.table.again();
  }

  // ---- what moves

  /** Draws at once what is there, then asks for what should be. */
  moved({ rows = true } = {}) {
    this.root.dataset.start = this.view.start;
    this.root.dataset.end = this.view.end;
    this.tip.hidden = true;
    this.root.dataset.moves = this.moves += 1;
    this.later();
    this.ahead.show();
    this.curve.moved();
    this.#survey();
    clearTimeout(this.resting);
    this.resting = null;
    if (rows) this.resting = setTimeout(() => { this.resting = null; this.rested(); this.stir(); }, 160);
    this.stir();
  }

  /** The table follows when the view has come to rest, and keeps the chosen event while that is in view. */
  rested() {
    const { range, chosen } = this;
    if (!chosen || chosen.time < range.start || chosen.time >= range.end) {
      this.drop("place");
      return this.table.show(range);
    }
    this.#find(range, chosen);
  }

  /** Has the chosen event in the table; one that is only gone to is told once its row is there. */
  #find(range, chosen) {
    const { table } = this, { time, row, going } = chosen, asked = JSON.stringify(range);
    this.ask("place", { op: "place", ...range, at: time, row }, ({ place, held }) => {
      if (this.chosen !== chosen || JSON.stringify(this.range) !== asked) return; // people have moved on meanwhile
      if (!held) delete chosen.going;
      table.at(range, place, () => (!held ? table.reveal(place) : going ? table.choose(place, going.open) : table.keep(place)));
    });
  }

  /** The counts of the overview, where it shows another stretch or what was found has changed. */
  #survey() {
    const [first, last] = this.overview.range, key = JSON.stringify([first, last, this.wishes]);
    if (key === this.surveyed) return;
    this.surveyed = key;
    this.when.textContent = this.setup.total ? stretch(first, last, MINUTE) : "";
    const step = niceStep((last - first) / 500), start = Math.floor(first / step) * step;
    const bins = Math.floor((last - start) / step) + 1;
    this.ask("survey", { ...this.asked, start, end: start + bins * step, bins, most: 0 }, (answer, buffers) => {
      this.overview.fill(counted(answer, buffers));
      this.later();
    });
  }

  later() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      if (this.width && this.stage.place) this.#drawn();
      this.stir();
    });
    this.stir();
  }

  #drawn() {
    this.stage.draw();
    this.names.draw();
    this.overview.draw();
    this.root.dataset.told = this.ahead.told;
    this.root.dataset.drawn = this.root.dataset.taken ?? 0;
  }

  /** Rows have come, gone or moved. */
  resized() {
    if (!this.width) return;
    this.stage.resize();
    this.later();
  }

  #watch() {
    this.size = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (!width || width === this.width) return; // a notebook takes cells out of the page and puts them back
      const first = !this.width;
      if (first) this.readColours();
      this.view.width = this.width = width;
      this.resized();
      this.moved({ rows: !this.table.range });
    });
    this.size.observe(this.board);
    const recolour = () => { this.readColours(); this.later(); };
    this.theme = new MutationObserver(() => { recolour(); setTimeout(recolour, 300); });
    this.theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
    // Notebook 7 sees a key before we do, and leaves it alone where this mark is on what has the focus.
    this.marks = ({ target, key, ctrlKey, metaKey, altKey }) => this.root.contains(target) && target.toggleAttribute(
      "data-lm-suppress-shortcuts", !altKey && (!(ctrlKey || metaKey) || key.toLowerCase() === "z"));
    window.addEventListener("keydown", this.marks, true);
    new Keyboard(this);
    for (const kind of ["mousedown", "contextmenu"]) this.root.addEventListener(kind, (event) => event.stopPropagation());
    this.pointer = new Pointer(this);
    this.hear = (message) => message.op === "changed" && this.#changed();
    this.model.on("msg:custom", this.hear);
  }

  close() {
    this.line.close();
    this.hunt.close();
    this.model.off("msg:custom", this.hear);
    this.desks.close();
    this.names.sizes.disconnect();
    this.reading.stop();
    this.judging?.close();
    this.checking?.close();
    this.saver.close();
    this.size.disconnect();
    this.theme.disconnect();
    window.removeEventListener("keydown", this.marks, true);
    clearTimeout(this.resting);
  }

  // ---- what people ask for

  /** What stays in its place when keys zoom: what is under the pointer, else the chosen event, else the middle. */
  get anchor() {
    const { view, hover, chosen } = this, inside = chosen && chosen.time >= view.start && chosen.time <= view.end;
    return hover ? hover.x : inside ? view.x(chosen.time) : view.width / 2;
  }

  zoom(factor) { this.view.zoom(factor, this.anchor); this.moved(); }

  move(share) { this.view.move(share); this.moved(); }
  all() { this.view.set(this.view.low, this.view.high); this.moved(); }
  back() { this.view.set(...this.home); this.moved(); }
  help() { this.keys.hidden = !this.keys.hidden; }

  regroup(by) {
    this.by = by;
    this.moved({ rows: false });
  }

  /** The next or previous event or error from the chosen one, else from the edge of the view. */
  near(step, what) {
    const { chosen, view } = this, from = chosen ?? { row: null, time: step > 0 ? view.start : view.end };
    const { wishes } = this, { folded } = this.table;
    this.ask("near", { op: "near", ...wishes, folded, at: from.time, row: from.row, step, what }, (answer) => {
      if (answer.searching !== undefined) this.tell("The search is still going on.");
      else if (answer.row === null) this.tell(`There is no ${step > 0 ? "later" : "earlier"} ${what}.`);
      else this.#go(answer, this.detail.open);
    });
  }

  /** From the milestone that was last gone to, while that is in view; else the first or last one in view or beyond. */
  milestone(step) {
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
  #go({ row, time, id }, open = false) {
    const { view } = this, edge = view.span * 0.04;
    this.chosen = { row, time, id, going: { open } };
    if (time < view.start + edge || time > view.end - edge) view.centre(time);
    this.moved({ rows: false });
    this.#find(this.range, this.chosen);
  }

  /** Goes to an event: { row, time }, { event: its id }, or { source, line }; the events' tab is opened where they are not seen. */
  goTo(where, open = false) {
    if (where.row !== null && this.below.classList.contains("pmx-whole")) this.desks.open("events", { focus: false });
    if (where.time !== undefined && where.time !== null) return this.#go({ row: null, ...where }, open);
    this.ask("find", { op: "find", ...where }, (answer) => {
      if (answer.row === null) this.tell("There is no such event among these.");
      else this.#go({ ...answer, id: where.event }, open);
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
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, el);
    return () => explorer.close();
  },
};
