// The one text of the five whys that is being typed: a cause, a first step, or other words for a factor.

const DRAFT = 400; // ms of rest before what is being typed is checked

class WhyField {
  constructor(desk) { this.desk = desk; }

  get writing() { return this.desk.writing; }

  begin(mode, id, node) {
    const { desk } = this, { saver } = desk.explorer, key = node?.key ?? `root ${id}`;
    if (this.writing && !(this.writing.mode === mode && this.writing.key === key)) this.#left();
    const kept = saver.kept(`whys-${mode}-${id}`), factor = mode === "text" ? node.factor : null;
    const offer = mode === "root" && !desk.factors.roots(id).length ? desk.state.offers[id] ?? "" : "";
    desk.writing = { mode, id, key, node, value: kept?.value ?? factor?.text ?? offer, kind: kept?.kind ?? (mode === "root" ? "impact" : "condition"),
      base: kept?.base ?? { ...desk.state.base }, findings: [], was: kept?.was ?? factor?.text, theirs: "" };
    this.beside();
    if (mode === "add") {
      desk.turned.set(key, true);
      desk.open = "";
    }
    desk.wanted = { key, part: "field", from: desk.writing.value.length, to: desk.writing.value.length };
    desk.draw();
    if (kept) this.#check();
  }

  draw() {
    const { desk, writing } = this, { mode, key } = writing;
    const names = { add: "Because …", root: "The first step: what is to be explained?", text: "The factor in other words" };
    const field = desk.part(key, "field", make("textarea", { rows: 2, maxlength: desk.told.longest, value: writing.value, on: {
      input: () => { writing.value = field.value; this.#typed(); } } }));
    const kind = mode === "text" ? "" : desk.part(key, "kind of new", make("select", { "aria-label": "Kind", on: { change: () => { writing.kind = kind.value; this.#typed(); } } },
      ...desk.told.kinds.map((one) => make("option", { value: one.kind, textContent: one.name }))));
    if (kind) kind.value = writing.kind;
    this.place = make("ul", { className: "pmx-why-found", "aria-label": "Checks of this text", "aria-live": "polite" }, ...writing.findings.map((one) => findingLine(one)));
    const asks = this.#asks();
    return make("form", { className: "pmx-why-field", "aria-label": names[mode], on: {
      submit: (event) => { event.preventDefault(); this.submit(); }, keydown: (event) => this.#key(event) } },
    asks.length ? make("ul", { className: "pmx-why-asks", "aria-label": "Questions that help" }, ...asks.map((ask) => make("li", { textContent: ask }))) : "",
    make("label", {}, make("span", { textContent: names[mode] }), field),
    writing.theirs ? make("p", { className: "pmx-trouble" }, "On disk it now says: ", make("q", { textContent: writing.theirs })) : "", this.place,
    make("div", { className: "pmx-why-row" }, kind, desk.part(key, "save", make("button", { type: "submit", textContent: "Save", title: "Save (Enter)" })),
      desk.part(key, "cancel", make("button", { type: "button", textContent: "Cancel", title: "Cancel (Esc)", on: { click: () => this.leave() } }))));
  }

  /** The questions that fit: of the kind above the field and the tree's question, before those of the kind alone. */
  #asks() {
    const { mode, id, node } = this.writing, { hows } = this.desk.told;
    const kind = mode === "root" ? "" : mode === "add" ? node.factor.kind : null, explains = mode === "root" ? id : node.explains;
    const fit = hows.filter((one) => one.kind === kind && (one.explains === explains || !one.explains));
    return (fit.find((one) => one.explains) ?? fit[0] ?? { ask: [] }).ask;
  }

  /** What others made of the text that is being typed anew stands beside it. */
  beside() {
    const { writing } = this, now = writing?.mode === "text" && this.desk.factors.get(writing.id)?.text;
    if (writing) writing.theirs = now && now !== writing.was && now !== writing.value.trim() ? now : "";
  }

  #key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.leave();
    } else if (event.key === "Enter" && event.target.matches("textarea") && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      this.submit();
    }
  }

  get #store() { return `whys-${this.writing.mode}-${this.writing.id}`; }

  #typed() {
    const { value, kind, base, was } = this.writing;
    this.desk.explorer.saver.keep(this.#store, { value, kind, base, was });
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.#check(), DRAFT);
  }

  /** The text is checked by the kernel while it is typed; nothing is written. */
  #check() {
    const { writing } = this, value = writing?.value.trim();
    if (!value) return;
    this.desk.explorer.ask("whys.try", { op: "whys.try", ...this.#body() }, ({ findings }) => {
      if (this.writing !== writing || writing.value.trim() !== value) return;
      writing.findings = findings;
      this.place.replaceChildren(...findings.map((one) => findingLine(one)));
    });
  }

  #body() {
    const { mode, id, value, kind } = this.writing, text = value.trim();
    return { add: { do: "add", text, kind, below: id }, root: { do: "add", text, kind, explains: id }, text: { do: "set", factor: id, values: { text } } }[mode];
  }

  submit() {
    const { desk, writing } = this, { mode, id, key, node, value } = writing, text = value.trim();
    clearTimeout(this.resting);
    if (!text) return desk.say("Write a text first, or press Esc.", true);
    if (mode === "text" && text === node.factor.text && !writing.theirs) return this.leave();
    const what = { add: `a cause of ${desk.named(id)}`, root: "the first step", text: `the text of ${desk.named(id)}` }[mode];
    const body = this.#body(), told = JSON.stringify(body);
    if (writing.sent?.told !== told) writing.sent = { told, id: hex() }; // sent again it keeps its id: a slow kernel writes it once
    desk.edit(() => body, what, {
      base: writing.base, about: `whys ${this.#store}`, text, store: this.#store, id: writing.sent.id,
      done: ({ made }) => {
        if (this.writing !== writing) return;
        desk.writing = null;
        desk.wanted = { key: mode === "text" ? key : pathKey([...(node?.path ?? []), made]), part: "" };
      },
      conflict: ({ state }) => Object.assign(writing, { base: { ...state.base }, sent: null }),
      again: () => (this.writing === writing ? this.submit() : desk.say("That field is closed: open it again, the text is in it.")),
    });
  }

  /** The field is closed and its text forgotten. */
  leave() {
    const { desk, writing } = this;
    clearTimeout(this.resting);
    desk.explorer.saver.forget(this.#store);
    desk.explorer.saver.dismiss(`whys ${this.#store}`);
    desk.writing = null;
    desk.wanted = { key: writing.key, part: writing.mode === "root" ? "begin" : "" };
    desk.draw();
  }

  /** Another field is opened: what was typed in this one is kept, and there again when it is opened once more. */
  #left() {
    clearTimeout(this.resting);
    this.desk.writing = null;
  }
}

/** The risk that somebody accepts of a factor, as it is being written. */
class WhyRisk {
  constructor(desk) { this.desk = desk; }

  get #store() { return `whys-risk-${this.desk.risk.id}`; }

  begin(node) {
    const { desk } = this, kept = desk.explorer.saver.kept(`whys-risk-${node.id}`), now = node.factor.accepted_risk ?? { by: "", reason: "", review_on: "" };
    desk.risk = { id: node.id, values: { ...now }, base: { ...desk.state.base }, was: now.reason, ...kept };
    desk.wanted = { key: node.key, part: "risk by" };
    desk.draw();
  }

  draw(card) {
    const { desk } = this, { node } = card, { values, was } = desk.risk, now = node.factor.accepted_risk;
    const field = (part, name, tag, more = {}) => {
      const made = desk.part(node.key, `risk ${part}`, make(tag, { value: values[part], ...more, on: { input: () => this.#typed(part, made.value) } }));
      return make("label", {}, make("span", { textContent: name }), made);
    };
    const theirs = now && now.reason !== was && now.reason !== values.reason.trim();
    return make("form", { className: "pmx-why-risk", "aria-label": "The accepted risk", on: {
      submit: (event) => { event.preventDefault(); this.#save(node); },
      keydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.#leave(node); } },
    } }, field("by", "Who accepts it", "input", { type: "text", maxlength: 200 }), field("reason", "Why", "textarea", { rows: 2, maxlength: 1800 }),
    field("review_on", "Look again on (may be left empty)", "input", { type: "date" }),
    theirs ? make("p", { className: "pmx-trouble" }, "On disk it now says: ", make("q", { textContent: `${now.by}: ${now.reason}` })) : "",
    make("div", { className: "pmx-why-row" }, desk.part(node.key, "risk save", make("button", { type: "submit", textContent: "Save" })),
      card.button("risk cancel", "Cancel", "Cancel (Esc)", () => this.#leave(node))));
  }

  #typed(part, value) {
    this.desk.risk.values[part] = value;
    this.desk.explorer.saver.keep(this.#store, this.desk.risk);
  }

  #leave(node) {
    const { desk } = this;
    desk.explorer.saver.forget(this.#store);
    desk.explorer.saver.dismiss(this.#store);
    desk.risk = null;
    desk.wanted = { key: node.key, part: "risk" };
    desk.draw();
  }

  #save(node) {
    const { desk } = this, { risk } = desk, values = { ...risk.values };
    if (!values.by.trim() || !values.reason.trim()) return desk.say("Say who accepts the risk, and why.", true);
    desk.set(node.id, () => ({ accepted_risk: values }), "accepted risk", {
      base: risk.base, about: this.#store, text: values.reason, store: this.#store,
      done: () => { if (desk.risk === risk) { desk.risk = null; desk.wanted = { key: node.key, part: "risk" }; } },
      conflict: (answer) => { risk.base = { ...answer.state.base }; },
      again: () => (desk.risk === risk ? this.#save(node) : desk.say("That field is closed: open it again, the text is in it.")),
    });
  }
}
