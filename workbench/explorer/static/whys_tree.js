// The three questions as trees: what is seen of them, and how one moves through them, by keys and by dragging.

const EVENT_DRAG = "application/x-pmx-event", FACTOR_DRAG = "application/x-pmx-factor";
const MARKS = { error: "▲", warning: "△", note: "○" };

class WhysTree {
  constructor(desk) {
    this.desk = desk;
    this.name = Math.random().toString(36).slice(2);
    this.number = 0;
    this.nodes = new Map();
    this.items = new Map();
    this.dragged = null;
    this.root = make("div", { className: "pmx-why-trees", on: {
      keydown: (event) => this.#key(event), click: (event) => this.#click(event), focusin: (event) => this.#focused(event),
      dragstart: (event) => this.#lifted(event), dragend: () => { this.dragged = null; this.#mark(null); },
      dragover: (event) => this.#over(event), dragleave: (event) => { if (!this.root.contains(event.relatedTarget)) this.#mark(null); },
      drop: (event) => this.#dropped(event),
    } });
  }

  // ---- drawing

  draw() {
    const { desk } = this, seen = new Set();
    this.nodes.clear();
    this.items = new Map();
    this.orders = new Map(desk.told.questions.map(({ explains }) =>
      [explains, nodesOf(desk.factors, explains, (key, open) => desk.turned.get(key) ?? open, seen)]));
    for (const nodes of this.orders.values()) for (const node of nodes) this.nodes.set(node.key, node);
    this.root.replaceChildren(...desk.told.questions.map((question) => this.#question(question)));
  }

  #question({ explains, name }) {
    const { desk } = this, nodes = this.orders.get(explains), id = `${this.name}-${explains}`, key = `root ${explains}`;
    if (!nodes.some((node) => node.key === desk.at[explains])) desk.at[explains] = nodes[0]?.key;
    const writing = desk.writing?.key === key;
    const begin = (words) => desk.part(key, "begin", make("button", { type: "button", textContent: words, "aria-label": `${words} ${name}`,
      on: { click: () => desk.writeRoot(explains) } }));
    return make("section", { className: "pmx-why-question", "aria-labelledby": id },
      make("h4", { id, textContent: name }),
      nodes.length ? make("ul", { role: "tree", "aria-labelledby": id }, ...nodes.filter((node) => node.level === 1).map((node) => this.#item(node)))
        : writing ? "" : make("p", { className: "pmx-quiet" }, `Nobody has asked yet ${name[0].toLowerCase()}${name.slice(1)}. `, begin("First step…")),
      writing ? desk.field.draw() : nodes.length ? make("p", { className: "pmx-why-more" }, begin("Another first step…")) : "");
  }

  #item(node) {
    const { desk } = this, { key, factor } = node, id = `${this.name}-${++this.number}`;
    const mode = desk.writing?.key === key ? desk.writing.mode : "", open = desk.open === key;
    const found = desk.findings.get(node.id) ?? [];
    const label = make("span", { className: "pmx-why-text", id, textContent: factor.text });
    const meta = make("span", { className: "pmx-why-meta", id: `${id}-meta`, textContent: this.#meta(node) });
    const row = make("div", { className: "pmx-factor", draggable: mode ? null : "true" },
      make("span", { className: "pmx-twist", "aria-hidden": "true", textContent: node.causes.length ? (node.open ? "▾" : "▸") : "" }),
      mode === "text" ? desk.field.draw() : make("div", { className: "pmx-why-body" }, label, meta),
      mode || open ? "" : make("button", { type: "button", className: "pmx-why-ask", tabindex: "-1", textContent: "Why?", title: "Add a cause below (Enter)",
        "aria-label": `Why? Add a cause of: ${factor.text}`, on: { click: () => desk.write("add", node) } }));
    const item = make("li", { role: "treeitem", "aria-level": node.level, "aria-selected": String(open), tabindex: desk.at[node.explains] === key ? "0" : "-1",
      "aria-expanded": node.causes.length ? String(node.open) : null, "aria-describedby": [`${id}-meta`, found.length ? `${id}-found` : ""].join(" ").trim(),
      ...(mode === "text" ? { "aria-label": factor.text } : { "aria-labelledby": id }) },
    row, found.length ? this.#findings(found, `${id}-found`) : "", open ? new WhysCard(desk, node).draw() : "",
    mode === "add" ? desk.field.draw() : "",
    node.open ? make("ul", { role: "group", className: node.level > 8 ? "pmx-deep" : "" }, ...node.children.map((each) => this.#item(each))) : "");
    item.dataset.node = key;
    item.dataset.kind = factor.kind;
    this.items.set(key, item);
    return item;
  }

  #meta(node) {
    const { desk } = this, { factor } = node, risk = factor.accepted_risk;
    const above = desk.factors.parents(node.id).filter((each) => each !== node.parent).map((each) => `“${shortly(desk.factors.get(each).text)}”`);
    return [desk.kinds.get(factor.kind), factor.evidence.length ? `${plural(factor.evidence.length, "piece")} of evidence` : "no evidence yet",
      factor.actions.length ? factor.actions.join(", ") : "", risk ? `risk accepted by ${risk.by}` : "", above.length ? `also under ${above.join(", ")}` : "",
      node.circle ? "stands above already: a circle" : "", node.again && !node.circle && node.causes.length && !node.open ? "its causes are shown there" : "",
    ].filter(Boolean).join(" · ");
  }

  #findings(found, id) {
    return make("ul", { className: "pmx-why-found", id, "aria-label": "Checks" }, ...found.map((one) => findingLine(one)));
  }

  // ---- moving through it

  #node(event) { return this.nodes.get(event.target.closest("[role=treeitem]")?.dataset.node); }

  #focused(event) {
    const node = this.#node(event);
    if (!node) return;
    const before = this.items.get(this.desk.at[node.explains]);
    if (before) before.tabIndex = -1;
    this.desk.at[node.explains] = node.key;
    this.items.get(node.key).tabIndex = 0;
  }

  #click(event) {
    const row = event.target.closest(".pmx-factor"), node = this.#node(event);
    if (!row || !node || event.target.closest("button, form")) return;
    if (event.target.closest(".pmx-twist") && node.causes.length) this.desk.turn(node, !node.open);
    else if (event.detail === 2) this.desk.write("text", node);
    else this.desk.show(node.key, this.desk.open !== node.key);
  }

  #key(event) {
    const node = this.#node(event);
    if (!node || !event.target.matches("[role=treeitem]") || event.ctrlKey || event.metaKey) return;
    const { desk } = this, act = event.altKey ? this.#alt(node, event.key) : {
      ArrowDown: () => this.#step(node, 1), ArrowUp: () => this.#step(node, -1), Home: () => this.#step(node, -Infinity), End: () => this.#step(node, Infinity),
      ArrowRight: () => (node.causes.length && !node.open ? desk.turn(node, true) : node.open && this.#step(node, 1)),
      ArrowLeft: () => (node.open ? desk.turn(node, false) : this.focus(node.up)),
      "*": () => desk.turnAll(this.orders.get(node.explains).filter((each) => each.up === node.up)),
      Enter: () => desk.write("add", node), F2: () => desk.write("text", node), Delete: () => desk.remove(node),
      " ": () => desk.show(node.key, desk.open !== node.key), Escape: desk.open === node.key ? () => desk.show(node.key, false) : null,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #alt(node, key) { return key.startsWith("Arrow") ? () => this.desk.moveBy(node, key) : null; }

  #step(node, by) {
    const order = this.orders.get(node.explains);
    this.focus(order[clamp(order.indexOf(node) + by, 0, order.length - 1)].key);
  }

  focus(key) {
    const item = this.items.get(key);
    item?.focus({ preventScroll: true });
    item?.querySelector(":scope > .pmx-why-card")?.scrollIntoView({ block: "nearest" });
    item?.querySelector(".pmx-factor").scrollIntoView({ block: "nearest" });
  }

  // ---- dragging

  #lifted(event) {
    const node = this.#node(event);
    if (!node || !event.target.matches?.(".pmx-factor")) return;
    event.stopPropagation();
    this.dragged = node;
    event.dataTransfer.setData(FACTOR_DRAG, JSON.stringify({ id: node.id }));
    event.dataTransfer.setData("text/plain", node.factor.text);
    event.dataTransfer.effectAllowed = "copyMove";
  }

  /** Where what is dragged would go: onto a factor, or, of a factor, before or after one among its siblings. */
  #aim(event) {
    const node = this.#node(event), types = [...(event.dataTransfer?.types ?? [])];
    if (!node || this.desk.writing) return null;
    if (types.includes(EVENT_DRAG)) return { node, way: "in" };
    if (!types.includes(FACTOR_DRAG) || !this.dragged) return null;
    const box = this.items.get(node.key).querySelector(".pmx-factor").getBoundingClientRect(), at = (event.clientY - box.top) / box.height;
    const way = node.parent && at < 0.25 ? "before" : node.parent && at > 0.75 ? "after" : "in";
    const below = way === "in" ? node.id : node.parent, { factors } = this.desk;
    const same = way !== "in" && below === this.dragged.parent;
    if (factors.below(this.dragged.id).has(below) || (!same && factors.get(below).because_of.includes(this.dragged.id))) return null;
    return { node, way, below };
  }

  #over(event) {
    const aim = this.#aim(event);
    this.#mark(aim);
    if (!aim) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = aim.below ? (event.ctrlKey ? "copy" : "move") : "copy";
  }

