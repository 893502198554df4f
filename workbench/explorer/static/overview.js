// The strip that shows everything.

/** Everything in one small strip, with the stretch in view; a click or a drag moves it. */
class Overview {
  constructor(explorer) {
    this.explorer = explorer;
    this.canvas = make("canvas", { "aria-hidden": "true", on: {
      pointerdown: (event) => { this.canvas.setPointerCapture(event.pointerId); this.held = true; this.#go(event); },
      pointermove: (event) => this.held && this.#go(event), pointerup: () => (this.held = false),
    } });
  }

  /** Where nearly all events are, while nobody looks elsewhere; else everything. */
  get range() {
    const { view, setup } = this.explorer, [low, high] = setup.core;
    return view.start >= low && view.end <= high ? setup.core : [view.low, view.high];
  }

  #go(event) {
    const { view } = this.explorer, [low, high] = this.range;
    view.centre(low + (event.offsetX / view.width) * (high - low));
    this.explorer.moved();
  }

  draw() {
    const { view, colours } = this.explorer, high = 30, scale = window.devicePixelRatio || 1, [first, last] = this.range;
    if (this.canvas.width !== Math.round(view.width * scale)) {
      this.canvas.width = Math.round(view.width * scale);
      this.canvas.height = high * scale;
    }
    const ink = this.canvas.getContext("2d"), x = (ms) => ((ms - first) / (last - first)) * view.width;
    ink.setTransform(scale, 0, 0, scale, 0, 0);
    ink.fillStyle = colours.soft;
    ink.fillRect(0, 0, view.width, high);
    if (this.sums) {
      const { all, errors, lit, start, step, most } = this.sums;
      all.forEach((number, bin) => {
        if (!number) return;
        const tall = Math.max(1, (high - 6) * Math.sqrt(number / most)), left = Math.round(x(start + bin * step));
        const wide = Math.max(1, Math.round(x(start + (bin + 1) * step)) - left);
        ink.globalAlpha = lit ? PALE : 1;
        ink.fillStyle = colours.calm;
        ink.fillRect(left, high - 4 - tall, wide, tall);
        if (errors[bin]) ink.fillStyle = colours.error;
        if (errors[bin]) ink.fillRect(left, high - 3, wide, 3);
        ink.globalAlpha = 1;
        const found = lit?.[bin] ? Math.max(2, (tall * lit[bin]) / number) : 0;
        if (found) ink.fillStyle = colours.accent;
        if (found) ink.fillRect(left, high - 4 - found, wide, found);
      });
    }
    const { knowable } = this.explorer;
    if (knowable.at !== null) {
      ink.fillStyle = knowable.hatch(ink);
      ink.globalAlpha = 0.8;
      ink.fillRect(Math.max(0, x(knowable.at)), 0, view.width, high);
      ink.globalAlpha = 1;
      ink.fillStyle = colours.ink;
      ink.fillRect(Math.round(x(knowable.at)) - 1, 0, 2, high);
    }
    const left = x(view.start), wide = Math.max(4, x(view.end) - left);
    ink.fillStyle = colours.ground;
    ink.globalAlpha = 0.55;
    ink.fillRect(0, 0, left, high);
    ink.fillRect(left + wide, 0, view.width, high);
    ink.globalAlpha = 1;
    ink.strokeStyle = colours.accent;
    ink.strokeRect(left + 0.5, 0.5, Math.max(3, wide - 1), high - 1);
  }

  fill({ start, end, bins, counts, lit }) {
    const all = new Float64Array(bins), errors = new Float64Array(bins), found = lit ? new Float64Array(bins) : null;
    counts.forEach((number, at) => {
      all[at % bins] += number;
      if (Math.floor(at / bins) % 3 === 2) errors[at % bins] += number;
      if (lit) found[at % bins] += lit[at];
    });
    this.sums = { all, errors, lit: found, start, step: (end - start) / bins, most: Math.max(1, ...all) };
  }
}
