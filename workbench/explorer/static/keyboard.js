// What the keys do. JupyterLab gets none of them while the explorer has the focus.

class Keyboard {
  constructor(explorer) {
    this.explorer = explorer;
    explorer.root.addEventListener("keydown", (event) => this.#key(event));
    for (const kind of ["keyup", "keypress"]) explorer.root.addEventListener(kind, (event) => event.stopPropagation());
  }

  #escape() {
    const { hunt, keys, board, table, detail } = this.explorer;
    if (hunt.stop()) return;
    if (!keys.hidden) keys.hidden = true;
    else if (document.activeElement === hunt.field) board.focus({ preventScroll: true });
    else if (table.picking?.rows.size) table.picking.drop();
    else if (detail.open) detail.close();
  }

  /** JupyterLab must not take our keys for its own; what is held with Ctrl, Meta or Alt stays the browser's and its. */
  #key(event) {
    const { explorer } = this, { saver } = explorer, writing = event.target.matches("input, select, textarea");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && explorer.setup.key && !writing) {
      event.preventDefault();
      event.stopPropagation();
      return event.shiftKey ? saver.redo() : saver.undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault(); // the browser would empty the search box
      return this.#escape();
    }
    if (writing) return;
    const acts = this.#acts(event);
    const act = acts[event.key] ?? (event.shiftKey ? null : acts[event.key.toLowerCase()]);
    if (!act) return;
    event.preventDefault();
    act();
  }

  #acts(event) {
    const { explorer } = this;
    return {
      w: () => explorer.zoom(1 / 1.6), s: () => explorer.zoom(1.6), a: () => explorer.move(-0.25), d: () => explorer.move(0.25),
      n: () => explorer.near(1, "event"), p: () => explorer.near(-1, "event"), e: () => explorer.near(1, "error"),
      E: () => explorer.near(-1, "error"), m: () => explorer.milestone(1), M: () => explorer.milestone(-1), 0: () => explorer.all(),
      i: () => explorer.back(), "/": () => { explorer.hunt.field.focus(); explorer.hunt.field.select(); }, "?": () => explorer.help(), f: () => explorer.table.folds(!explorer.table.folded),
      ...explorer.hunt.acts, ...explorer.knowable.acts, ...explorer.judging?.acts, ...explorer.merging?.acts, ...explorer.desks.acts,
      ...(event.target === explorer.board && { ArrowLeft: () => explorer.move(-0.25), ArrowRight: () => explorer.move(0.25),
        Enter: () => explorer.table.choose(Math.max(0, explorer.table.active), true) }),
    };
  }
}
