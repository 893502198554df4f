// The canvas.

/** Draws the lanes and all above them; knows where each row stands. */
class Stage {
  constructor(explorer) {
    this.explorer = explorer;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.ink = this.canvas.getContext("2d");
    this.lanes = [];
    this.data = null;
  }

  setup({ milestones, bands, curve, zone }) {
    this.milestones = [...milestones].sort((one, other) => one.time - other.time);
    this.rows = bandRows(bands);
    this.curve = curve;
    this.most = curve ? Math.max(0.01, ...curve.shares.map((one) => one ?? 0)) : 0;
    this.zone = known(zone) ? zone : "";
  }

  /** Heights from top to bottom: flags, curve, bands, ruler, lanes, the other zone's ruler. */
  layout() {
    const rows = this.milestones.length ? this.flagRows() : 0;
    const flagged = rows ? rows * FLAG + 12 : 0;
    const curved = this.curve ? CURVE : 0;
    const banded = this.rows.length ? this.rows.length * BAND + 6 : 0;
    const lane = clamp(Math.floor(360 / Math.max(1, this.lanes.length)), 17, 24);
    const ruler = flagged + curved + banded, top = ruler + RULER;
    const bottom = top + lane * this.lanes.length;
    this.place = { flagged, rows, curve: flagged, bands: flagged + curved + (banded ? 4 : 0), ruler, top, lane, bottom,
      height: bottom + (this.zone ? FOOT : 4) };
    return this.place;
  }

  /** As many rows as the milestones need where the incident is looked at whole; the same while people zoom. */
  flagRows() {
    const { view, home } = this.explorer;
    const still = Object.assign(Object.create(View.prototype), { start: home[0], end: home[1], width: view.width });
    return clamp(1 + Math.max(0, ...this.flagged(still).map((one) => one.row)), 1, ROWS_OF_FLAGS);
  }

  flagged(view) {
    this.ink.font = this.font();
    const inside = this.milestones.filter((one) => view.x(one.time) >= 0 && view.x(one.time) <= view.width);
    const groups = []; // what stands on one place shares a label
    for (const one of inside) {
      const last = groups.at(-1);
      if (last && view.x(one.time) - view.x(last[0].time) < 4) last.push(one);
      else groups.push([one]);
    }
    const words = groups.map((group) => this.label(group[0]) + (group.length > 1 ? ` and ${group.length - 1} more` : ""));
    const labels = groups.map(([one], index) => ({ at: view.x(one.time), width: this.ink.measureText(words[index]).width }));
    return flags(labels, view.width).map((placed, index) => ({ ...placed, group: groups[index], words: words[index] }));
  }

  label(milestone) { return [milestone.ref, milestone.name].filter(Boolean).join(" "); }
  font(weight = "") { return `${weight} 11px ${this.explorer.colours.font}`.trim(); }

  resize() {
    const { view } = this.explorer, { height } = this.layout(), scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(view.width * scale);
    this.canvas.height = Math.round(height * scale);
    this.canvas.style.height = `${height}px`;
    this.ink.setTransform(scale, 0, 0, scale, 0, 0);
  }

  draw() {
    const { ink, place } = this, { view, colours } = this.explorer;
    ink.fillStyle = colours.ground;
    ink.fillRect(0, 0, view.width, place.height);
    ink.textBaseline = "middle";
    this.#grid();
    if (this.curve) this.#curve();
    this.rows.forEach((row, index) => this.#band(row, place.bands + index * BAND));
    if (this.data) this.data.marks ? this.#marks() : this.#density();
    this.#milestones();
    this.#rulers();
    this.#cursor();
  }

  #line(x, top, bottom, colour, dash = []) {
    const { ink } = this;
    ink.strokeStyle = colour;
    ink.setLineDash(dash);
    ink.lineWidth = 1;
    ink.beginPath();
    ink.moveTo(Math.round(x) + 0.5, top);
    ink.lineTo(Math.round(x) + 0.5, bottom);
    ink.stroke();
    ink.setLineDash([]);
  }

