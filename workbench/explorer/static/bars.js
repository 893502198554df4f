// The events on the lanes: bars from afar, one mark an event from near.

const PALE = 0.36; // of what is not in the light

/** Bars whose height is the square root of their number, and errors in a row of their own. What was found stands in
 *  the light before all the others, where these are drawn too. */
function drawBars(ink, stage, explorer) {
  const { view, colours, knowable } = explorer, { place, data } = stage, { counts, lit, bins, start: from, end } = data;
  const step = (end - from) / bins, tall = place.lane - ERRORS - 2;
  const known = knowable.at === null || data.until === knowable.at ? Infinity : knowable.at; // older counts hold what is not known
  const aside = Math.max(0, ...stage.lanes.map((_, lane) => Math.abs(stage.nudge(lane)))); // a lane may stand elsewhere by now
  const first = clamp(Math.floor((view.start - aside - from) / step), 0, bins);
  const last = clamp(Math.ceil((Math.min(view.end, known) + aside - from) / step), 0, bins);
  const highest = tops(counts, bins, stage.lanes.length, first, last);
  for (let lane = 0; lane < stage.lanes.length; lane++) {
    const base = place.top + lane * place.lane + place.lane - ERRORS, at = lane * 3 * bins, start = data.start + stage.nudge(lane);
    const scale = Math.max(8, highest[lane * 2]), worst = Math.max(4, highest[lane * 2 + 1], highest.worst / 8);
    for (let bin = first; bin < last; bin++) {
      const quiet = counts[at + bin], warn = counts[at + bins + bin], errors = counts[at + 2 * bins + bin];
      if (!quiet && !warn && !errors) continue;
      const left = Math.round(view.x(start + bin * step)), right = Math.round(view.x(start + (bin + 1) * step));
      const wide = Math.max(1, right - left);
      if (quiet || warn) {
        const high = Math.max(2, Math.round(tall * Math.sqrt((quiet + warn) / scale)));
        const part = (number) => (number ? Math.max(1, Math.round((high * number) / (quiet + warn))) : 0), upper = part(warn);
        if (lit) ink.globalAlpha = PALE;
        ink.fillStyle = colours.calm;
        ink.fillRect(left, base - high, wide, high);
        if (upper) ink.fillStyle = colours.warn;
        if (upper) ink.fillRect(left, base - high, wide, upper);
        ink.globalAlpha = 1;
        const shown = lit ? Math.max(part(lit[at + bin] + lit[at + bins + bin]), lit[at + bin] + lit[at + bins + bin] ? 2 : 0) : 0;
        if (shown) ink.fillStyle = colours.accent;
        if (shown) ink.fillRect(left, base - shown, Math.max(wide, 2), shown);
      }
      const seen = lit ? lit[at + 2 * bins + bin] : errors;
      if (errors) {
        ink.globalAlpha = seen ? 0.35 + 0.65 * Math.sqrt(seen / worst) : PALE / 2;
        ink.fillStyle = colours.error;
        ink.fillRect(left, base + 1, Math.max(2, wide), 3);
        ink.globalAlpha = 1;
      }
    }
  }
}

/** One mark an event, a thin line from its earliest to its latest moment. */
function drawMarks(ink, stage, explorer) {
  const { view, colours, knowable, seen } = explorer, { place, data } = stage, { marks, hits } = data;
  const tones = [colours.calm, colours.warn, colours.error], tall = place.lane - ERRORS - 2;
  const known = knowable.at === null || data.until === knowable.at ? Infinity : knowable.at;
  const starts = stage.lanes.map((_, lane) => data.start + stage.nudge(lane));
  const draw = (index) => {
    const start = starts[marks.lane[index]];
    const time = start + marks.time[index], x = view.x(time), grade = marks.grade[index];
    const from = view.x(start + marks.earliest[index]), to = view.x(start + marks.latest[index]);
    if (to < 0 || from > view.width || time > known) return;
    const base = place.top + marks.lane[index] * place.lane + place.lane - ERRORS;
    const middle = grade === 2 ? base + 2.5 : base - tall / 2, said = seen.rows.get(marks.row[index]);
    const light = (hits && !hits[index]) || (said && said.hidden !== null) ? PALE : 1;
    ink.fillStyle = hits?.[index] && grade < 2 ? colours.accent : tones[grade];
    if (to - from > 4) {
      ink.globalAlpha = 0.3 * light;
      ink.fillRect(Math.max(from, -2), Math.round(middle), Math.min(to, view.width + 2) - Math.max(from, -2), 1);
    }
    ink.globalAlpha = light;
    if (grade === 2) ink.fillRect(Math.round(x) - 1, base, 3, 5);
    else ink.fillRect(Math.round(x) - 1, base - tall + (grade ? 0 : 3), 2, tall - (grade ? 0 : 3));
    ink.globalAlpha = 1;
    if (said && said.hidden === null && (said.pinned || said.note !== null)) {
      ink.fillStyle = colours.accent;
      ink.beginPath();
      ink.arc(Math.round(x), base - tall + 1, 2.5, 0, 7);
      ink.fill();
    }
  };
  if (!hits) for (let index = 0; index < marks.lane.length; index++) draw(index);
  else for (const wanted of [0, 1]) for (let index = 0; index < marks.lane.length; index++) if (hits[index] === wanted) draw(index);
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
