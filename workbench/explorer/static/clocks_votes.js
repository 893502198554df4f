// What shared ids say of a source's clock: each match as a thin line from the least to the greatest offset that it allows.

const VOTE_STRIP = 30, VOTE_TICKS = 16; // pixels
const CONTRARY_NAMED = 5; // contrary matches that are named

class ClockVotes {
  constructor(panel) {
    this.panel = panel;
    this.explorer = panel.explorer;
    this.pairs = [];
    this.said = make("p", { className: "pmx-why" });
    this.list = make("ul", { className: "pmx-votes" });
    this.axis = make("canvas", { "aria-hidden": "true", className: "pmx-axis" });
    this.contrary = make("div", { className: "pmx-evidence" });
    this.root = make("section", { className: "pmx-clock-votes", "aria-label": "Shared ids" }, make("h4", { textContent: "What shared ids say of its clock" }),
      this.said, this.list, this.axis, this.contrary);
    this.size = new ResizeObserver(() => this.draw());
    this.size.observe(this.root);
  }

  /** Asks for the votes in the zone that is on trial, once. */
  ask() {
    const zone = this.panel.wish?.zone ?? "", key = `${zone} ${this.explorer.turn}`;
    if (key === this.asked) return this.draw();
    this.explorer.ask("votes", { op: "clocks.votes", path: this.panel.path, zone }, (answer, buffers) => {
      if (answer.path !== this.panel.path || !this.root.isConnected) return;
      if (!answer.pairs) {
        this.said.textContent = `Reading the texts for ids: ${count(answer.done)} of ${count(answer.of)} events …`;
        return this.ask();
      }
      this.asked = key;
      this.#taken(answer, buffers);
    });
  }

  #taken({ pairs, zones }, buffers) {
    const [low, high, at, line, other] = buffers.map((one) => typed(Float64Array, one));
    let from = 0;
    this.pairs = pairs.map((pair) => {
      const part = (all) => all.subarray(from, from + pair.sent), found = { ...pair, low: part(low), high: part(high), at: part(at), line: part(line), lineOther: part(other) };
      from += pair.sent;
      return found;
    });
    this.panel.suggested(zones);
    const { trusted, events } = this.panel.source, none = events ? "It shares no ids with any other source." : "";
    const shown = "Each line is an id that both name: the offsets that it allows, in order of time from top to bottom. Tinted is what most agree on.";
    this.said.textContent = [trusted ? `It is ${trusted}.` : "", pairs.length ? shown : none].filter(Boolean).join(" ");
    this.list.replaceChildren(...this.pairs.map((pair) => {
      pair.words = make("span");
      pair.canvas = make("canvas", { "aria-hidden": "true", on: { click: (event) => this.#picked(event) } });
      return make("li", {}, make("strong", { textContent: pair.other, title: pair.other }), pair.words, pair.canvas);
    }));
    this.draw();
  }

  /** A click among the votes tries the offset that stands there. */
  #picked(event) {
    const { least, most } = this.range;
    this.panel.wished(Number((least + (event.offsetX / event.target.clientWidth) * (most - least)).toFixed(2)));
  }

  get value() { return this.panel.wish && this.panel.wish.offset !== null ? this.panel.wish.offset : this.panel.now; }

  // ---- words

  #told(pair) {
    const { vote, known, follows } = pair, unit = (number) => `${number < 0 ? "−" : ""}${Math.abs(number).toFixed(Math.abs(number) < 1000 ? 2 : 0)}`;
    const agree = this.#agreeing(pair), shown = pair.sent < pair.of ? `${count(pair.sent)} shown of ${count(pair.of)}` : plural(pair.of, "id");
    const parts = [vote ? `${count(vote.votes)} of ${count(pair.of)} agree on ${unit(vote.low)} to ${unit(vote.high)} s${vote.uneven ? ", unevenly" : ""}`
      : `${shown}, too few or too different to agree`];
    const trial = this.panel.wish?.offset != null;
    if (trial || agree < pair.sent) parts.push(`${trial ? "on trial" : "as it stands"} ${count(agree)} agree, ${count(pair.sent - agree)} contradict`);
    if (!known) parts.push("its own clock is not known");
    if (follows) parts.push("its clock is known by this one only");
    return parts.join("; ");
  }

