// The names on the left, each beside its row of the canvas, and the menus that say what the rows are.

const NO_ZONE = "";

class Names {
  constructor(explorer) {
    this.explorer = explorer;
    const { setup } = explorer;
    this.root = make("div", { className: "pmx-labels" });
    this.menu = make("select", { "aria-label": "Lanes by", on: { change: () => explorer.regroup(this.menu.value) } },
      ...setup.bys.map(({ by, name }) => make("option", { value: by, textContent: name })));
    this.menu.value = explorer.by;
    this.zone = make("select", { "aria-label": "Second time axis", on: { change: () => this.#zoned(this.zone.value) } });
    this.#zones(setup);
    this.range = make("span", { className: "pmx-more" });
    this.first = make("span", { className: "pmx-number" });
    this.second = make("span", { className: "pmx-number" });
    this.sizes = new ResizeObserver((seen) => { for (const { target } of seen) shortened(target, explorer.stage.ink); }); // numbers come later, and take room
  }

  // ---- the second axis

  #zones({ zone, zones = [] }) {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone, kept = this.#kept();
    const told = new Map([[zone, ""], ...zones.map((one) => [one.zone, one.whose]), [own === "UTC" ? "" : own, "this browser"]]
      .filter(([name]) => known(name)));
    for (const [name, whose] of told) {
      const offer = make("option", { value: name, textContent: zoneWords(name), title: whose });
      this.zone.append(offer);
    }
    this.zone.prepend(make("option", { value: NO_ZONE, textContent: "No second axis" }));
    this.zone.value = kept !== null && (kept === NO_ZONE || told.has(kept)) ? kept : told.has(zone) ? zone : NO_ZONE;
  }

  get #store() { return `pmx-zone-${this.explorer.setup.key ?? "frame"}`; }

  #kept() {
    try {
      return localStorage.getItem(this.#store);
    } catch {
      return null;
    }
  }

  #zoned(zone) {
    try {
      localStorage.setItem(this.#store, zone);
    } catch { /* it is asked for again next time */ }
    this.explorer.later();
    this.zone.title = this.zone.selectedOptions[0]?.title ?? "";
  }

  // ---- what stands where

  /** All of it where a row has moved; else only the numbers. */
  draw() {
    const { stage } = this.explorer, key = JSON.stringify([stage.place, stage.lanes.map((lane) => lane.name), stage.rows.map((row) => row.kind), this.explorer.by, this.explorer.trial.message]);
    if (key !== this.key) this.#rows();
    this.key = key;
    this.#numbers();
  }

  #rows() {
    const { stage, curve, seen } = this.explorer, { place, rows, lanes } = stage, parts = [];
    const focused = [this.menu, this.zone, curve.menu].find((one) => one === document.activeElement);
    const at = (top, height, className, ...children) =>
      parts.push(make("div", { className, style: `top:${top}px;height:${height}px` }, ...children));
    const words = (name) => make("span", { textContent: name });
    if (place.rows) at(place.flagged - FLAG - 8, FLAG, "pmx-name", words("Milestones"));
    if (curve.height) at(place.curve, curve.height, "pmx-name pmx-low pmx-menu", curve.menu, this.range);
    const kinds = { phase: "Phases", alert: "Alerts", status: "Status page" };
    rows.forEach((row, index) => row.first && at(place.bands + index * BAND, BAND, "pmx-name", words(kinds[row.kind])));
    if (seen.height) at(place.pins, BAND, "pmx-name", words("Pins and notes"));
    at(place.ruler, RULER, "pmx-lanes-head", make("span", { className: "pmx-menu" }, this.menu), this.first, this.second);
    at(place.bottom, FOOT, "pmx-name pmx-menu", this.zone);
    this.lanes = lanes.map((lane) => [make("span", { className: "pmx-number" }), make("span", { className: "pmx-number" })]);
    this.items = lanes.map((lane, index) => make("li", { style: `height:${place.lane}px`, title: lane.name },
      make("span", { className: "pmx-lane", textContent: lane.name }), this.#tried(lane.name), ...this.lanes[index]));
    const list = make("ol", { className: "pmx-lanes", "aria-label": "Lanes", style: `top:${place.top}px` }, ...this.items);
    this.root.replaceChildren(...parts, list);
    this.root.style.height = `${place.height}px`;
    focused?.focus();
    this.sizes.disconnect();
    for (const item of this.items) this.sizes.observe(item.firstElementChild);
  }

  /** How far a source's events stand elsewhere, while its clock is on trial. */
  #tried(name) {
    const { by, trial } = this.explorer, tried = by === "source" ? trial.of(name) : null;
    if (!tried) return null;
    const words = tried.by ? `${tried.by > 0 ? "+" : "−"}${spell(Math.abs(tried.by))}` : tried.zone ?? "±";
    return make("span", { className: "pmx-tried", textContent: words, title: `On trial, not saved: ${trial.told(name)}` });
  }

  /** Events and errors of each lane; what was found and all, where both are drawn. */
  #numbers() {
    const { stage, curve } = this.explorer, { lanes } = stage, lit = lanes.some((lane) => lane.found !== undefined);
    this.first.textContent = lit ? "match" : "events";
    this.second.textContent = lit ? "events" : "errors";
    this.range.textContent = curve.range ?? "";
    this.root.classList.toggle("pmx-lit", lit);
    lanes.forEach((lane, index) => {
      const [first, second] = this.lanes[index], none = lit ? !lane.found : !lane.count;
      first.textContent = count(lit ? lane.found : lane.count);
      second.textContent = lit ? count(lane.count) : lane.errors ? count(lane.errors) : "";
      second.classList.toggle("pmx-errors", !lit);
      this.items[index].classList.toggle("pmx-none", none);
    });
  }
}

/** Of a name that is too long its end is seen as well: names often begin alike. All of it stays in the page. */
function shortened(element, ink) {
  delete element.dataset.short;
  const room = element.clientWidth, words = element.textContent, tail = words.slice(-Math.min(12, Math.floor(room / 14)));
  if (element.scrollWidth <= room || words.length <= 24 || tail.length < 4) return;
  const { fontSize, fontFamily } = getComputedStyle(element); // its shorthand is empty where figures are all of one width
  ink.font = `${fontSize} ${fontFamily}`;
  let letters = words.length - tail.length - 1;
  while (letters > 1 && ink.measureText(`${words.slice(0, letters)}…${tail}`).width > room - 4) letters--;
  element.dataset.short = `${words.slice(0, letters)}…${tail}`;
}

/** A zone with what it is ahead of UTC now. */
function zoneWords(zone) {
  return zone.replaceAll("_", " ");
}
