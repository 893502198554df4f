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

/** Labels as flags at their places: {at, width} in the order of place; gives left edge and row, 0 nearest the lines. */
function flags(labels, width, gap = 8) {
  const placed = new Array(labels.length);
  for (let index = labels.length - 1; index >= 0; index--) {
    const one = labels[index], left = clamp(one.at + 3, 0, Math.max(0, width - one.width));
    let row = 0;
    for (let later = index + 1; later < labels.length; later++) {
      const near = Math.min(labels[later].at, placed[later].left) <= left + one.width + gap;
      if (near && placed[later].left + labels[later].width + gap >= left) row = Math.max(row, placed[later].row + 1);
    }
    placed[index] = { left, row };
  }
  return placed;
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
