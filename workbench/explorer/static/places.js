// Where things stand on the axis.

/** The stretch in view; all of it can be seen, and a little air. */
class View {
  constructor(low, high) {
    const air = Math.max((high - low) * 0.02, 1);
    this.low = low - air;
    this.high = high + air;
    this.set(this.low, this.high);
    this.width = 800;
  }

  get span() { return this.end - this.start; }
  x(ms) { return ((ms - this.start) / this.span) * this.width; }
  time(x) { return this.start + (x / this.width) * this.span; }

  set(start, end) {
    const span = clamp(end - start, SHORTEST, this.high - this.low);
    this.start = clamp(start, this.low, this.high - span);
    this.end = this.start + span;
  }

  zoom(factor, x) {
    const at = this.time(x), span = clamp(this.span * factor, SHORTEST, this.high - this.low);
    const start = at - (x / this.width) * span;
    this.set(start, start + span);
  }

  move(share) { this.set(this.start + share * this.span, this.end + share * this.span); }
  centre(ms) { this.set(ms - this.span / 2, ms + this.span / 2); }

  /** What to ask the kernel for: bars of a round length, half a view more on each side, inside the data. */
  wanted(first, last) {
    const step = niceStep((this.span / this.width) * BIN);
    const floor = Math.floor(Math.max(this.start - this.span / 2, first) / step) * step;
    const bins = Math.ceil((Math.min(this.end + this.span / 2, last + step) - floor) / step);
    return { start: floor, end: floor + Math.max(1, bins) * step, bins: clamp(bins, 1, 4000) };
  }
}

/** Labels as flags at their places, {at, width} in the order of place: left edge and row each, 0 nearest the lines.
 *  Of labels that are near one another the first few may end at their places and the others begin there, as takes the
 *  fewest rows; no line from a raised label down to its place crosses words (as in the report's picture). */
function flags(labels, width, gap = 8) {
  const found = [];
  for (let first = 0, after = 1; after <= labels.length; after++) {
    const one = labels[after - 1], next = labels[after];
    if (next && next.at - one.at <= one.width + next.width + gap) continue;
    const near = labels.slice(first, after), ways = [];
    for (let split = 0; split <= near.length && near.slice(0, split).every((each) => each.at >= each.width); split++) {
      ways.push([...ending(near.slice(0, split), gap), ...beginning(near.slice(split), width, gap)]);
    }
    found.push(...ways.reduce((best, way) => (cost(way) < cost(best) ? way : best)));
    first = after;
  }
  return found;
}

/** Rows, and half a row for a label that the edge moves over its own line. */
const cost = (placed) => topmost(placed) + placed.filter((one) => one.left < one.at).length / 2;
const topmost = (placed) => Math.max(-1, ...placed.map((one) => one.row));

function ending(labels, gap) {
  const placed = [];
  for (const { at, width } of labels) {
    const over = placed.filter((_, index) => labels[index].at >= at - width - gap);
    placed.push({ left: at - width - 3, row: topmost(over) + 1 });
  }
  return placed;
}

function beginning(labels, width, gap) {
  const placed = [];
  for (const label of [...labels].reverse()) {
    const left = clamp(label.at + 3, 0, Math.max(0, width - label.width));
    const over = placed.filter((one) => Math.min(one.at, one.left) <= left + label.width + gap);
    placed.push({ at: label.at, left, row: topmost(over) + 1 });
  }
  return placed.reverse();
}

/** Bands in rows so that none covers another; each kind has its own rows. */
function bandRows(bands) {
  const rows = [];
  for (const kind of ["phase", "alert", "status"]) {
    const own = [];
    for (const band of bands.filter((one) => one.kind === kind).sort((one, other) => one.start - other.start)) {
      const row = own.find((each) => each.at(-1).end <= band.start) ?? (own.length < 3 ? own[own.push([]) - 1] : own[2]);
      row.push(band);
    }
    rows.push(...own.map((each, index) => ({ kind, bands: each, first: index === 0 })));
  }
  return rows;
}