  /** Round times of a zone, so far apart that their words do not touch. */
  ticks(zone = "") {
    const { view } = this.explorer;
    const step = niceStep((view.span / view.width) * (view.span < 20 * SECOND ? 110 : 84));
    const ahead = zone && step > HOUR ? Math.round(offset((view.start + view.end) / 2, zone) / MINUTE) * MINUTE : 0;
    const first = Math.ceil((view.start + ahead) / step) * step - ahead, found = [];
    for (let at = first; at <= view.end; at += step) found.push(at);
    return { step, found };
  }

  #grid() {
    const { ink, place } = this, { view, colours } = this.explorer;
    ink.fillStyle = colours.soft;
    for (let lane = 0; lane < this.lanes.length; lane += 2) {
      ink.fillRect(0, place.top + lane * place.lane, view.width, place.lane);
    }
    for (const at of this.ticks().found) this.#line(view.x(at), place.ruler + RULER - 4, place.bottom, colours.grid);
  }

  #rulers() {
    const { ink, place } = this, { view, colours } = this.explorer;
    const ruler = (y, height, zone) => {
      const { step, found } = this.ticks(zone);
      ink.fillStyle = colours.ground;
      ink.fillRect(0, y, view.width, height);
      ink.fillStyle = colours.rule;
      ink.fillRect(0, zone ? y : y + height - 1, view.width, 1);
      ink.textAlign = "center";
      for (const at of found) {
        const [, , , hour, minute, second, rest] = fields(at, zone), midnight = !hour && !minute && !second && !rest;
        const words = midnight || step >= DAY ? day(at, zone, step >= 28 * DAY) : clock(at, step, zone);
        ink.font = this.font(midnight && step < DAY ? "600" : "");
        const half = ink.measureText(words).width / 2, x = view.x(at);
        ink.fillStyle = zone || !midnight ? colours.quiet : colours.ink;
        if (x - half >= 0 && x + half <= view.width) ink.fillText(words, x, y + height / 2);
      }
    };
    ruler(place.ruler, RULER, "");
    if (this.zone) ruler(place.bottom, FOOT, this.zone);
  }

  #curve() {
    const { ink, place, curve, most } = this, { view, colours } = this.explorer;
    const base = place.curve + CURVE - 1, tall = CURVE - 8;
    const y = (share) => base - (share / most) * tall;
    ink.fillStyle = ink.strokeStyle = colours.error;
    ink.lineWidth = 1.3;
    const trace = (from, to) => {
      ink.beginPath();
      for (let at = from; at < to; at++) {
        ink.lineTo(view.x(curve.times[at]), y(curve.shares[at]));
        ink.lineTo(view.x(curve.times[at] + MINUTE), y(curve.shares[at]));
      }
    };
    for (let from = 0, to; from < curve.times.length; from = to + 1) { // a minute without requests breaks the line
      for (to = from; to < curve.times.length && curve.shares[to] !== null; to++);
      if (to === from || view.x(curve.times[to - 1] + MINUTE) < 0 || view.x(curve.times[from]) > view.width) continue;
      trace(from, to);
      ink.stroke();
      ink.lineTo(view.x(curve.times[to - 1] + MINUTE), base);
      ink.lineTo(view.x(curve.times[from]), base);
      ink.globalAlpha = 0.14;
      ink.fill();
      ink.globalAlpha = 1;
    }
    ink.fillStyle = colours.rule;
    ink.fillRect(0, base, view.width, 1);
  }

  #band(row, top) {
    const { ink } = this, { view, colours } = this.explorer;
    ink.textAlign = "left";
    for (const band of row.bands) {
      const left = clamp(view.x(band.start), -4, view.width + 4), right = clamp(view.x(band.end), -4, view.width + 4);
      if (right <= 0 || left >= view.width) continue;
      const wide = Math.max(right - left, 2), tone = colours[band.tone] ?? colours.calm, solid = row.kind === "phase";
      ink.fillStyle = tone;
      ink.globalAlpha = solid ? 1 : 0.16;
      ink.fillRect(left, top + 1, Math.max(wide - 1, 1), BAND - 3);
      ink.globalAlpha = 1;
      if (!solid) ink.fillRect(left, top + 1, 2, BAND - 3);
      const from = Math.max(left, 0) + 6, room = Math.min(right, view.width) - from - 4;
      ink.font = this.font(solid ? "600" : "");
      ink.fillStyle = solid ? colours.onPhase : colours.ink;
      const words = this.fitting(band.name, room);
      if (words) ink.fillText(words, from, top + BAND / 2);
    }
  }

  /** The words, shortened to the room there is; nothing where a few letters would say nothing. */
  fitting(words, room) {
    const { ink } = this, short = words.length > 120 ? words.slice(0, 120) : words;
    if (ink.measureText(short).width <= room) return short;
    if (room < 34) return "";
    const letters = Math.floor((short.length * room) / ink.measureText(short).width) - 1;
    return letters > 3 ? `${short.slice(0, letters).trimEnd()}…` : "";
  }

  #density() {
    const { ink, place } = this, { view, colours } = this.explorer, { counts, bins, start, end } = this.data;
    const step = (end - start) / bins, tall = place.lane - ERRORS - 2;
    const first = clamp(Math.floor((view.start - start) / step), 0, bins);
    const last = clamp(Math.ceil((view.end - start) / step), 0, bins);
    const highest = tops(counts, bins, this.lanes.length, first, last);
    for (let lane = 0; lane < this.lanes.length; lane++) {
      const base = place.top + lane * place.lane + place.lane - ERRORS, at = lane * 3 * bins, by = this.nudge(lane);
      const scale = Math.max(8, highest[lane * 2]), worst = Math.max(4, highest[lane * 2 + 1], highest.worst / 8);
      for (let bin = first; bin < last; bin++) {
        const quiet = counts[at + bin], warn = counts[at + bins + bin], errors = counts[at + 2 * bins + bin];
        if (!quiet && !warn && !errors) continue;
        const left = Math.round(view.x(start + by + bin * step)), right = Math.round(view.x(start + by + (bin + 1) * step));
        const wide = Math.max(1, right - left);
        if (quiet || warn) {
          const high = Math.max(2, Math.round(tall * Math.sqrt((quiet + warn) / scale)));
          const upper = warn ? Math.max(1, Math.round((high * warn) / (quiet + warn))) : 0;
          ink.fillStyle = colours.calm;
          ink.fillRect(left, base - high, wide, high);
          if (upper) ink.fillStyle = colours.warn;
          if (upper) ink.fillRect(left, base - high, wide, upper);
        }
        if (errors) {
          ink.globalAlpha = 0.35 + 0.65 * Math.sqrt(errors / worst);
          ink.fillStyle = colours.error;
          ink.fillRect(left, base + 1, Math.max(2, wide), 3);
          ink.globalAlpha = 1;
        }
      }
    }
  }

  #marks() {
    const { ink, place } = this, { view, colours } = this.explorer, { marks } = this.data;
    const tones = [colours.calm, colours.warn, colours.error], tall = place.lane - ERRORS - 2;
    const starts = this.lanes.map((_, lane) => this.data.start + this.nudge(lane));
    for (let index = 0; index < marks.lane.length; index++) {
      const start = starts[marks.lane[index]], x = view.x(start + marks.time[index]), grade = marks.grade[index];
      const from = view.x(start + marks.earliest[index]), to = view.x(start + marks.latest[index]);
      if (to < 0 || from > view.width) continue;
      const base = place.top + marks.lane[index] * place.lane + place.lane - ERRORS;
      const middle = grade === 2 ? base + 2.5 : base - tall / 2;
      ink.fillStyle = tones[grade];
      if (to - from > 4) {
        ink.globalAlpha = 0.3;
        ink.fillRect(Math.max(from, -2), Math.round(middle), Math.min(to, view.width + 2) - Math.max(from, -2), 1);
        ink.globalAlpha = 1;
      }
      if (grade === 2) ink.fillRect(Math.round(x) - 1, base, 3, 5);
      else ink.fillRect(Math.round(x) - 1, base - tall + (grade ? 0 : 3), 2, tall - (grade ? 0 : 3));
    }
  }

  #milestones() {
    const { ink, place } = this, { view, colours } = this.explorer;
    ink.textAlign = "left";
    ink.font = this.font();
    for (const { group, words, left, row } of this.flagged(view)) {
      const shown = row < place.rows, top = shown ? place.flagged - 6 - (row + 1) * FLAG : place.flagged - 6;
      group.forEach((one) => this.#milestone(one, top));
      ink.fillStyle = colours.ink;
      if (shown) ink.fillText(words, left, top - 2 + FLAG / 2);
    }
  }

  /** A thin line, broken where nobody has confirmed it; how unsure it is, as a pale stretch. */
  #milestone(one, top) {
    const { ink, place } = this, { view, colours } = this.explorer, dash = one.confirmed ? [] : [2, 3];
    const from = view.x(one.earliest), to = view.x(one.latest), x = view.x(one.time);
    if (to - from > 3) {
      ink.fillStyle = colours.ink;
      ink.globalAlpha = 0.07;
      ink.fillRect(from, place.top, to - from, place.bottom - place.top);
    }
    ink.globalAlpha = 0.75;
    this.#line(x, top, place.bands, colours.quiet, dash); // words in the bands stay readable
    this.#line(x, place.top, place.bottom, colours.quiet, dash);
    ink.globalAlpha = 1;
  }

  #cursor() {
    const { ink, place } = this, { view, colours, hover, brush, chosen } = this.explorer;
    if (brush) {
      ink.fillStyle = colours.accent;
      ink.globalAlpha = 0.15;
      ink.fillRect(Math.min(...brush), 0, Math.abs(brush[1] - brush[0]), place.bottom);
      ink.globalAlpha = 1;
    }
    if (chosen && view.x(chosen.time) >= 0 && view.x(chosen.time) <= view.width) {
      this.#line(view.x(chosen.time), place.ruler + RULER - 5, place.bottom, colours.accent);
      ink.fillStyle = colours.accent;
      ink.beginPath();
      ink.moveTo(view.x(chosen.time) - 4, place.ruler + RULER - 6);
      ink.lineTo(view.x(chosen.time) + 5, place.ruler + RULER - 6);
      ink.lineTo(view.x(chosen.time) + 0.5, place.ruler + RULER);
      ink.fill();
    }
    if (!hover) return;
    const words = clock(view.time(hover.x), precision(view.span) / 60);
    ink.globalAlpha = 0.5;
    this.#line(hover.x, place.ruler + RULER, place.bottom, colours.quiet);
    ink.globalAlpha = 1;
    ink.font = this.font("600");
    const wide = ink.measureText(words).width + 10, left = clamp(hover.x - wide / 2, 0, view.width - wide);
    ink.fillStyle = colours.ink;
    ink.fillRect(left, place.ruler + 4, wide, RULER - 8);
    ink.fillStyle = colours.ground;
    ink.textAlign = "left";
    ink.fillText(words, left + 5, place.ruler + RULER / 2);
  }

  /** By how many ms a lane's events stand elsewhere than where they were counted: a clock was put on trial since. */
  nudge(lane) {
    const { by, trial } = this.explorer, { steps } = this.data;
    if (by !== "source" || !(steps || trial.wishes.size)) return 0;
    const { name } = this.lanes[lane];
    return (trial.steps.get(name) ?? 0) - (steps?.get(name) ?? 0);
  }

  laneAt(y) {
    const lane = Math.floor((y - this.place.top) / this.place.lane);
    return lane >= 0 && lane < this.lanes.length ? lane : -1;
  }

  /** The mark under the pointer, if marks are drawn. */
  markAt(x, y) {
    const { view } = this.explorer, lane = this.laneAt(y), marks = this.data?.marks;
    let best = -1, least = 7;
    for (let index = 0; marks && index < marks.lane.length; index++) {
      if (marks.lane[index] !== lane) continue;
      const away = Math.abs(view.x(this.data.start + marks.time[index]) - x);
      if (away < least) [best, least] = [index, away];
    }
    return best;
  }

  /** What stands at a place, as lines of words; none where there is nothing. */
  toldAt(x, y) {
    const { view, place } = { view: this.explorer.view, place: this.place };
    const near = y < place.top && this.milestones.find((one) => Math.abs(view.x(one.time) - x) < 4);
    if (near) {
      const unsure = (near.latest - near.earliest) / SECOND;
      return [this.label(near), `${day(near.time)} ${clock(near.time, 1)} UTC${unsure > 0.01 ? `, within ${unsure.toFixed(2)} s` : ""}`,
        near.confirmed ? "confirmed by a person" : near.rule ? `found: ${near.rule}` : "found"];
    }
    const row = this.rows[Math.floor((y - place.bands) / BAND)], at = view.time(x);
    const band = row?.bands.find((one) => one.start <= at && at <= one.end);
    if (band) return [band.name, stretch(band.start, band.end, SECOND)];
    if (this.curve && y >= place.curve && y < place.curve + CURVE) return this.#shareAt(at);
    const lane = this.laneAt(y);
    return lane < 0 || !this.data ? [] : this.data.marks ? this.#markTold(x, y, lane) : this.#binTold(at, lane);
  }

  #shareAt(at) {
    const index = this.curve.times.findLastIndex((one) => one <= at), share = this.curve.shares[index];
    return index < 0 || share === null ? [] : [`${(100 * share).toFixed(1)}% of requests failed`,
      `in the minute from ${clock(this.curve.times[index], MINUTE)} UTC`];
  }

  #markTold(x, y, lane) {
    const index = this.markAt(x, y);
    if (index < 0) return [];
    const { marks, start } = this.data, unsure = (marks.latest[index] - marks.earliest[index]) / SECOND;
    const known = this.explorer.table.known(marks.row[index]);
    return [`${clock(start + marks.time[index], 1)} UTC${unsure > 0.01 ? `, within ${unsure.toFixed(2)} s` : ""}`,
      known ? known.message : this.lanes[lane].name];
  }

  #binTold(at, lane) {
    const { counts, bins, start, end } = this.data, step = (end - start) / bins, bin = Math.floor((at - start) / step);
    const [quiet, warn, errors] = [0, 1, 2].map((grade) => counts[(lane * 3 + grade) * bins + bin] ?? 0);
    if (!(quiet + warn + errors)) return [];
    const from = start + bin * step, fine = Math.min(step, SECOND);
    return [this.lanes[lane].name, `${clock(from, fine)} to ${clock(from + step, fine)} UTC`,
      [plural(quiet + warn + errors, "event"), errors ? plural(errors, "error") : "", warn ? plural(warn, "warning") : ""]
        .filter(Boolean).join(", ")];
  }
}

/** Of each lane in view the tallest bar without errors and the tallest of errors. */
function tops(counts, bins, lanes, first, last) {
  const found = new Float64Array(lanes * 2);
  found.worst = 0;
  for (let lane = 0; lane < lanes; lane++) {
    for (let bin = first, at = lane * 3 * bins + first; bin < last; bin++, at++) {
      found[lane * 2] = Math.max(found[lane * 2], counts[at] + counts[at + bins]);
      found[lane * 2 + 1] = Math.max(found[lane * 2 + 1], counts[at + 2 * bins]);
    }
    found.worst = Math.max(found.worst, found[lane * 2 + 1]);
  }
  return found;
}
