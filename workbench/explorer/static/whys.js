// The five whys: factors.toml as trees that are edited where they stand. The kernel writes; here is what is seen and typed.

class WhysDesk {
  static title = "Five whys";
  static beside = true;

  constructor(explorer, told) {
    this.explorer = explorer;
    this.told = told;
    this.kinds = new Map(told.kinds.map(({ kind, name }) => [kind, name]));
    this.state = null;
    this.factors = new Factors([]);
    this.findings = new Map();
    this.turned = new Map(); // by node: opened or closed by a person
    this.at = {}; // by question: the node that Tab comes to
    this.open = ""; // the node whose card is seen
    this.writing = this.risk = this.asking = null;
    this.wanted = null; // where the focus goes when the next state is drawn
    this.parts = new Map();
    this.queue = [];
    this.number = 0;
    this.field = new WhyField(this);
    this.risks = new WhyRisk(this);
    this.tree = new WhysTree(this);
    this.#build();
  }

  #build() {
    this.counts = make("span", { className: "pmx-why-counts" });
    this.status = make("output");
    this.wide = make("button", { type: "button", textContent: "Whole width", "aria-pressed": "false", title: "Give the five whys the whole width, or only the half beside the events",
      on: { click: () => this.#widen() } });
    this.notes = make("div", { className: "pmx-why-notes" });
    this.root = make("div", { className: "pmx-whys" },
      make("div", { className: "pmx-why-head" }, this.counts, this.status, this.wide), this.notes, this.tree.root,
      make("p", { className: "pmx-quiet pmx-why-keys", textContent: "Enter asks why, F2 edits, Space opens, Alt and arrows move, Del deletes." }));
    for (const [key, words] of [["Enter  F2", "five whys: ask why, edit"], ["Space  Del", "five whys: open, delete"], ["Alt + arrows", "five whys: move"]]) {
      this.explorer.keys.firstElementChild.append(make("div", {}, make("dt", { textContent: key }), make("dd", { textContent: words })));
    }
  }

  opened() { this.#ask(); }

  closed() { this.#widen(false); }

  /** After every edit; what was saved here has brought the new state itself. */
  followed() {
    if (!this.fresh) this.#ask();
    this.fresh = false;
  }

  /** What is the same is not drawn again: whoever types or drags is not disturbed. */
  #ask() {
    this.explorer.ask("whys", { op: "whys" }, ({ state }) => {
      if (JSON.stringify(state) !== this.drawn) this.#take(state);
      if (this.pointed) this.#lead();
      this.pointed = null;
    });
  }

  /** To the factor that a finding is about, once it is known here. */
  point(lead) {
    this.pointed = lead;
    this.#lead();
  }

  #lead() {
    const { id } = this.pointed;
    if (!this.factors.has(id)) return;
    this.pointed = null;
    const path = this.#pathTo(id), key = pathKey(path);
    path.forEach((_, at) => at && this.turned.set(pathKey(path.slice(0, at)), true));
    this.show(key, true);
  }

  #widen(whole = this.wide.getAttribute("aria-pressed") === "false") {
    this.wide.setAttribute("aria-pressed", String(whole));
    this.explorer.below.classList.toggle("pmx-whole", whole);
    this.explorer.below.classList.toggle("pmx-beside", !whole);
  }

  // ---- what is seen

  #take(state) {
    const first = !this.state;
    this.drawn = JSON.stringify(state);
    this.state = state.problem ? null : state;
    this.problem = state.problem ?? "";
    this.factors = new Factors(state.factors ?? []);
    this.findings = new Map();
    for (const one of state.findings ?? []) this.findings.set(one.factor, [...(this.findings.get(one.factor) ?? []), one]);
    if (this.state) this.#orphaned();
    if (this.risk && !this.factors.has(this.risk.id)) this.risk = null;
    this.field.beside();
    if (first && this.state) this.#restore();
    this.draw();
  }

