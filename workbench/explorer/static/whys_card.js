// What belongs to one factor, below its line in the tree: kind, causes, evidence, answers, and what can be done with it.

const SHORT = 70; // signs of a factor in a menu
const shortly = (text) => (text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text);

class WhysCard {
  constructor(desk, node) {
    this.desk = desk;
    this.node = node;
    this.factor = node.factor;
  }

  /** The card; `asking` is what stands there before a deletion. */
  draw() {
    const { desk, node, factor } = this;
    return make("div", { className: "pmx-why-card", role: "group", "aria-label": `The factor: ${factor.text}`, on: {
      keydown: (event) => this.#key(event) } },
    desk.asking?.key === node.key ? this.#asked() : "",
    make("div", { className: "pmx-why-acts" }, this.button("why", "Why?", "Add a cause below (Enter)", () => desk.write("add", node)),
      this.button("edit", "Edit text", "Edit the text (F2)", () => desk.write("text", node)),
      ...this.#moves(), this.button("delete", "Delete…", "Delete (Del)", () => desk.remove(node))),
    make("div", { className: "pmx-why-parts" }, this.#kind(), this.#causes(), this.#evidence(), this.#actions(), this.#risk(), this.#places()));
  }

  /** A button that is found again after the next drawing. */
  button(part, words, name, act, more = {}) {
    const said = !/^\p{L}/u.test(words) || name.startsWith(words) ? name : `${words}${/\p{L}$/u.test(words) ? ":" : ""} ${name}`;
    return this.desk.part(this.node.key, part,
      make("button", { type: "button", textContent: words, title: name, "aria-label": said, on: { click: act }, ...more }));
  }

  select(part, name, options, chosen = "") {
    const made = this.desk.part(this.node.key, part, make("select", { "aria-label": name },
      ...options.map(([value, words]) => make("option", { value, textContent: words }))));
    made.value = chosen;
    return made;
  }

  #line(name, ...content) {
    return make("div", { className: "pmx-why-part", role: "group", "aria-label": name },
      make("span", { className: "pmx-why-name", textContent: name, "aria-hidden": "true" }), make("div", {}, ...content));
  }

  #key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.desk.asking = null;
    this.desk.show(this.node.key, false);
  }

  #set(values, what) { this.desk.set(this.node.id, values, what); }

  // ---- its kind, and of a root the question

  #kind() {
    const { desk, node, factor } = this;
    const kind = this.select("kind", "Kind", desk.told.kinds.map((one) => [one.kind, one.name]), factor.kind);
    kind.addEventListener("change", () => this.#set(() => ({ kind: kind.value }), "kind"));
    const id = make("span", { className: "pmx-quiet" }, " in the file: ", make("code", { textContent: node.id }));
    if (node.level > 1) return this.#line("Kind", kind, id);
    const asked = this.select("explains", "Question that it answers", desk.told.questions.map((one) => [one.explains, one.name]), factor.explains);
    asked.addEventListener("change", () => {
      desk.wanted = { key: node.key, part: "explains" };
      this.#set(() => ({ explains: asked.value }), "question");
    });
    return this.#line("Kind", kind, " answers ", asked, id);
  }

  // ---- what it came from, and what it explains

  #causes() {
    const { desk, node, factor } = this, { factors } = desk;
    const rows = factor.because_of.map((cause) => make("li", {},
      make("span", { className: "pmx-why-words", textContent: factors.get(cause)?.text ?? `“${cause}”, which factors.toml does not have` }),
      this.button(`unlink ${cause}`, "×", `Take off the cause ${factors.get(cause)?.text ?? cause}`, () => desk.unlink(cause, node.id))));
    const above = factors.ancestors(node.id);
    const other = factors.list.filter((one) => one.id !== node.id && !above.has(one.id) && !factor.because_of.includes(one.id));
    const menu = this.select("link menu", "A factor that is there already, as a cause", other.map((one) => [one.id, shortly(one.text)]), other[0]?.id);
    return this.#line("Because of", rows.length ? make("ul", {}, ...rows) : make("p", { className: "pmx-quiet", textContent: "nothing further yet" }),
      other.length ? make("div", { className: "pmx-why-row" }, menu,
        this.button("link", "Link", "Make the chosen factor a cause of this one too", () => desk.link(menu.value, node.id))) : "");
  }

  #places() {
    const { desk, node } = this, { factors } = desk, below = factors.below(node.id);
    const other = factors.list.filter((one) => !below.has(one.id) && one.id !== node.parent && !factors.parents(node.id).includes(one.id));
    if (!other.length) return "";
    const menu = this.select("move menu", "Another factor that it explains", other.map((one) => [one.id, shortly(one.text)]), other[0].id);
    return this.#line("Move", make("div", { className: "pmx-why-row" }, menu,
      this.button("move", "Move there", "Move it below the chosen factor", () => desk.move(node, menu.value)),
      this.button("also", "Also there", "Let it stand below the chosen factor too", () => desk.link(node.id, menu.value))));
  }

  #moves() {
    const { desk, node } = this;
    return [["ArrowUp", "↑", "Move up (Alt+↑)"], ["ArrowDown", "↓", "Move down (Alt+↓)"], ["ArrowLeft", "←", "Move out, beside what it explains (Alt+←)"],
      ["ArrowRight", "→", "Move in, below the factor before it (Alt+→)"]].map(([key, words, name]) =>
      this.button(key, words, name, () => desk.moveBy(node, key, key), { disabled: desk.target(node, key) ? null : "" }));
  }

  // ---- what shows it

  #evidence() {
    const { desk, factor } = this;
    const rows = factor.evidence.map((named) => make("li", {}, this.#proof(named),
      this.button(`drop ${named}`, "×", `Remove the evidence ${named}`, () =>
        this.#set((now) => ({ evidence: now.evidence.filter((one) => one !== named) }), "evidence"))));
    return this.#line("Evidence", rows.length ? make("ul", { className: "pmx-proofs" }, ...rows) : "",
      make("div", { className: "pmx-why-row" }, this.button("evidence", "Add chosen event", "Add the event that is chosen in the table", () => desk.addChosen(this.node)),
        make("span", { className: "pmx-quiet", textContent: "or drag a row of the table onto the factor" })));
  }

  #proof(named) {
    const proof = this.desk.state.evidence[named], place = /^(.+):([1-9]\d*)$/.exec(named);
    const where = proof ? { row: proof.row, time: Date.parse(proof.time) } : place ? { source: place[1], line: Number(place[2]) } : { event: named };
    const said = proof ? `${proof.time.slice(11, 19)} UTC` : "no event begins there";
    const made = this.button(`go ${named}`, "", `Go to ${named}: ${said}${proof ? `, ${proof.message}` : ""}`, () => this.desk.go(where), { className: "pmx-proof" });
    made.append(make("code", { textContent: named }), make("span", { className: "pmx-quiet", textContent: ` ${said} ` }), proof?.message ?? "");
    return made;
  }

  // ---- what answers it

  #actions() {
    const { desk, factor } = this, by = new Map(desk.state.actions.map((one) => [one.id, one]));
    const rows = factor.actions.map((id) => make("li", {}, make("span", { className: "pmx-why-words" }, make("code", { textContent: id }),
      by.has(id) ? ` ${by.get(id).action} ` : " is not in actions.toml ",
      by.has(id) ? make("span", { className: "pmx-quiet", textContent: `(${by.get(id).status.replaceAll("_", " ")})` }) : ""),
    this.button(`undo ${id}`, "×", `Take off the action ${id}`, () => this.#set((now) => ({ actions: now.actions.filter((one) => one !== id) }), "actions"))));
    const other = desk.state.actions.filter((one) => !factor.actions.includes(one.id));
    const menu = this.select("action menu", "Action item that answers it", other.map((one) => [one.id, shortly(`${one.id}: ${one.action}`)]), other[0]?.id);
    return this.#line("Answered by", rows.length ? make("ul", {}, ...rows) : "", other.length ? make("div", { className: "pmx-why-row" }, menu,
      this.button("action", "Add", "Add the chosen action item", () => this.#set((now) => ({ actions: [...now.actions, menu.value] }), "actions")))
      : make("p", { className: "pmx-quiet", textContent: desk.state.actions.length ? "All action items are named." : "actions.toml has no action items yet." }));
  }

  #risk() {
    const { desk, node, factor } = this, risk = factor.accepted_risk;
    if (desk.risk?.id === node.id) return this.#line("Accepted risk", desk.risks.draw(this));
    if (!risk) return this.#line("Accepted risk", this.button("risk", "Accept the risk…", "Say who accepts it, and why", () => desk.risks.begin(node)));
    const day = risk.review_on ? ` To be looked at again on ${risk.review_on}.` : "";
    return this.#line("Accepted risk", make("p", { textContent: `${risk.by}: ${risk.reason}.${day}`.replace("..", ".") }),
      make("div", { className: "pmx-why-row" }, this.button("risk", "Change…", "Change the accepted risk", () => desk.risks.begin(node)),
        this.button("no risk", "Take back", "Take the accepted risk back", () => this.#set(() => ({ accepted_risk: null }), "accepted risk"))));
  }

  // ---- before it goes

  #asked() {
    const { desk, node } = this, { factors } = desk, orphans = factors.orphans(node.id), parents = factors.parents(node.id);
    const named = (ids) => ids.map((id) => `“${shortly(factors.get(id).text)}”`).join(", ");
    const causes = factors.causes(node.id), said = [];
    if (causes.length) said.push(`It has ${plural(causes.length, "cause")} of its own, which ${causes.length > 1 ? "are" : "is"} not lost.`);
    if (orphans.length) said.push(`${named(orphans)} ${orphans.length > 1 ? "become first steps" : "becomes a first step"} of this question.`);
    if (orphans.length && causes.length > orphans.length) said.push(causes.length - orphans.length > 1 ? "The others stand elsewhere too." : "The other one stands elsewhere too.");
    if (parents.length > 1) said.push(`It stands below ${parents.length} factors and goes from all of them.`);
    return make("div", { className: "pmx-why-asked", role: "group", "aria-label": "Delete it?" }, make("p", { textContent: `Delete it? ${said.join(" ")}` }),
      make("div", { className: "pmx-why-row" }, this.button("keep", "Keep it", "Keep it (Esc)", () => desk.keepIt(node)),
        this.button("delete it", "Delete it", "Delete it", () => desk.removeNow(node)),
        parents.length > 1 ? this.button("off", "Only take it off here", "Only take it off here", () => desk.unlink(node.id, node.parent)) : ""));
  }
}