  #mark(aim) {
    for (const row of this.root.querySelectorAll("[data-drop]")) delete row.dataset.drop;
    if (aim) this.items.get(aim.node.key).querySelector(".pmx-factor").dataset.drop = aim.way;
  }

  #dropped(event) {
    const aim = this.#aim(event), { desk, dragged } = this;
    this.#mark(null);
    if (!aim) return;
    event.preventDefault();
    event.stopPropagation();
    if (!aim.below) return desk.addEvidence(aim.node, JSON.parse(event.dataTransfer.getData(EVENT_DRAG)));
    const causes = desk.factors.get(aim.below).because_of.filter((each) => event.ctrlKey || each !== dragged.id);
    const place = aim.way === "in" ? null : causes.indexOf(aim.node.id) + (aim.way === "after" ? 1 : 0);
    if (event.ctrlKey) desk.link(dragged.id, aim.below, place);
    else desk.move(dragged, aim.below, place);
    this.dragged = null;
  }
}

/** A finding beside what it concerns: the rule's name, and what to do. */
function findingLine(one) {
  return make("li", { "data-level": one.waived ? "waived" : one.level, title: one.why },
    make("span", { className: "pmx-why-mark", role: "img", "aria-label": one.waived ? "waived" : one.level, textContent: one.waived ? "–" : MARKS[one.level] }),
    make("span", {}, make("strong", { textContent: `${one.code} ${one.title}.` }), ` ${one.say}`));
}
