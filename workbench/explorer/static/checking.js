// What the linter still finds: a line that is always seen, and the list that leads to each place.

const STILL_CHECKING = 300; // ms until the kernel is asked again whether it is done
const LEVELS = [["error", "errors"], ["warning", "warnings"], ["note", "notes"]];

class Checking {
  constructor(explorer) {
    this.explorer = explorer;
    this.told = null;
    this.heard = new Set(); // who is told of new findings
    this.line = make("button", { type: "button", className: "pmx-check", "aria-expanded": "false", textContent: "Checking …",
      title: "What workbench check finds", on: { click: () => this.#toggle() } });
    this.list = make("div");
    this.panel = make("section", { className: "pmx-findings", "aria-label": "What workbench check finds", hidden: "",
      on: { keydown: (event) => this.#key(event) } }, this.list);
    explorer.tools.append(this.line);
    explorer.tools.after(this.panel);
    this.look();
  }

  close() { clearTimeout(this.timer); }

  /** Asks what is found now; while the kernel is at it, again and again. */
  look() {
    clearTimeout(this.timer);
    this.explorer.ask("check", { op: "check" }, (answer) => {
      this.#taken(answer);
      if (answer.running) this.timer = setTimeout(() => this.look(), STILL_CHECKING);
    });
  }

  #taken(answer) {
    this.line.classList.toggle("pmx-running", answer.running);
    this.explorer.root.dataset.checked = answer.running ? "no" : "yes";
    if (answer.number && answer.number !== this.told?.number) this.#new(answer);
    if (answer.running || !this.fresh) return; // while it is at it, what is there is of files that have changed since
    this.fresh = false;
    for (const hear of this.heard) hear();
  }

  #new(answer) {
    const before = this.told;
    this.told = { ...answer };
    this.fresh = true;
    this.#draw();
    if (before && this.line.textContent !== before.words) this.explorer.tell(`Check: ${this.line.textContent}`);
    this.told.words = this.line.textContent;
  }

  /** The findings of one section of the narrative. */
  ofSection(key) {
    return this.told?.findings.filter((one) => one.lead.desk === "narrative" && one.lead.section === key) ?? [];
  }

  // ---- what is seen

  #draw() {
    const { counts, due, problem, findings, waived } = this.told;
    const parts = LEVELS.filter(([level]) => counts[level]).map(([level, many]) =>
      make("span", { "data-level": level, textContent: counts[level] === 1 ? `1 ${level}` : `${count(counts[level])} ${many}` }));
    const words = problem ? [make("span", { "data-level": "error", textContent: "The check does not work" })]
      : parts.length ? parts.flatMap((part, at) => (at ? [", ", part] : [part])) : ["Nothing to mend"];
    this.line.replaceChildren(...words, due === null || problem ? "" : ` · ${dueIn(due)}`);
    const files = Map.groupBy ? Map.groupBy(findings, (one) => one.file) : grouped(findings);
    this.list.replaceChildren(
      problem ? make("p", { className: "pmx-trouble", textContent: problem }) : "",
      ...[...files].flatMap(([file, found]) => [make("h4", { textContent: file }),
        make("ul", {}, ...found.map((one) => findingItem(one, this.told.rules[one.code], this.#leads(one) ? () => this.lead(one) : null)))]),
      findings.length || problem ? "" : make("p", { textContent: "Nothing to mend." }),
      waived ? make("p", { className: "pmx-quiet", textContent: `${plural(waived, "finding")} waived by people.` }) : "");
  }

  #leads({ lead }) { return Boolean(lead.event) || this.explorer.desks.has(lead.desk); }

  /** To the desk where it is mended, else to the event that it is about. */
  lead({ lead, file, line }) {
    const { desks } = this.explorer;
    if (desks.has(lead.desk)) {
      this.#shut();
      const desk = desks.open(lead.desk);
      return desk.point?.(lead);
    }
    if (lead.event) return this.explorer.goTo(lead.event, true);
    this.explorer.tell(line ? `${file}, line ${line}` : file);
  }

  #toggle() {
    if (!this.panel.hidden) return this.#shut();
    this.panel.hidden = false;
    this.line.setAttribute("aria-expanded", "true");
    this.panel.querySelector("button")?.focus({ preventScroll: true });
  }

  #shut() {
    this.panel.hidden = true;
    this.line.setAttribute("aria-expanded", "false");
  }

  #key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.#shut();
    this.line.focus({ preventScroll: true });
  }
}

/** By file, in their order. */
function grouped(findings) {
  const files = new Map();
  for (const one of findings) files.set(one.file, [...(files.get(one.file) ?? []), one]);
  return files;
}

/** How long it is until the post-mortem is to be held. */
function dueIn(due, now = Date.now()) {
  const left = due - now, hours = Math.abs(left) / HOUR;
  const words = hours < 1 ? `${Math.ceil(Math.abs(left) / MINUTE)} min` : `${Math.floor(hours)} h`;
  if (left >= 0) return `post-mortem due in ${words}`;
  return hours < 72 ? `post-mortem overdue by ${words}` : `post-mortem was due ${day(due, "", true)}`;
}

/** One finding: its level, its sentence (which leads to its place, where there is one), and on demand why it is one. */
function findingItem(finding, rule, act) {
  const why = make("div", { className: "pmx-why", hidden: "" }, make("strong", { textContent: rule?.title ?? "" }),
    make("p", { textContent: rule?.why ?? "" }), make("p", { textContent: rule ? `To mend it: ${rule.mend}` : "" }));
  const asked = make("button", { type: "button", className: "pmx-plain", "aria-expanded": "false", textContent: "why",
    "aria-label": `Why ${finding.code}`, title: finding.code, on: { click: () => {
      why.hidden = !why.hidden;
      asked.setAttribute("aria-expanded", String(!why.hidden));
    } } });
  const said = act ? make("button", { type: "button", className: "pmx-plain pmx-lead", textContent: finding.message, on: { click: act } })
    : make("span", { className: "pmx-lead", textContent: finding.line ? `${finding.message} (line ${finding.line})` : finding.message });
  return make("li", { "data-level": finding.level, "data-code": finding.code },
    make("span", { className: "pmx-level", textContent: finding.level }), said, rule ? asked : "", why);
}