  /** Somebody else deleted the factor that a text was being typed for: the text is shown, for it has no place any more. */
  #orphaned() {
    const { writing } = this;
    if (!writing || writing.mode === "root" || this.factors.has(writing.id)) return;
    this.writing = null;
    this.lost = writing.value;
    this.explorer.saver.dismiss(`whys whys-${writing.mode}-${writing.id}`);
  }

  /** The field follows its factor, wherever that has come to stand. */
  #replaced() {
    const { writing, tree } = this;
    if (!writing?.node) return;
    if (!tree.items.has(writing.key)) {
      const path = this.#pathTo(writing.id);
      writing.key = pathKey(path);
      path.forEach((_, at) => at && this.turned.set(pathKey(path.slice(0, at)), true));
      tree.draw();
    }
    writing.node = tree.nodes.get(writing.key) ?? writing.node;
  }

  draw() {
    const focus = this.wanted ?? this.#focus(), place = this.root.parentElement?.parentElement, top = place?.scrollTop;
    this.wanted = null;
    this.parts.clear();
    this.#head();
    if (this.problem) this.tree.root.replaceChildren();
    else {
      const before = this.writing?.key;
      this.tree.draw();
      this.#replaced();
      if (focus && focus.key === before) focus.key = this.writing.key;
    }
    if (place) place.scrollTop = top;
    if (focus) this.#refocus(focus);
  }

  #head() {
    const { list } = this.factors, open = (this.state?.findings ?? []).filter((one) => !one.waived);
    const errors = open.filter((one) => one.level === "error").length;
    this.counts.textContent = this.problem ? "" : [plural(list.length, "factor"), list.length && !open.length ? "nothing to mend" : "",
      errors ? plural(errors, "error") : "", open.length > errors ? plural(open.length - errors, "warning") : ""].filter(Boolean).join(", ");
    const words = [this.problem && `${this.problem} Nothing can be written here until it is mended.`, this.state?.unchecked && `The checks could not run: ${this.state.unchecked}`];
    const lost = this.lost ? make("p", { className: "pmx-trouble", role: "alert" }, "The factor was deleted by somebody else. What you had typed: ", make("q", { textContent: this.lost }),
      " ", make("button", { type: "button", textContent: "Dismiss", on: { click: () => { this.lost = ""; this.draw(); } } })) : "";
    this.notes.replaceChildren(lost, ...words.filter(Boolean).map((text) => make("p", { className: "pmx-trouble", role: "status", textContent: text })),
      this.problem ? make("button", { type: "button", textContent: "Look again", on: { click: () => this.#ask() } }) : "",
      make("ul", { className: "pmx-why-found" }, ...(this.findings.get("") ?? []).filter((one) => one.code !== "PM401").map((one) => findingLine(one))));
    if (!this.notes.lastChild.hasChildNodes()) this.notes.lastChild.remove();
  }

  /** Remembers an element by what it is for, so that the focus finds it after the next drawing. */
  part(key, name, element) {
    element.dataset.place = key;
    element.dataset.part = name;
    this.parts.set(`${key} ${name}`, element);
    return element;
  }

  #focus() {
    const { activeElement: active } = document;
    if (!this.root.contains(active)) return null;
    const key = active.dataset.place ?? active.closest("[role=treeitem]")?.dataset.node;
    return key ? { key, part: active.dataset.part, from: active.selectionStart, to: active.selectionEnd } : null;
  }

  #refocus({ key, part, from, to }) {
    const element = part && this.parts.get(`${key} ${part}`);
    if (!element || element.disabled) return this.tree.items.has(key) ? this.tree.focus(key) : this.parts.get(`${key} begin`)?.focus({ preventScroll: true });
    element.focus({ preventScroll: true });
    if (from !== undefined && from !== null) element.setSelectionRange?.(from, to);
    (element.closest("form") ?? element).scrollIntoView({ block: "nearest" });
  }

  turn(node, open) {
    this.turned.set(node.key, open);
    this.wanted = { key: node.key };
    this.draw();
  }

  turnAll(nodes) {
    for (const node of nodes) this.turned.set(node.key, true);
    this.draw();
  }

  /** Shows the card of a node, or closes it. */
  show(key, open) {
    this.open = open ? key : "";
    this.asking = null;
    this.wanted = { key };
    this.draw();
  }

  go(where) {
    this.#widen(false);
    this.explorer.goTo(where);
  }

  // ---- a text in its place

  write(mode, node) { this.field.begin(mode, node.id, node); }

  writeRoot(explains) { this.field.begin("root", explains, null); }

  /** Texts that were not saved are in their fields again: one at a time, the first one now. */
  #restore() {
    const { saver } = this.explorer, kept = (mode, id) => saver.kept(`whys-${mode}-${id}`);
    for (const { explains } of this.told.questions) if (kept("root", explains)) return this.#again(() => this.writeRoot(explains));
    for (const { explains } of this.told.questions) {
      for (const node of nodesOf(this.factors, explains, (_, open) => open, new Set())) {
        for (const mode of ["text", "add"]) if (kept(mode, node.id)) return this.#again(() => this.write(mode, node));
        const risk = kept("risk", node.id);
        if (risk) {
          this.open = node.key;
          return this.#again(() => this.risks.begin(node));
        }
      }
    }
  }

  #again(begin) {
    begin();
    this.wanted = null;
    this.say("This text is not saved yet.");
  }

  // ---- edits

  say(words, bad = false) {
    this.status.textContent = words;
    this.status.classList.toggle("pmx-bad", bad);
  }

  /** What the saver says of an edit; the next one goes when the state that this one made is there, or it failed. */
  #heard(words, bad) {
    this.say(words, bad);
    this.flying = !bad;
    if (bad) this.#next();
  }

  /** Does something once the edits before it are on disk: it finds what they made. */
  after(act) {
    this.queue.push(act);
    this.#next();
  }

  /** Sends an edit in its turn; `make` gives its body then, or null where there is nothing left to do. */
  edit(make, what, more = {}) {
    this.after(() => {
      const body = make();
      if (!body) return;
      this.flying = true;
      this.explorer.saver.send({ op: "whys.save", body, base: { ...this.state.base }, about: `whys ${++this.number}`, what,
        say: (words, bad) => this.#heard(words, bad), ...more,
        saved: (answer) => this.#saved(answer, more.done),
        conflict: (answer) => { more.conflict?.(answer); this.#take(answer.state); },
        inverse: (answer) => this.#inverse(answer, what) });
    });
  }

  #next() { while (!this.flying && this.queue.length) this.queue.shift()(); }

  #inverse(answer, what) {
    return { op: "whys.save", body: answer.undo, base: answer.state.base, about: `whys ${++this.number}`, what, say: (words, bad) => this.#heard(words, bad),
      saved: (next) => this.#saved(next), conflict: (next) => this.#take(next.state), inverse: (next) => this.#inverse(next, what) };
  }

  #saved(answer, done = null) {
    this.fresh = this.explorer.desks.name === "whys";
    const changed = Object.keys(answer.undo.rows);
    for (const one of [this.writing, this.risk]) { // what is ours is no surprise to what is still typed
      if (one) for (const id of changed) one.base[id] = answer.state.base[id] ?? "";
    }
    done?.(answer);
    this.#take(answer.state);
    this.flying = false;
    this.#next();
  }

  /** Changes keys of one factor: `values` is asked what they are when it is their turn. */
  set(id, values, what, more = {}) {
    this.edit(() => {
      const now = this.factors.get(id), made = now && values(now);
      return made && { do: "set", factor: id, values: made };
    }, `${what} of ${this.named(id)}`, more);
  }

  named(id) { return `“${shortly(this.factors.get(id)?.text ?? id)}”`; }

  link(factor, below, place = null) {
    this.edit(() => ({ do: "link", factor, below, place }), `${this.named(factor)} as a cause of ${this.named(below)}`);
  }

  unlink(factor, below) { this.edit(() => ({ do: "unlink", factor, below }), `taking ${this.named(factor)} off ${this.named(below)}`, { done: () => { this.asking = null; } }); }

  move(node, below, place = null, part = "") {
    const above = below ? this.#pathTo(below) : [];
    const key = pathKey([...above, node.id]), open = this.open === node.key;
    this.edit(() => ({ do: "move", factor: node.id, from: node.parent, below, place }), `moving ${this.named(node.id)}`, { done: () => {
      if (open) this.open = key;
      if (above.length) this.turned.set(pathKey(above), true);
      this.wanted = { key, part };
    } });
  }

  /** A way from a root down to a factor, as it is seen. */
  #pathTo(id) {
    for (const node of this.tree.nodes.values()) if (node.id === id && !node.circle) return node.path;
    const [parent] = this.factors.parents(id);
    return parent ? [...this.#pathTo(parent), id] : [id];
  }

  /** Where a key moves a node to: among its siblings, out beside what it explains, or in below the one before it. */
  target(node, key) {
    const siblings = node.parent ? this.factors.causes(node.parent) : this.factors.roots(node.explains), at = siblings.indexOf(node.id);
    const before = siblings[at - 1];
    if (key === "ArrowRight") return before && !this.factors.below(node.id).has(before) && !this.factors.causes(before).includes(node.id) ? { below: before } : null;
    if (!node.parent) return null;
    if (key === "ArrowUp") return at > 0 ? { below: node.parent, place: at - 1 } : null;
    if (key === "ArrowDown") return at < siblings.length - 1 ? { below: node.parent, place: at + 1 } : null;
    const grand = node.path.at(-3);
    if (grand === undefined) return { below: "" };
    const causes = this.factors.causes(grand);
    return causes.includes(node.id) ? null : { below: grand, place: causes.indexOf(node.parent) + 1 };
  }

  /** Each press goes on from where the one before it has led. */
  moveBy(node, key, part = "") {
    this.after(() => this.#moveBy(this.tree.nodes.get(this.at[node.explains]) ?? node, key, part));
  }

  #moveBy(node, key, part) {
    const target = this.target(node, key);
    if (!target) {
      const why = node.parent ? "It cannot go further that way." : "First steps stand in the order of factors.toml.";
      this.say(why);
      return this.explorer.tell(why);
    }
    this.move(node, target.below, target.place ?? null, part);
  }

  // ---- deleting

  /** Asks first where there is more to say than that it goes. */
  remove(node) {
    if (!this.factors.causes(node.id).length && this.factors.parents(node.id).length < 2) return this.removeNow(node);
    this.open = node.key;
    this.asking = { key: node.key };
    this.wanted = { key: node.key, part: "keep" };
    this.draw();
  }

  removeNow(node) {
    const siblings = this.tree.orders.get(node.explains).filter((each) => each.up === node.up), at = siblings.indexOf(node);
    const next = (siblings[at + 1] ?? siblings[at - 1])?.key ?? (node.up || `root ${node.explains}`);
    this.edit(() => ({ do: "delete", factor: node.id }), `deleting ${this.named(node.id)}`, { done: () => {
      this.asking = null;
      this.open = "";
      this.wanted = { key: next, part: next.startsWith("root ") ? "begin" : "" };
      this.explorer.tell("Deleted. Undo brings it back.");
    } });
  }

  keepIt(node) {
    this.asking = null;
    this.wanted = { key: node.key };
    this.draw();
  }

  // ---- evidence

  addChosen(node) {
    const row = this.explorer.chosenRow();
    if (row) return this.addEvidence(node, row);
    this.say("Choose an event in the table first.");
  }

  addEvidence(node, row) {
    const named = row.line ? `${row.source}:${row.line}` : row.id, { evidence } = this.factors.get(node.id);
    if (!named) return this.say("This event has no id and no line, so nothing can name it.");
    if (evidence.includes(named)) return this.say("This event is evidence of it already.");
    this.open = node.key;
    this.set(node.id, (now) => (now.evidence.includes(named) ? null : { evidence: [...now.evidence, named] }), "evidence");
  }
}

DESKS.set("whys", WhysDesk);