  #agreeing({ low, high }) {
    const { value } = this;
    let found = 0;
    for (let at = 0; at < low.length; at++) if (low[at] <= value && value <= high[at]) found++;
    return found;
  }

  /** Some of the matches that the offset contradicts, with the lines that say so. */
  #named() {
    const { value } = this, found = [];
    let all = 0;
    for (const pair of this.pairs.filter((one) => one.known && !one.follows)) {
      for (let at = 0; at < pair.low.length; at++) {
        if ((pair.low[at] <= value && value <= pair.high[at]) || ++all > CONTRARY_NAMED) continue;
        found.push({ pair, line: pair.line[at], lineOther: pair.lineOther[at], low: pair.low[at], high: pair.high[at] });
      }
    }
    const go = (source, line) => make("button", { type: "button", className: "pmx-link", textContent: line ? `${source}:${line}` : source, on: { click: () => line && this.explorer.goTo({ source, line }) } });
    const items = found.map(({ pair, line, lineOther, low, high }) => make("li", {}, go(this.panel.path, line), " and ", go(pair.other, lineOther),
      make("span", { textContent: `: ${low.toFixed(2)} to ${high.toFixed(2)} s ahead` })));
    this.contrary.replaceChildren(...(items.length ? [make("p", { className: "pmx-contrary",
      textContent: `${count(all)} shared ids contradict ${this.panel.wish ? "what is on trial" : "this clock"}. ${all > items.length ? "Some of the" : "The"} lines that name them:` }),
      make("ul", {}, ...items)] : []));
  }

  // ---- the strips

  /** From the offsets that most matches allow to the one on trial, with some air. */
  #reach() {
    const { panel } = this, ends = [panel.now, this.value];
    for (const { vote, low, high, known } of this.pairs) {
      if (vote) ends.push(vote.low, vote.high);
      else if (known && low.length) ends.push(low[0], high[0]);
    }
    const least = Math.min(...ends), most = Math.max(...ends), air = Math.max((most - least) * 0.15, 0.5);
    return { least: least - air, most: most + air };
  }

  draw() {
    const { colours } = this.explorer, width = Math.floor(this.list.clientWidth);
    this.axis.hidden = !this.pairs.length;
    if (!this.pairs.length) this.contrary.replaceChildren();
    if (!colours || !width || !this.pairs.length) return;
    this.range = this.#reach();
    this.#named();
    for (const pair of this.pairs) {
      pair.words.textContent = this.#told(pair);
      this.#strip(pair, this.#ink(pair.canvas, width, VOTE_STRIP), width);
    }
    this.#ruler(this.#ink(this.axis, width, VOTE_TICKS), width);
  }

  #ink(canvas, width, height) {
    const scale = window.devicePixelRatio || 1, ink = canvas.getContext("2d");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.height = `${height}px`;
    ink.setTransform(scale, 0, 0, scale, 0, 0);
    return ink;
  }

  #x(seconds, width) { return ((seconds - this.range.least) / (this.range.most - this.range.least)) * width; }

  #strip({ low, high, vote }, ink, width) {
    const { colours } = this.explorer, tall = VOTE_STRIP - 4;
    ink.fillStyle = colours.soft;
    ink.fillRect(0, 0, width, VOTE_STRIP);
    ink.fillStyle = colours.calm;
    ink.globalAlpha = clamp(60 / low.length, 0.12, 0.9);
    for (let at = 0; at < low.length; at++) {
      const from = this.#x(low[at], width), to = this.#x(high[at], width);
      if (to < 0 || from > width) continue;
      ink.fillRect(Math.max(from, 0), 2 + (tall * at) / Math.max(1, low.length - 1), Math.max(2, Math.min(to, width) - Math.max(from, 0)), 1);
    }
    if (vote) {
      ink.fillStyle = colours.accent;
      ink.globalAlpha = 0.35;
      ink.fillRect(this.#x(vote.low, width), 0, Math.max(2, this.#x(vote.high, width) - this.#x(vote.low, width)), VOTE_STRIP);
    }
    ink.globalAlpha = 1;
    this.#mark(ink, width, VOTE_STRIP);
  }

  /** The offset that holds, and the one on trial. */
  #mark(ink, width, height) {
    const { colours } = this.explorer, { now, wish } = this.panel;
    ink.fillStyle = colours.ink;
    ink.fillRect(Math.round(this.#x(now, width)), 0, 1, height);
    if (wish?.offset == null) return;
    ink.fillStyle = colours.warn;
    ink.fillRect(Math.round(this.#x(wish.offset, width)) - 1, 0, 3, height);
  }

  #ruler(ink, width) {
    const { colours } = this.explorer, { least, most } = this.range, step = niceStep(((most - least) * SECOND * 70) / width) / SECOND;
    ink.clearRect(0, 0, width, VOTE_TICKS);
    ink.font = `11px ${colours.font}`;
    ink.textBaseline = "middle";
    ink.textAlign = "center";
    for (let at = Math.ceil(least / step) * step; at <= most; at += step) {
      const x = this.#x(at, width), words = spell(Number(at.toFixed(3))), half = ink.measureText(words).width / 2;
      ink.fillStyle = colours.rule;
      ink.fillRect(Math.round(x), 0, 1, 3);
      ink.fillStyle = colours.quiet;
      if (x - half >= 0 && x + half <= width) ink.fillText(words, x, 10);
    }
  }
}
