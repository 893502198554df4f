// The milestones with their reasons, below the event in the panel: what is chosen, what else was found, what people said.

const clockOf = (time) => `${time.slice(11, 23).replace(/\.000$/, "")} UTC`;
const weighed = (weight) => weight.toFixed(2);

/** In which zones people may type a time: UTC, and the second axis' one. */
const zonesOf = ({ stage }) => [...new Set(["UTC", stage.zone || "UTC"])];

class Deciding {
  constructor(judging) {
    this.judging = judging;
    this.explorer = judging.explorer;
    this.open = new Map(); // by name, whether its reasons are seen
    this.places = new Map(); // by name, where something is asked: it stays while all around it is drawn again
    this.list = make("div");
    this.status = make("p", { role: "status" });
    this.sums = make("summary", { textContent: "Milestones" });
    this.root = make("details", { className: "pmx-deciding", hidden: this.explorer.setup.desks?.deciding ? null : "", on: { toggle: () => this.#toggled() } },
      this.sums, this.list, this.status);
  }

  close() { clearTimeout(this.timer); }

  #toggled() {
    this.explorer.below.classList.toggle("pmx-tall", this.root.open);
    if (this.root.open) this.#ask();
  }

  /** Another event is in the panel, or it was judged. */
  show() {
    if (this.seen !== this.judging.row.id) this.places.clear();
    this.seen = this.judging.row.id;
    if (this.milestones) this.#draw();
    else this.#summed([]);
    if (!this.root.hidden) this.#ask();
  }

  followed() { if (this.judging.state && this.explorer.detail.open) this.#ask(); }

  #ask() {
    if (this.explorer.setup.desks?.deciding) this.explorer.ask("milestones", { op: "milestones" }, ({ milestones }) => {
      this.milestones = milestones;
      this.#draw();
    });
  }

  say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
  }

  // ---- what is seen

