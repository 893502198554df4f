// The desk of clocks and zones: what was found of each source and why; its clock or zone tried, and saved.

const CLOCK = 3; // the column of the offset
const CLOCK_FINE = 5; // s either way
const CLOCK_UNITS = { ms: 0.001, s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86400 };

/** Seconds of what people type: "37", "-1.5 s", "1:30", "+5h30m", "41 s behind"; null where it is none. */
function secondsOf(text) {
  const words = text.trim().toLowerCase().replaceAll("−", "-").replace(/\s*(ahead|behind)$/, "");
  const way = /behind\s*$/i.test(text.trim()) ? -1 : 1;
  const signed = /^([+-]?)\s*(.+)$/.exec(words);
  if (!signed) return null;
  const sign = way * (signed[1] === "-" ? -1 : 1), rest = signed[2];
  const clock = /^(?:(\d+):)?(\d+):(\d\d(?:\.\d+)?)$/.exec(rest);
  if (clock) return sign * ((Number(clock[1] ?? 0) * 60 + Number(clock[2])) * 60 + Number(clock[3]));
  if (/^\d*\.?\d+$/.test(rest)) return sign * Number(rest);
  const parts = [...rest.matchAll(/(\d*\.?\d+)\s*(ms|sec|s|min|m|h|d)\s*/g)];
  if (!parts.length || parts.map(([whole]) => whole).join("") !== rest) return null;
  return sign * parts.reduce((sum, [, number, unit]) => sum + Number(number) * CLOCK_UNITS[unit], 0);
}

const movesBy = (seconds) => (seconds ? `its events are put ${spell(Math.abs(seconds))} ${seconds > 0 ? "earlier" : "later"} than it wrote them`
  : "its events stand as it wrote them");

/** What an offset lies between, in words. */
function between(low, high) {
  const [one, other] = [low, high].map((seconds) => Number(seconds.toFixed(3)));
  if (one >= 0) return `${spell(one)} to ${spell(other)} ahead`;
  return other <= 0 ? `${spell(-other)} to ${spell(-one)} behind` : `from ${spell(-one)} behind to ${spell(other)} ahead`;
}

class ClocksDesk {
  static title = "Clocks";
  static beside = true;

  constructor(explorer) {
    this.explorer = explorer;
    this.state = null;
    this.panel = null; // of the source that is open
    this.said = make("p", { className: "pmx-clocks-said" });
    this.two = new TwoEvents(this);
    this.body = make("tbody");
    const heads = ["Source", "Events", "Zone", "Clock", "Shared ids"];
    this.table = make("table", { className: "pmx-clocks-table", "aria-label": "Clocks of the sources" },
      make("thead", {}, make("tr", {}, ...heads.map((textContent) => make("th", { scope: "col", textContent })))), this.body);
    this.root = make("div", { className: "pmx-clocks" }, this.said, this.two.root, this.table);
  }

