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

  setup({ milestones, bands }) {
    this.every = [...milestones].sort((one, other) => one.time - other.time);
    this.rows = bandRows(bands);
  }

  /** The milestones that are known. */
  get milestones() { return this.explorer.knowable.milestones(this.every); }
  get zone() { return this.explorer.names.zone.value; }

  /** Heights from top to bottom: flags, curve, bands, pins, ruler, lanes, the other zone's ruler. What was not known by
   *  some moment keeps its place. */
  layout() {
    const rows = this.every.length ? this.flagRows() : 0;
    const flagged = rows ? rows * FLAG + 12 : 0;
    const curved = this.explorer.curve.height;
    const banded = this.rows.length ? this.rows.length * BAND + 6 : 0;
    const lane = clamp(Math.floor(360 / Math.max(1, this.lanes.length)), 17, 24);
    const bands = flagged + curved + (banded ? 4 : 0), pins = flagged + curved + banded;
    const ruler = pins + this.explorer.seen.height, top = ruler + RULER;
    const bottom = top + lane * Math.max(1, this.lanes.length);
    this.place = { flagged, rows, curve: flagged, bands, pins, ruler, top, lane, bottom, height: bottom + FOOT };
    return this.place;
  }

  /** As many rows as the milestones need where the incident is looked at whole; the same while people zoom. */
  flagRows() {
    const { view, home } = this.explorer;
    const still = Object.assign(Object.create(View.prototype), { start: home[0], end: home[1], width: view.width });
    return clamp(1 + Math.max(0, ...this.flagged(still, this.every).map((one) => one.row)), 1, ROWS_OF_FLAGS);
  }

  flagged(view, milestones = this.milestones) {
    this.ink.font = this.font();
    const inside = milestones.filter((one) => view.x(one.time) >= 0 && view.x(one.time) <= view.width);
    const groups = []; // what stands on one place shares a label
    for (const one of inside) {
      const last = groups.at(-1);
      if (last && view.x(one.time) - view.x(last[0].time) < 4) last.push(one);
      else groups.push([one]);
    }
    const full = this.#flagged(view, groups, (one) => this.label(one));
    return full.every((one) => one.row < ROWS_OF_FLAGS && one.fits) ? full : this.#flagged(view, groups, (one) => one.ref || one.name);
  }

  #flagged(view, groups, label) {
    const words = groups.map((group) => label(group[0]) + (group.length > 1 ? ` and ${group.length - 1} more` : ""));
    const labels = groups.map(([one], index) => ({ at: view.x(one.time), width: this.ink.measureText(words[index]).width }));
    const { at } = this.explorer.knowable, room = at === null || view.x(at) < 0 ? view.width : Math.min(view.width, view.x(at) - 4);
    return flags(labels, Math.max(room, 60)).map((placed, index) =>
      ({ ...placed, fits: labels[index].width < room, group: groups[index], words: words[index] }));
  }

  label(milestone) { return [milestone.ref, milestone.name].filter(Boolean).join(" "); }
  font(weight = "") { return `${weight} 11px ${this.explorer.colours.font}`.trim(); }

  resize() {
    const { view } = this.explorer, { height } = this.layout(), scale = window.devicePixelRatio || 1;
    const size = [Math.round(view.width * scale), Math.round(height * scale)];
    if (this.canvas.width === size[0] && this.canvas.height === size[1]) return;
    [this.canvas.width, this.canvas.height] = size;
    this.canvas.style.height = `${height}px`;
    this.ink.setTransform(scale, 0, 0, scale, 0, 0);
  }

  draw() {
    const { ink, place, explorer } = this, { view, colours, curve, knowable, seen } = explorer;
    ink.fillStyle = colours.ground;
    ink.fillRect(0, 0, view.width, place.height);
    ink.textBaseline = "middle";
    this.#stripes();
    knowable.veil(ink, view.x(knowable.at), 0, place.bottom);
    this.#grid();
    if (curve.height) curve.draw(ink, place.curve);
    this.rows.forEach((row, index) => this.#band(row.kind, knowable.bands(this.rows, index), place.bands + index * BAND));
    if (!this.lanes.length) this.#nothing();
    if (this.data && this.lanes.length) (this.data.marks ? drawMarks : drawBars)(ink, this, explorer);
    this.#milestones();
    if (seen.height) seen.draw(ink, place.pins, this);
    this.#rulers();
    this.#cursor();
    knowable.draw(ink, place);
  }

  #nothing() {
    const { ink, place } = this, { view, colours } = this.explorer;
    ink.fillStyle = colours.quiet;
    ink.font = this.font();
    ink.textAlign = "center";
    ink.fillText("There are no events.", view.width / 2, (place.top + place.bottom) / 2);
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

  #stripes() {
    const { ink, place } = this, { view, colours } = this.explorer;
    ink.fillStyle = colours.soft;
    for (let lane = 0; lane < this.lanes.length; lane += 2) {
      ink.fillRect(0, place.top + lane * place.lane, view.width, place.lane);
    }
  }

  #grid() {
    const { place } = this, { view, colours } = this.explorer;
    for (const at of this.ticks().found) this.#line(view.x(at), place.ruler + RULER - 4, place.bottom, colours.grid);
  }

  #rulers() {
    const { ink, place } = this, { view, colours, knowable } = this.explorer;
    const ruler = (y, height, zone) => {
      const { step, found } = this.lanes.length || this.every.length ? this.ticks(zone) : { step: DAY, found: [] };
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
        if (!zone && knowable.covers(x - half - 4, x + half + 4)) continue;
        ink.fillStyle = zone || !midnight ? colours.quiet : colours.ink;
        if (x - half >= 0 && x + half <= view.width) ink.fillText(words, x, y + height / 2);
      }
    };
    ruler(place.ruler, RULER, "");
    if (this.zone) ruler(place.bottom, FOOT, this.zone);
  }

  #band(kind, bands, top) {
    const { ink } = this, { view, colours } = this.explorer;
    ink.textAlign = "left";
    for (const band of bands) {
      const left = clamp(view.x(band.start), -4, view.width + 4), right = clamp(view.x(band.end), -4, view.width + 4);
      if (right <= 0 || left >= view.width) continue;
      const wide = Math.max(right - left, 2), tone = colours[band.tone] ?? colours.calm, solid = kind === "phase";
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
    const { by, trial } = this.explorer;
    return by === "source" ? trial.since(this.lanes[lane].name, this.data.trial) : 0;
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
    const { curve, knowable, seen } = this.explorer, index = Math.floor((y - place.bands) / BAND), at = view.time(x);
    const band = this.rows[index] && knowable.bands(this.rows, index).find((one) => one.start <= at && at <= one.end);
    if (band) return [band.name, stretch(band.start, band.end, SECOND)];
    if (curve.height && y >= place.curve && y < place.curve + curve.height) return curve.toldAt(at);
    if (seen.height && y >= place.pins && y < place.ruler) return seen.toldAt(x, y);
    const lane = this.laneAt(y);
    return lane < 0 || !this.data ? [] : this.data.marks ? this.#markTold(x, y, lane) : this.#binTold(at, lane);
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
    const { counts, lit, bins, start, end } = this.data, step = (end - start) / bins, bin = Math.floor((at - start) / step);
    const sums = (numbers) => [0, 1, 2].map((grade) => numbers[(lane * 3 + grade) * bins + bin] ?? 0);
    const [quiet, warn, errors] = sums(counts);
    if (!(quiet + warn + errors)) return [];
    const found = lit ? sums(lit).reduce((sum, number) => sum + number, 0) : null;
    const from = start + bin * step, fine = Math.min(step, SECOND);
    return [this.lanes[lane].name, `${clock(from, fine)} to ${clock(from + step, fine)} UTC`,
      [plural(quiet + warn + errors, "event"), errors ? plural(errors, "error") : "", warn ? plural(warn, "warning") : ""]
        .filter(Boolean).join(", "), ...(found === null ? [] : [`${count(found)} match${found === 1 ? "es" : ""}`])];
  }
}
