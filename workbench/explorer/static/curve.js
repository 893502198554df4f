// The curve above the lanes: the share of failing requests, or any series of measurements.

const CURVE_KEPT = 4000; // samples that are sent whole
const FAILING_KEY = "", NO_CURVE = "none";

class Curve {
  constructor(explorer) {
    this.explorer = explorer;
    this.key = null; // "" is the share of failing requests
    this.series = [];
    this.data = null;
    this.menu = make("select", { "aria-label": "Curve", on: { change: () => this.choose(this.menu.value) } });
  }

  setup({ curve, desks }) {
    this.failing = curve;
    this.offers = Boolean(curve || desks?.lookback?.series);
    if (this.key === null) this.key = curve ? FAILING_KEY : NO_CURVE;
    this.#options();
  }

  /** The series that the kernel knows, once. */
  look() {
    if (!this.explorer.setup.desks?.lookback?.series) return;
    this.explorer.ask("series", { op: "series" }, ({ series, left_out }) => {
      this.series = series;
      this.leftOut = left_out;
      this.#options();
    });
  }

  #options() {
    const option = (value, words, title = null) => make("option", { value, textContent: words, title });
    const groups = Map.groupBy(this.series, ({ name }) => name);
    const own = [...groups].map(([name, all]) => (all.length === 1 ? option(all[0].key, named(all[0]))
      : make("optgroup", { label: name }, ...all.map((one) => option(one.key, one.labels || name, named(one))))));
    this.menu.replaceChildren(...[this.failing ? option(FAILING_KEY, "Failing requests") : "", ...own, option(NO_CURVE, "No curve")].filter(Boolean));
    if (this.leftOut) this.menu.append(make("option", { disabled: "", textContent: `and ${count(this.leftOut)} more` }));
    this.menu.value = this.key;
  }

  get height() { return this.offers ? (this.key === NO_CURVE ? 20 : CURVE) : 0; }
  get one() { return this.series.find(({ key }) => key === this.key); }
  get unit() { return this.key === FAILING_KEY ? "ratio" : this.one?.unit ?? ""; }

  choose(key) {
    this.key = key;
    this.data = null;
    this.explorer.resized();
    this.explorer.moved({ rows: false });
  }

  /** Asks for what the view lacks of a series: what is there is drawn meanwhile. */
  moved() {
    const { view, setup, knowable } = this.explorer;
    if (this.key === FAILING_KEY || this.key === NO_CURVE || this.key === null) return;
    const { data } = this, until = knowable.at, bins = Math.ceil(view.width);
    const has = data && data.start <= Math.max(view.start, setup.start) && data.end >= Math.min(view.end, setup.end);
    if (has && data.until === until && (data.whole || (data.end - data.start) / data.bins < 1.5 * (view.span / view.width))) return;
    const start = Math.max(view.start - view.span, setup.start - DAY), end = Math.min(view.end + view.span, setup.end + DAY);
    this.explorer.ask("curve", { op: "curve", key: this.key, start, end, bins: 3 * bins, until }, (answer, buffers) => {
      if (answer.key !== this.key) return;
      const times = typed(Float64Array, buffers[0]).map((after) => after + answer.start), values = typed(Float64Array, buffers[1]);
      this.data = { times, values, start, end, bins: 3 * bins, until, whole: times.length < CURVE_KEPT && start <= setup.start && end >= setup.end };
      this.explorer.later();
    });
  }

  /** Times, values and how long each holds; of the series what could be known. */
  samples() {
    const { knowable } = this.explorer;
    if (this.key === FAILING_KEY) {
      const known = knowable.curve(this.failing);
      return known ? { times: known.times, values: known.shares.map((share) => share ?? NaN), wide: MINUTE } : null;
    }
    return this.data ? { times: this.data.times, values: this.data.values, wide: 0, last: knowable.at ?? Infinity } : null;
  }

  /** The samples in view with one on each side, and the round numbers between which they lie. */
  #inView(samples) {
    const { view } = this.explorer, { times, values, wide, last = Infinity } = samples;
    let from = Math.max(0, sorted(times, view.start - wide) - 1), to = Math.min(times.length, sorted(times, view.end) + 1);
    while (to > from && times[to - 1] > last) to--;
    let low = 0, high = -Infinity;
    for (let at = from; at < to; at++) {
      const seen = times[at] + wide >= view.start && times[at] <= view.end;
      if (seen && values[at] < low) low = values[at];
      if (seen && values[at] > high) high = values[at];
    }
    return { from, to, low: low < 0 ? -roundUp(-low) : 0, high: high > 0 ? roundUp(high) : low < 0 ? 0 : 1 };
  }

  draw(ink, top) {
    const samples = this.key === NO_CURVE ? null : this.samples();
    this.range = "";
    if (!samples) return;
    const { view, colours } = this.explorer, { from, to, low, high } = this.#inView(samples);
    const base = top + CURVE - 1, tall = CURVE - 8, y = (value) => base - ((value - low) / (high - low)) * tall;
    this.range = `${amount(low, this.unit)} to ${amount(high, this.unit)}`;
    this.y = y;
    ink.fillStyle = ink.strokeStyle = this.key === FAILING_KEY ? colours.error : colours.accent;
    ink.lineWidth = 1.3;
    ink.lineJoin = "round";
    for (let first = from, next; first < to; first = next + 1) { // a sample that is none breaks the line
      for (next = first; next < to && !Number.isNaN(samples.values[next]); next++);
      if (next > first) this.#trace(ink, samples, first, next, y, low);
    }
    ink.fillStyle = colours.rule;
    ink.fillRect(0, Math.round(y(Math.max(low, 0))), view.width, 1);
  }

  #trace(ink, { times, values, wide }, first, next, y, low) {
    const { view } = this.explorer, far = 1e5; // canvas lines of millions of pixels lose their places
    const x = (ms) => clamp(view.x(ms), -far, far), zero = y(Math.max(low, 0));
    ink.beginPath();
    for (let at = first; at < next; at++) {
      ink.lineTo(x(times[at]), y(values[at]));
      if (wide) ink.lineTo(x(times[at] + wide), y(values[at]));
    }
    if (next - first === 1 && !wide) ink.fillRect(x(times[first]) - 1, y(values[first]) - 1, 3, 3);
    ink.stroke();
    ink.lineTo(x(times[next - 1] + wide), zero);
    ink.lineTo(x(times[first]), zero);
    ink.globalAlpha = 0.14;
    ink.fill();
    ink.globalAlpha = 1;
  }

  /** What the curve says at a moment; nothing where it says nothing. */
  toldAt(at) {
    const samples = this.key === NO_CURVE ? null : this.samples();
    if (!samples) return [];
    const { times, values, wide, last = Infinity } = samples, index = sorted(times, at + 1e-6) - 1;
    if (index < 0 || Number.isNaN(values[index]) || times[index] > last || (wide && at >= times[index] + wide)) return [];
    if (wide) return [`${(100 * values[index]).toFixed(1)}% of requests failed`, `in the minute from ${clock(times[index], MINUTE)} UTC`];
    const near = nearer(times, values, index, at);
    return [`${amount(values[near], this.unit)}`, named(this.one ?? { name: "", labels: "" }), `${day(times[near])} ${clock(times[near], SECOND)} UTC`];
  }
}

