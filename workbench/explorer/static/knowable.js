// The knowable cursor: a line through time, and only what could be known by then is counted, drawn and listed.

const RULE = "An event counts from the earliest moment that its time allows", FOUND = "milestones, phases and bands are those that could be found by then";
const BEYOND = 0.001; // ms: a moment after an event, so that a float's last digit does not leave it out

class Knowable {
  constructor(explorer) {
    this.explorer = explorer;
    this.rule = explorer.setup.milestones.length ? `${RULE}; ${FOUND}.` : `${RULE}.`;
    this.at = null; // ms; null where everything is known
    this.then = null; // milestones, bands and curve as the kernel found them for `at`
    this.acts = {
      k: () => this.toggle(), "[": () => this.step(-1), "]": () => this.step(1),
      "{": () => this.move(-MINUTE), "}": () => this.move(MINUTE),
    };
    this.#build();
  }

  #build() {
    const button = (words, name, act) =>
      make("button", { type: "button", textContent: words, title: name, on: { click: act } });
    this.button = make("button", { type: "button", textContent: "Known by…", title: "Only what could be known by a moment (k)",
      "aria-pressed": "false", on: { click: () => this.toggle() } });
    this.field = make("input", { type: "text", className: "pmx-moment", "aria-label": "Known by, UTC", spellcheck: "false",
      autocomplete: "off", on: { change: () => this.#typed() } });
    this.wrong = make("span", { className: "pmx-wrong", role: "status" });
    this.bar = make("div", { className: "pmx-knowable", role: "group", "aria-label": "What was knowable", hidden: "" },
      make("div", { className: "pmx-bar" }, make("span", { textContent: "Known by" }), this.field, make("span", { textContent: "UTC" }),
        button("− 1 min", "A minute earlier ({)", () => this.move(-MINUTE)), button("‹ Event", "Until the event before ([)", () => this.step(-1)),
        button("Event ›", "Until the next event (])", () => this.step(1)), button("+ 1 min", "A minute later (})", () => this.move(MINUTE)),
        button("Show everything", "Leave the cursor (k)", () => this.toggle()), this.wrong, make("p", { textContent: this.rule })));
    this.knob = make("div", { className: "pmx-knob", role: "slider", tabindex: "0", "aria-label": "Known by", hidden: "", on: {
      keydown: (event) => this.#key(event), pointerdown: (event) => this.#held(event),
    } });
  }

  // ---- moving

  toggle() {
    const { view, chosen } = this.explorer;
    if (this.at !== null) return this.set(null);
    const inside = (ms) => ms !== undefined && ms !== null && ms >= view.start && ms <= view.end;
    const at = inside(this.last) ? this.last : inside(chosen?.time) ? chosen.time + BEYOND : (view.start + view.end) / 2;
    this.set(at);
    this.explorer.tell(`Known by ${this.words(SECOND)}. ${this.rule}`);
  }

  /** Only what could be known by a moment, or everything (null). */
  set(ms) {
    const { explorer } = this, { view } = explorer, was = this.at;
    this.at = ms === null ? null : clamp(ms, view.low, view.high);
    if (this.at === was) return;
    if (this.at !== null) this.last = this.at;
    this.then = null;
    clearTimeout(this.resting);
    this.resting = this.at === null ? null : setTimeout(() => { this.resting = null; this.#look(); }, 160);
    this.#shown(was);
    explorer.moved();
  }

  move(ms) {
    if (this.at === null) return this.explorer.tell("Press k first: it sets the cursor.");
    this.set(this.at + ms);
    this.#follow();
  }

  /** To the moment of the next event or of one before, whatever is searched for; what happened at one moment comes at once. */
  step(way) {
    if (this.at === null) return this.explorer.tell("Press k first: it sets the cursor.");
    const { explorer } = this, at = way > 0 ? this.at : this.at - 2 * BEYOND;
    explorer.ask("near", { op: "near", at, row: null, step: way, what: "event" }, ({ row, time }) => {
      if (row === null) return explorer.tell(`There is no ${way > 0 ? "later" : "earlier"} event.`);
      this.set(time + BEYOND);
      this.#follow();
    });
  }

  /** The cursor stays in view when it is stepped. */
  #follow() {
    const { view } = this.explorer;
    if (this.at < view.start || this.at > view.end) view.centre(this.at);
    this.explorer.moved();
    this.explorer.tell(`Known by ${this.words(SECOND)}`);
  }

  #typed() {
    const found = moment(this.field.value, this.at);
    this.wrong.textContent = found === null ? "Write 14:12, 14:12:30 or 2025-11-17 14:12:30." : "";
    this.field.setAttribute("aria-invalid", found === null);
    if (found === null) return;
    this.set(found);
    this.field.value = written(this.at);
    this.#follow();
  }

  #key(event) {
    const { view } = this.explorer;
    const far = { ArrowLeft: -view.span / 100, ArrowRight: view.span / 100, PageUp: view.span / 10, PageDown: -view.span / 10,
      ArrowDown: -view.span / 100, ArrowUp: view.span / 100 }[event.key];
    if (!far || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.move(far);
  }

  #held(event) {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    this.knob.focus({ preventScroll: true });
    const { canvas } = this.explorer.stage, from = event.clientX, start = this.explorer.view.x(this.at);
    const dragged = (next) => this.drag(start + next.clientX - from);
    const dropped = () => { canvas.ownerDocument.removeEventListener("pointermove", dragged); };
    canvas.ownerDocument.addEventListener("pointermove", dragged);
    canvas.ownerDocument.addEventListener("pointerup", dropped, { once: true });
  }

  /** The line to a place under the pointer. */
  drag(x) {
    const { view } = this.explorer;
    this.set(view.time(clamp(x, 0, view.width)));
  }

  /** Whether the handle stands over these places of the ruler. */
  covers(left, right) {
    if (this.at === null || this.knob.hidden) return false;
    const middle = this.knob.offsetLeft, half = this.knob.offsetWidth / 2;
    return right > middle - half && left < middle + half;
  }

  /** Whether the pointer is on the line. */
  grabs(x) { return this.at !== null && Math.abs(this.explorer.view.x(this.at) - x) < 5; }

  // ---- what was known

  /** Milestones and bands as they could be found then: while the line moves, those of now that lie before it. */
  #look() {
    const { explorer, at } = this;
    if (at === null || !explorer.setup.desks?.lookback) return explorer.stir();
    explorer.ask("then", { op: "then", at }, (answer) => {
      if (this.at !== at) return;
      if (!answer.ready) this.resting = setTimeout(() => { this.resting = null; this.#look(); }, 200);
      else this.then = { milestones: answer.setup.milestones, bands: bandRows(answer.setup.bands), curve: answer.setup.curve };
      explorer.later();
    });
    explorer.stir();
  }

  /** The folder says something else now. */
  again() {
    if (this.at !== null) this.#look();
  }

  milestones(every) {
    if (this.at === null) return every;
    return this.then ? this.then.milestones.toSorted((one, other) => one.time - other.time) : every.filter((one) => one.time <= this.at);
  }

  /** The bands of a row as far as they were known: the row keeps its place. */
  bands(rows, index) {
    const row = rows[index];
    if (this.at === null) return row.bands;
    if (!this.then) return row.bands.filter((band) => band.start <= this.at).map((band) => ({ ...band, end: Math.min(band.end, this.at) }));
    const place = rows.slice(0, index).filter((one) => one.kind === row.kind).length;
    return this.then.bands.filter((one) => one.kind === row.kind)[place]?.bands ?? [];
  }

  /** The minutes that were over. */
  curve(every) {
    const curve = this.then?.curve ?? every;
    if (this.at === null || !curve) return curve;
    const last = curve.times.findLastIndex((time) => time + MINUTE <= this.at) + 1;
    return { times: curve.times.slice(0, last), shares: curve.shares.slice(0, last) };
  }

  // ---- what is seen

  words(step) { return `${day(this.at)} ${clock(this.at, step)} UTC`; }

  #shown(was) {
    const on = this.at !== null;
    this.button.setAttribute("aria-pressed", on);
    this.bar.hidden = this.knob.hidden = !on;
    this.explorer.root.dataset.until = on ? this.at : "";
    if (!on) {
      if (this.knob === document.activeElement) this.explorer.board.focus({ preventScroll: true });
      this.explorer.tell("Everything is shown again.");
      return;
    }
    if (was === null || this.field !== document.activeElement) this.field.value = written(this.at);
    this.field.removeAttribute("aria-invalid");
    this.wrong.textContent = "";
    const { view } = this.explorer;
    for (const [name, value] of Object.entries({ valuemin: view.low, valuemax: view.high, valuenow: this.at, valuetext: this.words(SECOND) })) {
      this.knob.setAttribute(`aria-${name}`, value);
    }
  }

  /** Hatched ground where nothing is known yet: what is drawn on it may have happened before all the same. */
  veil(ink, x, top, bottom) {
    const { view } = this.explorer, left = clamp(x, 0, view.width);
    if (this.at === null || left >= view.width) return;
    ink.fillStyle = this.hatch(ink);
    ink.fillRect(left, top, view.width - left, bottom - top);
  }

  hatch(ink) {
    const { colours } = this.explorer, scale = window.devicePixelRatio || 1, key = `${colours.soft}${colours.hatch}${scale}`;
    if (this.hatched?.key === key) return this.hatched.pattern;
    const tile = document.createElement("canvas"), size = 7 * scale, pen = tile.getContext("2d");
    tile.width = tile.height = size;
    pen.fillStyle = colours.soft;
    pen.fillRect(0, 0, size, size);
    pen.strokeStyle = colours.hatch;
    pen.lineWidth = scale;
    for (const from of [-size, 0, size]) {
      pen.beginPath();
      pen.moveTo(from, size);
      pen.lineTo(from + size, 0);
      pen.stroke();
    }
    const pattern = ink.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().scale(1 / scale));
    this.hatched = { key, pattern };
    return pattern;
  }

