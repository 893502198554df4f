// Clocks on trial: the events of a source stand where another clock or zone would have them, and nothing is written.

const REACHES = [60, 300, 900, 3600, 4 * 3600, 14 * 3600, 86400, 30 * 86400, 366 * 86400]; // s

/** A length of time as people say it: "41.34 s", "5 h 30 min". */
function spell(seconds) {
  const whole = Math.abs(seconds), sign = seconds < 0 ? "−" : "";
  if (whole < 120) return `${sign}${Number(whole.toFixed(3))} s`;
  const parts = [[86400, "d"], [3600, "h"], [60, "min"]].map(([size, name], at, all) =>
    [Math.floor((at ? whole % all[at - 1][0] : whole) / size), name]).filter(([number]) => number);
  const rest = Number((whole % 60).toFixed(3));
  return sign + [...parts, ...(rest ? [[rest, "s"]] : [])].map(([number, name]) => `${number} ${name}`).join(" ");
}

/** How far (s) a slider goes for a number, with room beyond it. */
const reached = (seconds) => REACHES.find((one) => one >= 1.2 * Math.abs(seconds)) ?? Math.ceil(1.2 * Math.abs(seconds));

/** How a clock was, in words. */
const went = (seconds) => (seconds ? `${spell(Math.abs(seconds))} ${seconds > 0 ? "ahead" : "behind"}` : "right");

class Trial {
  constructor(explorer) {
    this.explorer = explorer;
    this.wishes = new Map(); // by path: { offset, unsure, zone, now, saved }; `now` is the offset (s) that holds
    this.held = new Map(); // the offsets that hold, of the sources that were tried
    this.words = make("span");
    this.slider = make("input", { type: "range", step: "1", on: { input: () => this.#slid() } });
    const button = (textContent, act) => make("button", { type: "button", textContent, on: { click: act } });
    this.save = button("Save", () => this.#panel()?.save());
    this.cancel = button("Cancel the trial", () => this.clear((_, { saved }) => !saved));
    this.root = make("div", { className: "pmx-trial", role: "group", "aria-label": "On trial", hidden: "" }, this.words, this.slider, this.save, this.cancel);
  }

  /** What goes along with every question; null where nothing is tried. */
  get message() {
    if (!this.wishes.size) return null;
    return Object.fromEntries([...this.wishes].map(([path, { offset, unsure, zone }]) => [path, { offset, unsure, zone }]));
  }

  /** By how many ms a source's events stand elsewhere since something was counted with another trial, as far as numbers say it. */
  since(path, then) {
    const now = this.wishes.get(path) ?? null, before = then?.[path] ?? null;
    if ((!now && !before) || (now?.zone ?? null) !== (before?.zone ?? null)) return 0;
    const held = this.held.get(path) ?? 0;
    return ((before?.offset ?? held) - (now?.offset ?? held)) * SECOND;
  }

  wish(path) { return this.wishes.get(path) ?? null; }

  set(path, wish) {
    if (wish) this.held.set(path, wish.now);
    if (wish) this.wishes.set(path, wish);
    else if (!this.wishes.delete(path)) return;
    this.#changed();
  }

  /** Lets go of all wishes, or of those that this says. */
  clear(which = () => true) {
    const before = this.wishes.size;
    for (const [path, wish] of [...this.wishes]) if (which(path, wish)) this.wishes.delete(path);
    if (this.wishes.size !== before) this.#changed();
  }

  /** By how many seconds a source's events stand later, and in which zone; null where nothing of it is tried. */
  of(path) {
    const wish = this.wishes.get(path);
    return wish ? { by: wish.offset === null ? 0 : wish.now - wish.offset, zone: wish.zone } : null;
  }

  /** The same in words. */
  told(path) {
    const { by, zone } = this.of(path) ?? {}, { offset, unsure } = this.wishes.get(path) ?? {};
    const clock = by ? `${spell(Math.abs(by))} ${by > 0 ? "later" : "earlier"}` : (offset ?? null) === null ? "" : "where it stands";
    return [clock, unsure ? `± ${spell(unsure)}` : "", zone ? `in ${zone}` : ""].filter(Boolean).join(", ");
  }

  /** The one that is tried and not saved, where it is only one. */
  get #only() {
    const open = [...this.wishes].filter(([, { saved }]) => !saved);
    return open.length === 1 ? open[0] : null;
  }

  #panel() { return this.#only && this.explorer.desks.desk("clocks")?.open(this.#only[0], { focus: false }); }

  /** From the bar above the lanes, where they are seen while they move. */
  #slid() {
    const [path, wish] = this.#only, fine = (wish.offset ?? wish.now) % 1;
    this.set(path, { ...wish, offset: Number((Number(this.slider.value) + fine).toFixed(3)) });
  }

  #changed() {
    this.draw();
    this.explorer.unsettled();
    const asked = this.message;
    if (!asked) this.explorer.extended(this.explorer.setup.start, this.explorer.setup.end);
    else this.explorer.ask("try", { op: "clocks.try" }, ({ start, end }) => this.explorer.extended(start, end));
    this.explorer.desks.desk("clocks")?.tried();
  }

  draw() {
    const open = [...this.wishes].filter(([, wish]) => !wish.saved), saved = this.wishes.size - open.length, only = this.#only;
    this.root.hidden = !this.wishes.size;
    this.cancel.hidden = !open.length;
    this.save.hidden = this.slider.hidden = !only;
    const told = open.map(([path]) => `${path} ${this.told(path)}`).join("; ");
    this.words.textContent = open.length ? `On trial, not saved: ${told}.` : saved ? "Saved. The events stand as they will when the sources are read again." : "";
    if (!only) return;
    const [path, { offset, now }] = only, value = Math.trunc(offset ?? now), reach = reached(value);
    if (this.slider !== document.activeElement) Object.assign(this.slider, { min: -reach, max: reach });
    this.slider.value = value;
    this.slider.setAttribute("aria-label", `Clock of ${path}, by seconds`);
    this.slider.setAttribute("aria-valuetext", went(offset ?? now));
  }
}
