// What people said of events, on the lanes: pins with their words, notes, and hidden events dimmed or left out.

const PIN_GAP = 12, PIN_WORDS = 190; // pixels: between the words of one pin and the next pin, and of the words
const PIN_ROWS = 3;

class Seen {
  constructor(explorer) {
    this.explorer = explorer;
    this.marks = [];
    this.rows = new Map(); // the judgement by the row of its event
    this.bare = false; // hidden events are left out
    this.switch = make("button", { type: "button", textContent: "Leave out hidden", "aria-pressed": "false", hidden: "",
      title: "Leave out what people hid", on: { click: () => this.#toggle() } });
  }

  /** Asks what was judged; whoever judged it. */
  look() {
    if (!this.explorer.setup.desks?.lookback) return;
    this.explorer.ask("judged", { op: "judged" }, ({ marks, revision }) => {
      const had = this.shown.length > 0;
      this.marks = marks;
      this.rows = new Map(marks.map((one) => [one.row, one]));
      this.switch.hidden = !this.bare && !marks.some((one) => one.hidden !== null);
      const other = this.bare && this.explorer.root.dataset.judged !== String(revision);
      this.explorer.root.dataset.judged = revision;
      if (other) { // what was counted without the hidden ones counted others
        this.explorer.ahead.forget();
        this.explorer.moved();
      }
      if (had !== this.shown.length > 0) this.explorer.resized();
      this.explorer.later();
    });
  }

  #toggle() {
    this.bare = !this.bare;
    this.switch.setAttribute("aria-pressed", this.bare);
    this.explorer.moved();
  }

  /** Pins and notes: hidden events have no words up here. */
  get shown() { return this.marks.filter((one) => (one.pinned || one.told || one.note !== null) && one.hidden === null); }

  /** As many rows as the words need where the incident is looked at whole; the same while people zoom. */
  get height() {
    if (!this.shown.length) return 0;
    const { view, home, stage } = this.explorer;
    const still = Object.assign(Object.create(View.prototype), { start: home[0], end: home[1], width: view.width });
    this.lines = Math.max(1, ...this.#placed(still, stage, this.shown).map((one) => one.row + 1));
    return this.lines * BAND + 2;
  }

  known(one) {
    const { at } = this.explorer.knowable;
    return at === null || one.time <= at;
  }

  words(one) { return one.label || (one.pinned || one.told ? one.message : one.note) || one.message; }

  /** Where each stands, with as many of its words as there is room for: what lies on one place shares a sign. */
  #placed(view, stage, marks) {
    const { ink } = stage, found = [], ends = [];
    ink.font = stage.font();
    for (const one of marks.filter(({ time }) => view.x(time) >= -4 && view.x(time) <= view.width + 4)) {
      const x = view.x(one.time), last = found.at(-1);
      if (last && x - last.x < 5) {
        last.all.push(one);
        continue;
      }
      const signs = (one.pinned || one.told) && one.note !== null ? 20 : 9, wide = Math.min(PIN_WORDS, ink.measureText(this.words(one).slice(0, 80)).width);
      let row = ends.findIndex((end) => end + PIN_GAP <= x - 4);
      if (row < 0) row = ends.length < PIN_ROWS ? ends.length : ends.indexOf(Math.min(...ends));
      const before = found.findLast((each) => each.row === row);
      if (before) before.room = Math.min(before.room, x - PIN_GAP - before.from);
      found.push({ x, row, all: [one], from: x + signs, room: Math.min(PIN_WORDS, view.width - x - signs) });
      ends[row] = x + signs + wide;
    }
    return found;
  }

  /** Each at its moment: a pin, or a small sheet for a note, and its words. */
  draw(ink, top, stage) {
    const { view, colours, knowable } = this.explorer, lines = this.lines;
    this.places = this.#placed(view, stage, this.shown.filter((one) => this.known(one))).filter((one) => one.row < lines);
    ink.textAlign = "left";
    ink.font = stage.font();
    for (const { x, row, all: [one], from, room } of this.places) {
      const high = top + row * BAND, end = knowable.at === null ? view.width : view.x(knowable.at) - 4;
      (one.pinned ? pin : one.told ? voice : sheet)(ink, x, high + 3, colours);
      if ((one.pinned || one.told) && one.note !== null) sheet(ink, x + 10, high + 3, colours);
      const words = stage.fitting(this.words(one), Math.min(room, end - from));
      ink.fillStyle = colours.ink;
      if (words) ink.fillText(words, from, high + BAND / 2 + 1);
    }
  }

  #at(x, y) {
    const row = Math.floor((y - this.explorer.stage.place.pins) / BAND);
    return this.places?.find((one) => one.row === row && x >= one.x - 6 && x <= one.from + 3);
  }

  toldAt(x, y) {
    const near = this.#at(x, y);
    if (!near) return [];
    const [one, ...more] = near.all;
    return [`${one.pinned ? "Pinned" : one.told ? "Told" : "Noted"}, ${clock(one.time, SECOND)} UTC`, this.words(one), one.note !== null && (one.pinned || one.told) ? `Note: ${one.note}` : "",
      more.length ? `and ${more.length} more here` : ""].filter(Boolean);
  }

  /** The event whose sign is at a place. */
  at(x, y) { return this.#at(x, y)?.all[0] ?? null; }
}

function pin(ink, x, top, colours) {
  ink.fillStyle = colours.accent;
  ink.beginPath();
  ink.arc(x, top + 4, 3.5, 0, 7);
  ink.fill();
  ink.fillRect(Math.round(x) - 0.5, top + 7, 1, 5);
}

/** What somebody told: a ring. */
function voice(ink, x, top, colours) {
  ink.strokeStyle = colours.accent;
  ink.lineWidth = 1.5;
  ink.beginPath();
  ink.arc(x, top + 6, 3.5, 0, 7);
  ink.stroke();
}

function sheet(ink, x, top, colours) {
  ink.strokeStyle = colours.accent;
  ink.lineWidth = 1;
  ink.strokeRect(Math.round(x) - 3.5, top + 1.5, 7, 9);
  ink.fillStyle = colours.accent;
  ink.fillRect(Math.round(x) - 2, top + 4, 4, 1);
  ink.fillRect(Math.round(x) - 2, top + 7, 4, 1);
}
