// The strip of tabs below the lanes: the events, and each desk at which people write.

const DESKS = new Map(); // in the order of the scripts; each is { title, beside } and made with (explorer, told)

class Desks {
  constructor(explorer) {
    this.explorer = explorer;
    this.tabs = [this.#tab("events", "Events")];
    for (const [name, Kind] of DESKS) {
      const told = explorer.setup.desks?.[name];
      if (told) this.tabs.push(this.#tab(name, Kind.title, () => new Kind(explorer, told), Kind.beside));
    }
    this.tabs.forEach((tab, at) => (tab.button.title = `${tab.title} (${at + 1})`));
    this.strip = make("div", { className: "pmx-tabs", role: "tablist", "aria-label": "Desks", hidden: this.tabs.length > 1 ? null : "",
      on: { keydown: (event) => this.#moved(event) } }, ...this.tabs.map((tab) => tab.button));
    this.place = make("div", { className: "pmx-desk", hidden: "" });
    this.acts = Object.fromEntries(this.tabs.map((tab, at) => [at + 1, () => this.open(tab.name)]));
    this.name = "events";
  }

  #tab(name, title, build = null, beside = true) {
    const button = make("button", { type: "button", role: "tab", textContent: title, "aria-selected": name === "events",
      tabindex: name === "events" ? "0" : "-1", on: { click: () => this.open(name) } });
    button.dataset.desk = name;
    return { name, title, button, root: null, build, beside, desk: null };
  }

  /** The desk by its name, made when it is first wanted; null where this explorer has none of that name. */
  desk(name) {
    const tab = this.tabs.find((one) => one.name === name);
    if (!tab?.build) return null;
    if (!tab.desk) {
      tab.desk = tab.build();
      tab.root = make("div", { role: "tabpanel", "aria-label": tab.title, className: `pmx-desk-${name}`, hidden: "" }, tab.desk.root);
      this.place.append(tab.root);
    }
    return tab.desk;
  }

  /** Whether there is a desk of this name. */
  has(name) { return this.tabs.some((one) => one.name === name && one.build); }

  /** Shows a desk; the events' table stays on the left of one that is `beside`. */
  open(name, { focus = true } = {}) {
    const tab = this.tabs.find((one) => one.name === name);
    if (!tab) return null;
    const desk = this.desk(name), before = this.tabs.find((one) => one.name === this.name);
    if (before.desk && before !== tab) before.desk.closed?.();
    this.name = name;
    for (const each of this.tabs) {
      each.button.setAttribute("aria-selected", each === tab);
      each.button.tabIndex = each === tab ? 0 : -1;
      if (each.desk) each.root.hidden = each !== tab;
    }
    this.place.hidden = !desk;
    const below = this.explorer.below;
    below.classList.toggle("pmx-beside", Boolean(desk && tab.beside));
    below.classList.toggle("pmx-whole", Boolean(desk && !tab.beside));
    if (focus) tab.button.focus({ preventScroll: true });
    this.explorer.table.draw(); // it has another height now
    desk?.opened?.();
    return desk;
  }

  /** Something was saved, here or at another desk: the one that is seen asks again. */
  followed() { this.tabs.find((one) => one.name === this.name).desk?.followed?.(); }

  close() { for (const tab of this.tabs) tab.desk?.closed?.(); }

  #moved(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], at = this.tabs.findIndex((tab) => tab.button === event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.open(this.tabs.at((at + step) % this.tabs.length).name);
  }
}
