// The desk of events that no file holds: told with their witness, corrected, withdrawn. Each stays in the journal.

const TOLD_FORM = "told-form"; // the text that is not saved yet, kept in this browser
const TOLD_FIELDS = ["when", "zone", "unsure", "text", "witness", "kind", "service"];

class ToldDesk {
  static title = "Told events";
  static beside = true;

  constructor(explorer, told) {
    this.explorer = explorer;
    this.setup = told;
    this.event = this.base = null; // of the event that is corrected
    this.all = [];
    this.#build();
    const kept = explorer.saver.kept(TOLD_FORM);
    if (kept) this.#fill(kept);
    else this.clear();
    if (kept) this.say("This text is not saved yet.");
  }

  #build() {
    const { zones, kinds, longest } = this.setup, kept = { on: { input: () => this.#keep(), change: () => this.#keep() } };
    const choices = (values) => values.map((value) => make("option", { value, textContent: value }));
    const label = (words, field) => make("label", {}, make("span", { textContent: words }), field);
    this.fields = {
      when: make("input", { type: "text", maxlength: 40, required: "", placeholder: "2025-11-17 14:20", autocomplete: "off", ...kept }),
      zone: make("select", { "aria-label": "Zone", ...kept }, ...choices(zones)),
      unsure: make("input", { type: "number", min: 0, max: 10080, step: "any", ...kept }),
      text: make("textarea", { rows: 3, maxlength: longest, required: "", placeholder: "The hotline called: customers cannot pay", ...kept }),
      witness: make("input", { type: "text", maxlength: 100, required: "", autocomplete: "off", ...kept }),
      kind: make("select", kept, ...choices(kinds)),
      service: make("input", { type: "text", maxlength: 100, autocomplete: "off", ...kept }),
    };
    const { when, zone, unsure, text, witness, kind, service } = this.fields;
    this.head = make("h3");
    this.save = make("button", { type: "submit" });
    this.cancel = press("Cancel", "Begin another one", () => { this.clear(); this.say(""); });
    this.status = make("output");
    this.late = make("div", { className: "pmx-late" });
    this.form = make("form", { className: "pmx-told-form", on: { submit: (event) => { event.preventDefault(); this.#submit(); } } },
      make("div", {}, label("When", when), zone, label("± minutes", unsure)), label("What happened", text),
      make("div", {}, label("Who saw or heard it", witness), label("What it was", kind), label("Service", service)),
      make("div", { className: "pmx-judge" }, this.save, this.cancel, this.status), this.late);
    this.list = make("ul", { className: "pmx-told-list", "aria-label": "Events that were told" });
    this.root = make("div", { className: "pmx-told" }, this.head, this.form, this.list);
  }

  opened() {
    this.#zoned();
    if (!this.event && !this.fields.when.value) this.fields.when.value = this.#moment();
    this.#ask();
  }

  followed() { this.#ask(); }

  #ask() {
    this.explorer.ask("told", { op: "told" }, ({ told }) => {
      this.all = told;
      this.#drawn();
      this.#corrects();
      if (this.wanted) this.explorer.goTo({ event: this.wanted });
      this.wanted = null;
    });
  }

  /** The zones to choose from: UTC, and the one of the second axis. */
  #zoned() {
    const { zone } = this.fields, before = zone.value;
    zone.replaceChildren(...zonesOf(this.explorer).map((value) => make("option", { value, textContent: value })));
    zone.value = before;
    if (!zone.value) zone.value = "UTC";
  }

  /** The time that is looked at: of the chosen event, else the middle of the view. */
  #moment() {
    const { chosen, view } = this.explorer, ms = chosen?.time ?? (view.start + view.end) / 2;
    return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
  }

  say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
  }

  // ---- the form

  #values() { return Object.fromEntries(TOLD_FIELDS.map((name) => [name, this.fields[name].value])); }

  #keep() { this.explorer.saver.keep(TOLD_FORM, { ...this.#values(), event: this.event, base: this.base, id: this.id }); }

  #fill(values) {
    for (const name of TOLD_FIELDS) this.fields[name].value = values[name] ?? "";
    if (!this.fields.zone.value) this.fields.zone.value = this.setup.zones[0];
    if (!this.fields.kind.value) this.fields.kind.value = this.setup.kinds[0];
    this.event = values.event ?? null;
    this.base = values.base ?? "";
    this.id = values.id ?? hex();
    this.#headed();
  }