/** How many of the ascending times lie before a moment. */
function sorted(times, ms) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearer(times, values, index, at) {
  const next = index + 1;
  return next < times.length && !Number.isNaN(values[next]) && times[next] - at < at - times[index] ? next : index;
}

const named = ({ name, labels }) => (labels ? `${name} (${labels})` : name);

/** The next round number: 1, 2, 2.5 or 5 with zeros. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value * (1 - 1e-9)) ?? value;
}

/** A measured value with its unit, in as many digits as say something. */
function amount(value, unit) {
  if (unit === "ratio") return `${shortest(100 * value)}%`;
  if (unit === "%") return `${shortest(value)}%`;
  if (unit === "s") return Math.abs(value) < 1 && value !== 0 ? `${shortest(1000 * value)} ms` : `${shortest(value)} s`;
  if (unit === "B") {
    const power = value ? clamp(Math.floor(Math.log2(Math.abs(value)) / 10), 0, 5) : 0;
    return `${shortest(value / 1024 ** power)} ${["B", "KiB", "MiB", "GiB", "TiB", "PiB"][power]}`;
  }
  return unit && unit !== "count" ? `${shortest(value)} ${unit}` : shortest(value);
}

const shortest = (value) => Number(value.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: Math.abs(value) >= 1000 ? 15 : 3 });