  /** The line and its handle. */
  draw(ink, place) {
    if (this.at === null) return;
    const { view, colours } = this.explorer, x = view.x(this.at);
    this.knob.hidden = x < 0 || x > view.width;
    if (this.knob.hidden) return;
    ink.fillStyle = colours.ink;
    ink.fillRect(Math.round(x) - 1, 0, 2, place.bottom);
    this.knob.textContent = clock(this.at, Math.min(SECOND, precision(view.span) / 60));
    this.knob.style.top = `${place.ruler + 2}px`;
    const half = this.knob.offsetWidth / 2;
    this.knob.style.left = `${clamp(x, half, Math.max(half, view.width - half))}px`;
  }
}

/** A moment as people write it: a clock of the day that is shown, or with its date; null where it is none. */
function moment(text, shown) {
  const found = /^\s*(?:(\d{4})-(\d\d)-(\d\d)[T ]+)?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,3}))?)?\s*(?:Z|UTC)?\s*$/i.exec(text);
  if (!found) return null;
  const [, year, month, date, hour, minute, second = 0, part = ""] = found, [ownYear, ownMonth, ownDate] = fields(shown ?? 0);
  const ms = Date.UTC(year ?? ownYear, (month ?? ownMonth) - 1, date ?? ownDate, hour, minute, second, Number(part.padEnd(3, "0")));
  const same = fields(ms), asked = [Number(hour), Number(minute), Number(second)];
  return asked.every((value, at) => value === same[at + 3]) && (!date || same[2] === Number(date)) ? ms : null;
}

const written = (ms) => {
  const [year, month, date] = fields(ms);
  return `${year}-${pad(month)}-${pad(date)} ${clock(ms, SECOND)}`;
};