  /** What this event is, or was proposed to be: what the list says of it while it is closed. */
  #summed(milestones) {
    const { row } = this.judging, own = (one) => one?.event?.id === row.id;
    const words = milestones.flatMap((one) => {
      if (own(one)) return [`${one.name} (${one.basis === "found" ? `proposed, ${weighed(one.weight)}` : "confirmed"})`];
      if (one.runners_up.some(own)) return [`a runner-up for ${one.name}`];
      return one.rejected.some(own) ? [`rejected as ${one.name}`] : [];
    });
    this.sums.replaceChildren(make("strong", { textContent: "Milestones" }), words.length ? `: this event is ${words.join(", ")}` : "");
  }

  #draw() {
    if (!this.judging.state) return;
    this.#summed(this.milestones);
    if (!this.root.open) return;
    const held = this.list.contains(document.activeElement) ? document.activeElement : null, key = held?.dataset.key;
    this.list.replaceChildren(...this.milestones.map((one) => this.#milestone(one)));
    if (held?.isConnected) held.focus({ preventScroll: true });
    else if (key) [...this.list.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key)?.focus({ preventScroll: true });
  }

  #concerns(one) {
    const { row } = this.judging;
    return [one, ...one.runners_up, ...one.rejected].some((each) => each.event?.id === row.id);
  }

  #milestone(one) {
    const open = this.open.get(one.name) ?? this.#concerns(one);
    const basis = { found: `found, ${weighed(one.weight)}`, confirmed: "confirmed", missing: "missing" }[one.basis];
    const head = make("summary", { "data-key": `${one.name} head` }, make("span", { className: "pmx-milestone", textContent: one.name }),
      make("span", { className: "pmx-number", textContent: one.time ? clockOf(one.time).replace(" UTC", "") : "" }), make("span", { className: `pmx-basis pmx-${one.basis}`, textContent: basis }));
    const made = make("details", { className: "pmx-reasons", on: { toggle: () => this.open.set(one.name, made.open) } }, head, ...this.#reasons(one));
    made.open = open;
    return made;
  }

  #reasons(one) {
    if (!this.places.has(one.name)) this.places.set(one.name, make("div"));
    const place = this.places.get(one.name), found = one.basis === "found";
    const parts = [
      one.why ? make("p", { textContent: one.why }) : null,
      one.time ? this.#candidate(one, `${one.rule[0].toUpperCase()}${one.rule.slice(1)}.`) : null,
      ...this.#people(one),
      this.#list("Runners-up", one.runners_up, (each) => this.#candidate(each, `${each.rule} (${weighed(each.weight)})`,
        this.#button(one, `choose ${each.time}`, "Choose", `${one.name} is the event at ${clockOf(each.time)}`, () => this.#mark(one, each, place)))),
      one.flip ? make("p", { className: "pmx-flip", textContent: `One more sign of weight ${weighed(one.flip.weight)} for ${clockOf(one.flip.time)} would make that the choice.` }) : null,
      this.#list("Rejected", one.rejected, (each) => this.#candidate(each, each.rule,
        this.#button(one, `restore ${each.time}`, "Take back", `Take the rejection of the event at ${clockOf(each.time)} back`, () => this.#reject(one, each, true)))),
      make("div", { className: "pmx-judge" }, ...this.#buttons(one, place, found)), place,
    ];
    return parts.filter(Boolean);
  }

  #list(title, all, draw) {
    return all.length ? make("div", {}, make("h4", { textContent: title }), make("ul", {}, ...all.map((each) => make("li", {}, draw(each))))) : null;
  }

  /** A time with its reason and its places, which leads to its event. */
  #candidate(one, words, ...buttons) {
    const { row } = this.judging, own = one.event?.id === row.id;
    const go = one.event?.row !== null && one.event !== null && !own
      ? press(clockOf(one.time), "Go to this event", () => this.explorer.goTo({ row: one.event.row, time: Date.parse(one.time) }, true), { className: "pmx-link" })
      : make("strong", { textContent: `${clockOf(one.time)}${own ? " (this event)" : ""}` });
    return make("div", { className: "pmx-candidate" }, make("p", {}, go, ` ${words}`, one.evidence.length ? make("code", { textContent: ` ${one.evidence.join(", ")}` }) : ""), ...buttons);
  }

  /** What people said of it: the file wins over marks. */
  #people(one) {
    const { stated, marked } = one.said, lines = [];
    if (stated) lines.push(make("p", {}, make("strong", { textContent: `incident.toml says ${clockOf(stated)}.` }), " ",
      this.#button(one, "unstate", "Take it out", `Take ${one.name} out of incident.toml`, () => this.#send(one, [], null))));
    if (marked) lines.push(make("p", {}, make("strong", { textContent: `${marked.by || "Somebody"} said so` }), saidBy(marked), stated ? " The file wins." : "", " ",
      this.#button(one, "unmark", "Take it back", `Take back that an event is ${one.name}`, () => this.#unmark(one))));
    return lines;
  }

  #button(one, key, words, title, act) { return press(words, title, act, { "data-key": `${one.name} ${key}`, "aria-label": `${words}: ${title}` }); }

  #buttons(one, place, found) {
    const { row } = this.judging, buttons = [];
    if (found) buttons.push(this.#button(one, "confirm", `Confirm ${clockOf(one.time).replace(" UTC", "")}`, `${one.name} is what was found`, () => this.#mark(one, one, place)));
    if (one.event?.id !== row.id || one.basis === "missing") buttons.push(this.#button(one, "move", "Move here", `${one.name} is the event in this panel`, () => this.#move(one, place)));
    if (found && one.event) buttons.push(this.#button(one, "reject", "Reject", `${one.name} is not what was found`, () => this.#reject(one, one, false)));
    buttons.push(this.#button(one, "state", "At a time…", `Write a time of ${one.name} into incident.toml`, () => this.#asked(one, place)));
    return buttons;
  }

  // ---- what people decide

  /** Never over what a person wrote without showing it. */
  #sure(one, place, act) {
    const { stated, marked } = one.said;
    if (!stated && !marked) return act();
    const words = stated ? `incident.toml says ${clockOf(stated)}: a person wrote it.` : `${marked.by || "Somebody"} said that it is the event at ${one.time ? clockOf(one.time) : "another time"}.`;
    const sure = press("Replace it", `Replace what was said of ${one.name}`, () => { place.replaceChildren(); act(); });
    place.replaceChildren(make("p", { className: "pmx-sure" }, words, " ", sure, " ", press("Leave it", "Change nothing", () => place.replaceChildren())));
    sure.focus();
  }

  /** The event of a candidate is the milestone; of a measurement the time is written into the file. */
  #mark(one, candidate, place) {
    const { event } = candidate;
    this.#sure(one, place, () => (event && event.row !== null
      ? this.#send(one, [this.#named(event, "milestone", event.milestones, one.name, true)], one.said.stated ? null : undefined)
      : this.#send(one, [], { when: candidate.time })));
  }

  #move(one, place) {
    const { row, state } = this.judging, event = { id: row.id, base: state.base };
    this.#sure(one, place, () => this.#send(one, [this.#named(event, "milestone", namesOf(state.milestone), one.name, true)], one.said.stated ? null : undefined));
  }

  #unmark(one) {
    const { known } = one.said.marked;
    this.#send(one, [this.#named(known, "milestone", known.milestones, one.name, false)]);
  }

  #reject(one, candidate, back) {
    const { event } = candidate;
    this.#send(one, [this.#named(event, "reject", event.rejected, one.name, !back)]);
  }

  /** One judgement on an event: the names that it has, with one more or one less; `before` is for whoever takes it back. */
  #named(event, verb, names, name, add) {
    const after = add ? [...new Set([...names, name])] : names.filter((one) => one !== name);
    return { event: event.id, verb, value: after.length ? after : null, base: event.base, before: names.length ? names : null };
  }

  #asked(one, place) {
    const seen = one.time ?? this.judging.row.time, zones = zonesOf(this.explorer);
    const field = make("input", { type: "text", maxlength: 40, "aria-label": `Time of ${one.name}`, value: seen.slice(0, 19).replace("T", " ") });
    const zone = make("select", { "aria-label": "Zone" }, ...zones.map((name) => make("option", { value: name, textContent: name })));
    const form = make("form", { className: "pmx-judge", on: {
      submit: (event) => {
        event.preventDefault();
        this.#sure(one, place, () => this.#send(one, [], { when: field.value.trim(), zone: zone.value }));
      },
      keydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); place.replaceChildren(); } },
    } }, field, zone, make("button", { type: "submit", textContent: "Set" }), press("Cancel", "Change nothing", () => place.replaceChildren()));
    place.replaceChildren(form);
    field.focus();
  }

  // ---- saving

  /** `stated` is the time for incident.toml; null takes it out, undefined leaves the file alone. */
  #send(one, all, stated) {
    this.explorer.saver.send(this.#edit(one.name, all, stated, one.base, one.said.stated));
  }

  #edit(name, all, stated, base, before) {
    const { explorer, judging } = this;
    const edit = {
      op: "milestones.save", base, about: `milestone ${name}`, what: `the milestone ${name}`,
      body: { name, said: all.map(({ event, verb, value, base: seen }) => ({ event, verb, value, base: seen })), ...(stated !== undefined && { stated }) },
      say: (words, bad) => this.say(words, bad),
      saved: (answer) => {
        this.places.get(name)?.replaceChildren();
        judging.applied(answer, edit.body.said);
      },
      rebase: (event, from, to) => rebasing(edit.body.said)(event, from, to),
      conflict: ({ state }) => {
        for (const one of edit.body.said) if (one.event === state.event) one.base = state.base;
        if (state.event) edit.base = base; // of the event, not of the milestone
        this.#ask();
      },
      inverse: ({ state, states }) => this.#edit(name, all.map(({ event, verb, value, before: was }) =>
        ({ event, verb, value: was, base: states[event].base, before: value })),
      stated === undefined ? undefined : before ? { when: before } : null, state.base, stated?.when ? stated.when : null),
    };
    return edit;
  }
}
