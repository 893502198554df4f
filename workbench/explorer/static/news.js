// What is new: something was saved, here or elsewhere, or events are others or stand elsewhere. What is seen follows.

class News {
  constructor(explorer) { this.explorer = explorer; }

  /** Milestones, bands and curve as they are now, in the same view. */
  refreshed(setup) {
    const { explorer } = this;
    Object.assign(explorer.setup, setup);
    explorer.stage.setup(explorer.setup);
    explorer.curve.setup(explorer.setup);
    explorer.knowable.again();
    explorer.root.setAttribute("aria-label", `Explorer: ${explorer.setup.title}`);
    explorer.resized();
  }

  /** Something was saved: what is seen follows. */
  follow() {
    const { explorer } = this;
    if (!explorer.setup.key) return;
    explorer.ask("refresh", { op: "refresh", turn: explorer.turn }, (answer) => {
      if (answer.told) this.renewed(answer);
      else this.refreshed(answer.setup);
      if (answer.unread) explorer.reading.start();
      explorer.checking?.look();
    });
    explorer.seen.look();
    explorer.desks.followed();
    explorer.judging?.followed();
  }

  /** There are other events: all that is seen is of the new ones, in the same view. */
  renewed({ setup, turn }) {
    const { explorer } = this;
    explorer.turn = turn ?? 0;
    explorer.home = setup.view;
    explorer.surveyed = null;
    this.refreshed(setup);
    this.extended(setup.start, setup.end);
    explorer.table.setup(setup.columns);
    explorer.trial.clear((_, { saved }) => saved);
    this.unsettled(true);
    explorer.checking?.look();
    explorer.desks.followed();
  }

  /** Where events stand now, from the first to the last. */
  extended(start, end) {
    const { view, setup } = this.explorer, whole = new View(start, end);
    Object.assign(setup, { start, end });
    if (view.low === whole.low && view.high === whole.high) return;
    Object.assign(view, { low: whole.low, high: whole.high });
    view.set(view.start, view.end);
    this.explorer.moved();
  }

  /** Events stand elsewhere: what was counted and listed is asked for again, and the chosen one is found by its id. */
  unsettled(again = false) {
    const { explorer } = this, { chosen } = explorer;
    explorer.stand += 1;
    explorer.surveyed = null;
    if (again) explorer.ahead.forget();
    explorer.seen.look();
    if (chosen?.id) explorer.ask("chosen", { op: "find", event: chosen.id }, (found) => this.#found(chosen, found, again));
    if (explorer.width) explorer.resized();
    explorer.moved();
  }

  #found(chosen, { row, time }, again) {
    const { explorer } = this;
    if (explorer.chosen !== chosen) return;
    Object.assign(chosen, { row, time: time ?? chosen.time });
    if (again && row === null) explorer.detail.gone(chosen);
    else if (again) explorer.detail.again(chosen);
    explorer.rested(); // the table may have kept the place that it had before
    explorer.later();
  }
}
