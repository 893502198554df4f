// Events that are said to be one: chosen together in the table, merged at a stroke, taken apart again.

class Merging {
  constructor(explorer) {
    this.explorer = explorer;
    this.rows = [];
    this.words = make("span");
    this.stays = make("select", { "aria-label": "The event that stays" });
    this.status = make("output");
    this.root = make("div", { className: "pmx-merging", role: "group", "aria-label": "Events chosen together", hidden: "" }, this.words,
      make("label", {}, "They are one event, and the one that stays is ", this.stays),
      press("Merge", "Merge the events that are chosen (g)", () => this.merge()), press("Clear", "Choose none of them (Esc)", () => explorer.table.picking.drop()));
    this.acts = { g: () => this.merge() };
    explorer.keys.firstElementChild.append(make("div", {}, make("dt", { textContent: "Shift + ↑ ↓" }), make("dd", { textContent: "choose events together; also Shift or Ctrl and a click" })),
      make("div", {}, make("dt", { textContent: "g" }), make("dd", { textContent: "merge them into one" })));
  }

  /** The rows that are chosen together now. */
  picked(rows) {
    const before = this.stays.value;
    this.rows = rows.toSorted((one, other) => one.time.localeCompare(other.time));
    this.root.hidden = rows.length < 2;
    this.words.textContent = `${plural(rows.length, "event")} chosen.`;
    this.stays.replaceChildren(...this.rows.map((row) =>
      make("option", { value: row.id, textContent: `${row.time.slice(11, 23)} ${row.label || row.message || ""}`.slice(0, 70) })));
    if (this.rows.some((row) => row.id === before)) this.stays.value = before;
  }

  merge() {
    if (this.rows.length < 2) return this.explorer.tell("Choose several events first, with Shift and the arrows.");
    const stays = this.stays.value, merged = this.rows.filter((row) => row.id !== stays);
    this.#send(merged.map((row) => ({ event: row.id, verb: "merge", value: stays, base: row.base ?? "" })), merged.map((row) => [row.id, row.into ?? null]));
  }

  /** Takes events out of the one that they were merged into. */
  takeOut(ids) {
    const { state } = this.explorer.judging, rows = ids.map((id) => this.explorer.table.withId(id) ?? this.explorer.judging.group.find((one) => one.id === id));
    this.#send(rows.map((row) => ({ event: row.id, verb: "merge", value: null, base: row.base ?? "" })), rows.map((row) => [row.id, row.into ?? state.group[0]]));
  }

  /** `before` has for each event what it was merged into, for whoever takes it back. */
  #send(all, before) { this.explorer.saver.send(this.#edit(all, before)); }

  #edit(all, before) {
    const { explorer } = this, apart = all.every((one) => one.value === null);
    const edit = {
      op: "judge", body: { said: all }, base: "", about: `merge ${all.map((one) => one.event).join(" ")}`,
      what: apart ? `taking ${plural(all.length, "event")} out` : `merging ${plural(all.length + 1, "event")}`,
      say: (words, bad) => {
        explorer.judging.say(words, bad);
        explorer.tell(words);
      },
      saved: (answer) => {
        explorer.table.picking.drop();
        explorer.judging.applied(answer, all);
      },
      rebase: rebasing(all),
      conflict: ({ state }) => {
        for (const one of all) if (one.event === state.event) one.base = state.base;
      },
      inverse: ({ states }) => this.#edit(before.map(([event, into]) => ({ event, verb: "merge", value: into, base: states[event].base })),
        all.map((one) => [one.event, one.value])),
    };
    return edit;
  }
}