  opened() { this.#ask(); }
  followed() { this.#ask(); }

  #ask() {
    this.explorer.ask("clocks", { op: "clocks" }, ({ state }) => {
      this.take(state);
      if (this.pointed) this.point(this.pointed);
    });
  }

  /** To the source that a finding is about. */
  point(lead) {
    this.pointed = this.state ? null : lead;
    if (this.rows?.has(lead.source)) this.open(lead.source);
  }

  source(path) { return this.state?.sources.find((one) => one.path === path) ?? null; }

  /** The new state; a panel that is open stays, with what is typed in it. */
  take(state) {
    this.state = state;
    this.#summed();
    const open = this.panel && this.source(this.panel.path);
    this.rows = new Map(state.sources.map((source) => [source.path, this.#row(source)]));
    const parts = [...this.rows.values()];
    if (this.panel && !open) this.panel = null;
    if (open) this.panel.renew(open);
    this.#placed(parts);
    this.two.drawn();
  }

  #placed(parts = [...this.rows.values()]) {
    const active = this.body.contains(document.activeElement) ? document.activeElement : null, path = active?.closest("tr[data-path]")?.dataset.path;
    this.body.replaceChildren(...parts.flatMap((row) => (this.panel && row.dataset.path === this.panel.path ? [row, this.panel.root] : [row])));
    (path ? this.rows.get(path)?.querySelector("button") : active)?.focus({ preventScroll: true });
  }

  #summed() {
    const { sources } = this.state, number = (test) => sources.filter(test).length;
    const put = number((one) => one.known && one.offset.value && one.set.offset === null), set = number((one) => one.set.offset !== null || one.set.zone);
    const open = number((one) => one.offset && !one.known), contrary = number((one) => one.contrary);
    this.said.textContent = [plural(sources.length, "source"), put ? `${put} put right by shared ids` : "", set ? `${set} set by a person` : "",
      open ? `${open} whose clock nobody knows` : "", contrary ? `${contrary} with contrary evidence` : ""].filter(Boolean).join(", ") + ".";
  }

  #row(source) {
    const open = this.panel?.path === source.path, id = `pmx-clock-${this.state.sources.indexOf(source)}-${this.explorer.saver.name}`;
    const two = (words, more, className = "") => make("td", { className }, make("span", { textContent: words, title: words }), make("small", { textContent: more, title: more }));
    const head = make("th", { scope: "row" }, make("button", { type: "button", className: "pmx-clock-name", "aria-expanded": String(open), "aria-controls": id,
      textContent: source.path, title: source.path, on: { click: () => this.open(this.panel?.path === source.path ? null : source.path) } }),
    make("small", { textContent: source.format }));
    const days = source.first && source.first.slice(0, 10) !== source.last.slice(0, 10);
    const when = (time) => (days ? `${day(Date.parse(time))} ` : "") + time.slice(11, 16);
    const tried = this.explorer.trial.told(source.path), votes = source.votes;
    const row = make("tr", { "data-path": source.path, className: open ? "pmx-open" : "" }, head,
      two(count(source.events), source.first ? `${when(source.first)} – ${when(source.last)}` : "", "pmx-clock-events"),
      two(source.zone || (source.bare ? "unknown" : source.events ? "in the text" : ""), [source.basis === "in the text" ? "" : source.basis, source.sure ? source.sure.toFixed(2) : ""].filter(Boolean).join(", ")),
      two(this.#clock(source), this.#between(source)),
      two(votes ? `${count(votes.votes)} of ${count(votes.of)}` : "", votes ? votes.other : ""));
    if (source.contrary) row.lastElementChild.append(make("small", { className: "pmx-contrary", textContent: plural(source.contrary, "contradiction") }));
    if (tried) row.children[CLOCK].append(make("small", { className: "pmx-tried", textContent: `on trial: ${tried}` }));
    return row;
  }

  #clock({ offset, known, trusted, set, events }) {
    if (trusted) return "taken as true";
    if (!offset) return events ? "not compared" : "";
    if (!known) return offset.value ? `${went(offset.value)} of others` : "not known";
    if (offset.pieces) return "uneven";
    return went(offset.value) + (set.offset === null ? "" : " (set)");
  }

  #between({ offset, known, trusted, set }) {
    if (trusted) return "±0.25 s";
    if (!offset || (set.offset !== null && offset.low === offset.high)) return "";
    const shown = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(1)}`;
    return known || offset.low ? `${shown(offset.low)} to ${shown(offset.high)} s` : "";
  }

  // ---- one source, opened

  open(path, { focus = true } = {}) {
    const before = this.panel?.path;
    this.panel = path && path !== before ? new ClockPanel(this, this.source(path)) : path ? this.panel : null;
    for (const [name, row] of this.rows) {
      row.classList.toggle("pmx-open", name === path);
      row.querySelector("button").setAttribute("aria-expanded", String(name === path));
    }
    if (this.panel) this.panel.root.id = this.rows.get(path).querySelector("button").getAttribute("aria-controls");
    this.#placed();
    if (focus) this.rows.get(path ?? before)?.querySelector("button").focus({ preventScroll: true });
    this.panel?.looked();
    return this.panel;
  }

  /** A trial has begun, changed or ended. */
  tried() {
    if (!this.state) return;
    for (const source of this.state.sources) {
      this.rows.get(source.path).children[CLOCK].replaceWith(this.#row(source).children[CLOCK]);
    }
    this.panel?.tried();
  }
}

/** Two events from the table, and the offset under which one of them stands where the other says. */
class TwoEvents {
  constructor(desk) {
    this.desk = desk;
    this.explorer = desk.explorer;
    this.slots = { first: this.#slot("first", "First"), second: this.#slot("second", "Second") };
    const option = (value, textContent) => make("option", { value, textContent });
    const asked = { change: () => this.#ask() };
    this.relation = make("select", { "aria-label": "How the two events stand to one another", on: asked },
      option("same", "happened at the same moment"), option("effect", "the second is the effect of the first"));
    this.least = make("input", { type: "number", min: "0", step: "0.1", value: "0", "aria-label": "Seconds that lie between them at the least", on: { input: () => this.#ask() } });
    this.after = make("label", { hidden: "" }, "at least", this.least, "s later");
    this.path = make("select", { "aria-label": "The source whose clock is set", on: asked });
    this.said = make("output");
    this.go = make("button", { type: "button", textContent: "Try it", disabled: "", on: { click: () => this.#try() } });
    this.setting = make("label", { hidden: "" }, "set", this.path);
    this.root = make("details", { className: "pmx-two", on: { dragenter: () => (this.root.open = true) } }, make("summary", { textContent: "Set a clock from two events" }),
      make("p", { textContent: "Choose an event in the table and take it, or drag it here; then one of another source that is known to be of the same moment." }),
      this.slots.first.root, this.slots.second.root,
      make("div", { className: "pmx-judge" }, this.relation, this.after, this.setting, this.go), this.said);
  }

  #slot(name, title) {
    const words = make("span", { textContent: "no event yet" });
    const take = make("button", { type: "button", textContent: title, title: `Take the chosen event as the ${name} one`, on: { click: () => this.#take(name, this.explorer.chosenRow()) } });
    const root = make("div", { className: "pmx-slot", on: {
      dragover: (event) => { if (event.dataTransfer.types.includes("application/x-pmx-event")) event.preventDefault(); },
      drop: (event) => {
        event.preventDefault();
        try { this.#take(name, JSON.parse(event.dataTransfer.getData("application/x-pmx-event"))); } catch { /* something else was dropped */ }
      },
    } }, take, words);
    return { root, words, event: null };
  }

  #take(name, row) {
    if (!row?.id) {
      this.#say("Choose an event in the table first.", true);
      return;
    }
    const slot = this.slots[name];
    slot.event = row;
    slot.words.textContent = `${row.time.slice(11, 23)} ${row.line ? `${row.source}:${row.line}` : row.source} ${row.message}`;
    slot.words.title = slot.words.textContent;
    this.explorer.tell(`${name}: ${slot.words.textContent}`);
    this.#offered();
  }

  /** The sources of the two events, of which one can be set: first the one whose clock is not taken as true. */
  #offered() {
    const { first, second } = this.slots, paths = [...new Set([first.event?.source, second.event?.source].filter(Boolean))];
    const sure = (path) => { const one = this.desk.source(path); return one?.trusted ? 2 : one?.set.offset != null ? 1 : 0; };
    const before = this.path.value;
    paths.sort((one, other) => sure(one) - sure(other));
    this.path.replaceChildren(...paths.map((path) => make("option", { value: path, textContent: path })));
    if (paths.includes(before)) this.path.value = before;
    this.setting.hidden = paths.length < 2;
    this.#ask();
  }

  drawn() { if (this.slots.first.event || this.slots.second.event) this.#offered(); }

  #ask() {
    const { first, second } = this.slots, effect = this.relation.value === "effect";
    this.after.hidden = !effect;
    this.found = null;
    this.go.disabled = true;
    if (!first.event || !second.event) return this.#say(first.event || second.event ? "One more event is wanted." : "");
    if (first.event.source === second.event.source) return this.#say("Both events are of one source, and its own clock dated both.", true);
    const path = this.path.value, own = first.event.source === path ? first : second, other = own === first ? second : first;
    const relation = effect ? (own === first ? "before" : "after") : "same";
    const least = effect ? Math.max(0, Number(this.least.value) || 0) : 0;
    this.explorer.ask("two", { op: "clocks.two", path, own: own.event.id, other: other.event.id, relation, least }, (found) => this.#told(found));
  }

  #told(found) {
    const { value, low, high, holds, path } = found;
    this.found = found;
    this.go.disabled = holds;
    const clock = (seconds) => went(Number(seconds.toFixed(3)));
    if (low !== null && high !== null) this.#say(`The clock of ${path} was ${clock(value)} (${between(low, high)}): ${movesBy(Number(value.toFixed(3)))}.`);
    else {
      const bound = low === null ? `at most ${clock(high)}` : `at least ${clock(low)}`;
      this.#say(`The clock of ${path} was ${bound}. ${holds ? "As it stands, it keeps that: nothing has to move." : `The nearest that keeps it for the times as they stand: ${clock(value)}.`}`);
    }
  }

  #try() {
    if (!this.found) return;
    const panel = this.desk.open(this.found.path, { focus: false });
    const { value, low, high } = this.found, unsure = low === null || high === null ? 0 : Math.max(high - value, value - low);
    panel?.wished(Number(value.toFixed(3)), Math.ceil(unsure * 1000 - 0.001) / 1000);
    panel?.root.scrollIntoView({ block: "nearest" });
  }

  #say(words, bad = false) {
    this.said.textContent = words;
    this.said.classList.toggle("pmx-bad", bad);
  }
}

DESKS.set("clocks", ClocksDesk);