  #headed() {
    this.head.textContent = this.event ? "Correct what was told" : "An event that no file holds";
    this.save.textContent = this.event ? "Save the correction" : "Tell it";
  }

  clear() {
    this.#fill({ when: this.#moment(), unsure: "5", witness: this.setup.witness });
    this.explorer.saver.forget(TOLD_FORM);
    this.late.replaceChildren();
  }

  /** Opens an event that was told, to be corrected. */
  correct(event) {
    this.pointed = event;
    this.#ask();
  }

  #corrects() {
    const event = this.pointed, one = this.all.find((each) => each.event === event), value = one?.value ?? one?.was;
    this.pointed = null;
    if (!event) return;
    if (!value) return this.say("Nobody told this event.", true);
    const ms = (name) => Date.parse(value[name] ?? value.time);
    const wide = Math.max(ms("time") - ms("earliest"), ms("latest") - ms("time")) / MINUTE;
    this.#fill({ ...value, when: value.time.slice(0, 19).replace("T", " "), zone: "UTC", unsure: String(wide < 1 ? 0 : Math.round(wide * 10) / 10), event, base: one.base });
    this.say("");
    this.fields.text.focus();
  }

  #submit() {
    const { when, zone, unsure, text, witness, kind, service } = this.#values();
    const value = { when: when.trim(), zone, unsure: 60 * Number(unsure || 0), text: text.trim(), witness: witness.trim(), kind, service: service.trim() };
    const edit = this.#edit(this.event, value, this.base, this.all.find((one) => one.event === this.event)?.value ?? null);
    edit.id = this.id;
    this.#keep();
    this.explorer.saver.send(edit);
  }

  // ---- saving

  /** With no value the event is withdrawn; `before` is what was told until then. */
  #edit(event, value, base, before) {
    const edit = {
      op: "told.save", body: { event, value }, base, about: event ?? "told", store: TOLD_FORM,
      what: value ? "what is told" : "withdrawing what was told", text: value?.text ?? "",
      say: (words, bad) => this.say(words, bad),
      saved: (answer) => {
        const { state } = answer;
        if (value && this.id === edit.id) this.clear();
        this.explorer.judging.applied(answer, [{ event: state.event, base: edit.base }]);
        this.wanted = value ? state.event : null; // it is there once the explorer has followed
        this.#looked();
      },
      conflict: ({ state }) => {
        if (this.id === edit.id) Object.assign(this, { base: state.base, id: edit.id });
      },
      inverse: ({ state }) => this.#edit(state.event, before, state.base, state.told?.value ?? null),
    };
    edit.rebase = (about, from, to) => {
      if (event === about && edit.base === from) edit.base = to;
    };
    if (!value) delete edit.store;
    return edit;
  }

  /** What it changes of a report that was written before. */
  #looked() {
    this.explorer.ask("late", { op: "told.late" }, ({ changed, count: number }) => {
      const more = number > changed.length ? [make("li", { textContent: `and ${count(number - changed.length)} more` })] : [];
      this.late.replaceChildren(...(number ? [make("p", { textContent: `The report was written before this. It changes ${plural(number, "place")} of it:` }),
        make("ul", {}, ...changed.map((words) => make("li", { textContent: words })), ...more)] : []));
    });
  }

  #drawn() {
    const named = (words, title, act) => press(words, title, act, { "aria-label": title }); // one of many such buttons
    this.list.replaceChildren(...this.all.map((one) => {
      const value = one.value ?? one.was, wide = value.earliest !== value.latest;
      const times = wide && value.earliest ? ` (${value.earliest.slice(11, 16)} to ${value.latest.slice(11, 16)})` : "";
      const go = press(`${value.time.slice(0, 16).replace("T", " ")} UTC`, "Go to this event", () => this.explorer.goTo({ event: one.event }, true), { className: "pmx-link", disabled: one.value ? null : "" });
      const acts = one.value
        ? [named("Correct", `Correct what ${value.witness} told`, () => this.correct(one.event)), named("Withdraw", `Withdraw what ${value.witness} told`, () => this.#send(one, null))]
        : [named("Tell again", `Tell again what ${value.witness} told`, () => this.#send(one, one.was))];
      return make("li", { className: one.value ? "" : "pmx-withdrawn" }, make("p", {}, go, `${times} `, make("span", { textContent: value.text }),
        make("span", { className: "pmx-by", textContent: ` told by ${value.witness || "somebody"}${one.value ? "" : ", withdrawn"}` }), saidBy(one)), ...acts);
    }));
  }

  #send(one, value) { this.explorer.saver.send(this.#edit(one.event, value, one.base, one.value)); }
}

DESKS.set("told", ToldDesk);
