// One source at the desk of clocks: its clock and zone as fields, on trial as soon as they change, and its votes.

class ClockPanel {
  constructor(desk, source) {
    this.desk = desk;
    this.explorer = desk.explorer;
    this.path = source.path;
    this.source = source;
    this.votes = new ClockVotes(this);
    this.#build();
    this.#show(this.wish);
  }

  get now() { return this.source.offset?.value ?? 0; }
  /** By how much the offset may be wrong, in s: 0 where nothing is said, null where it is no length of time. */
  get unsure() {
    const seconds = this.spare.value.trim() ? secondsOf(this.spare.value) : 0;
    return seconds === null || seconds < 0 ? null : seconds;
  }

  get wish() { return this.explorer.trial.wish(this.path); }

  #build() {
    const name = `pmx-clock-${hex()}`;
    this.field = make("input", { type: "text", id: name, autocomplete: "off", spellcheck: "false", "aria-describedby": `${name}-means`, on: { input: () => this.#typed() } });
    this.spare = make("input", { type: "text", autocomplete: "off", spellcheck: "false", "aria-label": "Unsure by, either way", placeholder: "exactly", on: { input: () => this.#typed() } });
    this.means = make("small", { id: `${name}-means` });
    const slider = (words, step) => make("input", { type: "range", step, "aria-label": words, on: { input: () => this.#slid() } });
    this.coarse = slider("Clock, coarse: by seconds", "1");
    this.fine = slider("Clock, fine: by hundredths of a second", "0.01");
    Object.assign(this.fine, { min: -CLOCK_FINE, max: CLOCK_FINE });
    this.zone = make("input", { type: "text", list: `${name}-zones`, id: `${name}-zone`, autocomplete: "off", spellcheck: "false", placeholder: "Europe/Berlin or -02:00",
      on: { change: () => this.#zoned(this.zone.value), keydown: (event) => event.key === "Enter" && this.#zoned(this.zone.value) } });
    this.zones = make("datalist", { id: `${name}-zones` }, ...this.desk.state.zones.map((zone) => make("option", { value: zone })));
    this.chips = make("div", { className: "pmx-chips", role: "group", "aria-label": "Zones that fit" });
    this.zonal = make("div", { className: "pmx-field" }, make("label", { for: `${name}-zone`, textContent: "Zone" }), this.zone, this.zones, this.chips);
    this.why = make("p", { className: "pmx-why" });
    const button = (words, act) => make("button", { type: "button", textContent: words, on: { click: act } });
    this.keep = button("Save", () => this.save());
    this.cancel = button("Cancel", () => { this.#cancel(); this.field.focus({ preventScroll: true }); });
    this.back = button("Take back what a person set", () => this.#takeBack());
    this.status = make("output");
    this.notes = make("ul", { className: "pmx-clock-notes" });
    const form = make("div", { className: "pmx-clock-form", role: "group", "aria-label": `Clock of ${this.path}`,
      on: { keydown: (event) => { if (event.key === "Escape" && this.wish) { event.stopPropagation(); this.#cancel(); this.field.focus({ preventScroll: true }); } } } },
    make("div", { className: "pmx-field" }, make("label", { for: name, textContent: "Clock ahead by" }),
      make("span", { className: "pmx-pair" }, this.field, make("span", { textContent: "±" }), this.spare), this.means),
    make("div", { className: "pmx-sliders" }, make("span", { textContent: "coarse" }), this.coarse, make("span", { textContent: "fine" }), this.fine),
    this.zonal, this.why, make("div", { className: "pmx-judge" }, this.keep, this.cancel, this.back), this.status);
    this.root = make("tr", { className: "pmx-clock-open" }, make("td", { colspan: "5" }, form, this.votes.root, this.notes));
  }

  /** The state has come again. */
  renew(source) {
    const moved = JSON.stringify(source) !== JSON.stringify(this.source);
    this.source = source;
    if (!moved) return;
    const wish = this.wish;
    if (wish && !wish.saved) wish.now = this.now;
    this.#show(wish);
    this.looked();
  }

  /** The votes are asked for where the panel is seen. */
  looked() { this.votes.ask(); }

  tried() {
    const { wish } = this;
    this.#buttons();
    if ((wish?.offset ?? this.now) !== this.value) this.#show(wish); // it was changed or ended elsewhere
    this.votes.draw();
  }

  // ---- what is shown

  #show(wish) {
    const unsure = wish ? wish.unsure : this.source.set.unsure;
    this.spare.value = unsure ? `${unsure} s` : "";
    this.#set(wish?.offset ?? this.now);
    const { bare, now, zone_words: words, year, notes } = this.source;
    this.zonal.hidden = !bare;
    this.zone.value = wish?.zone ?? now;
    this.why.textContent = [words, year ? `Year: ${year}.` : ""].filter(Boolean).join(" ");
    this.notes.replaceChildren(...notes.filter((note) => note !== words).map((note) =>
      make("li", { textContent: note, className: /contradict|may be wrong/.test(note) ? "pmx-contrary" : "" })));
    this.#buttons();
  }

  /** The field and both sliders on a number of seconds. */
  #set(seconds, typed = false) {
    this.value = seconds;
    if (!typed) this.field.value = `${Number(seconds.toFixed(3))} s`;
    const reach = reached(seconds);
    Object.assign(this.coarse, { min: -reach, max: reach });
    const whole = Math.round(seconds);
    this.coarse.value = whole;
    this.fine.value = seconds - whole;
    for (const slider of [this.coarse, this.fine]) slider.setAttribute("aria-valuetext", went(seconds));
    this.#meant();
  }

  #meant(bad = false) {
    this.field.setAttribute("aria-invalid", String(bad));
    this.means.classList.toggle("pmx-bad", bad);
    this.means.textContent = bad ? "Write seconds, or 1:30, or +5h30m; a minus where it was behind." : `It was ${went(Number(this.value.toFixed(3)))}${this.unsure ? `, ± ${spell(this.unsure)}` : ""}: ${movesBy(this.value)}.`;
  }

  #buttons() {
    const { wish } = this, open = Boolean(wish && !wish.saved), { set } = this.source;
    this.keep.disabled = this.cancel.disabled = !open;
    this.back.hidden = set.offset === null && !set.zone;
  }

  say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
  }

  // ---- what people try

  #typed() {
    const seconds = secondsOf(this.field.value);
    if (seconds === null || (this.spare.value.trim() && this.unsure === null)) return this.#meant(true);
    this.#set(seconds, true);
    this.#try();
  }

  #slid() {
    const seconds = Number((Number(this.coarse.value) + Number(this.fine.value)).toFixed(3));
    this.value = seconds;
    this.field.value = `${seconds} s`;
    for (const slider of [this.coarse, this.fine]) slider.setAttribute("aria-valuetext", went(seconds));
    this.#meant();
    this.#try();
  }

  /** A number from elsewhere: from two events, or from a place among the votes. */
  wished(seconds, unsure = 0) {
    this.spare.value = unsure ? `${unsure} s` : "";
    this.#set(seconds);
    this.#try();
  }

  #zoned(zone) {
    const name = zone.trim();
    if (name === (this.wish?.zone ?? this.source.now)) return;
    if (!name || name === this.source.now) return this.#try(null);
    const known = this.desk.state.zones.includes(name) || /^(UTC|[+-]\d\d:?\d\d)$/i.test(name);
    this.zone.setAttribute("aria-invalid", String(!known));
    if (!known) return this.say(`${name} is not a time zone: write one such as Europe/Berlin, or an offset such as -02:00.`, true);
    this.zone.value = name;
    this.say("");
    this.#try(name);
  }

  #try(zone = this.wish?.zone ?? null) {
    const unsure = this.unsure ?? 0, same = Math.abs(this.value - this.now) < 0.0005 && unsure === (this.source.set.unsure ?? 0);
    this.explorer.trial.set(this.path, same && !zone ? null : { offset: same ? null : this.value, unsure, zone, now: this.now, saved: false });
    this.say(this.wish ? "Not saved. Sources whose clocks are known by this one will follow it once it is." : "");
    this.votes.ask();
  }

  #cancel() {
    this.explorer.trial.set(this.path, null);
    this.#show(null);
    this.zone.setAttribute("aria-invalid", "false");
    this.say("");
    this.votes.ask();
  }

  /** The zones that shared ids fit, and those that other sources of the incident have. */
  suggested(zones) {
    const near = [...new Set(this.desk.state.sources.map((one) => one.set.zone || (one.zone.includes("/") ? one.zone : "")).filter(Boolean))];
    const chip = (zone, more) => make("button", { type: "button", title: more, on: { click: () => { this.zone.value = zone; this.#zoned(zone); } } },
      zone, make("small", { textContent: more }));
    const told = zones.map(({ zone, text, more, votes, of }) => chip(zone, `${count(votes)} of ${count(of)} ids; ${text}${more ? `, as ${more} others` : ""}`));
    const known = new Set(zones.map(({ zone }) => zone));
    this.chips.replaceChildren(...told.slice(0, 3), ...near.filter((zone) => !known.has(zone)).slice(0, 3).map((zone) => chip(zone, "as other sources")));
  }

  // ---- saving

  save() {
    const { wish } = this;
    if (!wish || wish.saved) return;
    const values = {};
    if (wish.offset !== null) Object.assign(values, { clock_offset_seconds: Number(wish.offset.toFixed(3)), clock_offset_unsure_seconds: wish.unsure || null });
    if (wish.zone) values.zone = wish.zone;
    this.explorer.saver.send(this.#edit(values, this.source, `clock of ${this.path}: ${this.explorer.trial.told(this.path)}`));
  }

  #takeBack() {
    const { set } = this.source, values = {};
    if (set.offset !== null) Object.assign(values, { clock_offset_seconds: null, clock_offset_unsure_seconds: null });
    if (set.zone) values.zone = null;
    this.explorer.trial.set(this.path, null);
    this.explorer.saver.send(this.#edit(values, this.source, `what was set of ${this.path} taken back`));
  }

  /** Keys of the source's row in sources.toml; undone, they are as they were. */
  #edit(values, source, what) {
    const { desk, explorer, path } = this, now = () => desk.panel?.path === path ? desk.panel : this;
    const { set } = source, before = { clock_offset_seconds: set.offset, clock_offset_unsure_seconds: set.unsure, zone: set.zone };
    const edit = {
      op: "clocks.save", body: { path, values }, base: source.base, about: `clock-${path}`, what,
      say: (words, bad) => now().say(words, bad),
      saved: ({ state }) => {
        const wish = explorer.trial.wish(path);
        if (wish) explorer.trial.set(path, { ...wish, saved: true });
        desk.take(state);
      },
      conflict: ({ state }) => {
        desk.take(state);
        edit.base = desk.source(path)?.base ?? "";
      },
      inverse: ({ state }) => {
        const back = Object.fromEntries(Object.keys(values).map((name) => [name, before[name] ?? null]));
        return now().#edit(back, state.sources.find((one) => one.path === path), `clock of ${path}, as it was`);
      },
    };
    return edit;
  }
}
