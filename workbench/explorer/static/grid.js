// A table whose cells are edited in place: a real table, moved about in with the arrows, one cell at a time in the tab order.

/** One cell: its text, the editor while it is edited, what was typed and is not saved, and what is wrong with that. */
class GridCell {
  constructor(grid, row, column) {
    Object.assign(this, { grid, row, column });
    this.text = make("span", { className: "pmx-cell-text" });
    this.more = make("div", { className: "pmx-cell-more" });
    this.wrong = make("p", { className: "pmx-cell-wrong", id: `pmx-${hex()}` });
    this.root = make(column.name === "id" ? "th" : "td", { tabindex: "-1", role: column.name === "id" ? "rowheader" : "gridcell", scope: column.name === "id" ? "row" : null,
      "data-column": column.name, className: `pmx-act-${column.name}` }, this.text, this.wrong, this.more);
    this.value = "";
  }

  get editable() { return this.column.edit !== undefined; }
  get editing() { return Boolean(this.editor); }

  /** What the file says, unless something else was typed that is not on disk yet. */
  show(value) {
    this.value = value;
    const typed = this.pending?.value;
    this.text.replaceChildren(...this.column.show(typed ?? value, this.row.told));
    this.root.classList.toggle("pmx-pending", typed !== undefined);
    this.root.classList.toggle("pmx-none", !(typed ?? value));
    if (typed !== undefined && this.pending.bad) this.complain(`Not saved. On disk: ${value || "nothing"}.`);
    else if (!this.editing) this.complain("");
  }

  complain(sentence) {
    this.wrong.textContent = sentence;
    this.root.classList.toggle("pmx-wrong", Boolean(sentence));
    if (!this.editor) return;
    if (sentence) this.editor.setAttribute("aria-invalid", "true");
    else this.editor.removeAttribute("aria-invalid");
  }

  /** The editor over the cell; its base is the row that the person saw when the edit was begun. */
  edit(kept = null) {
    if (!this.editable || this.editing) return this.editor?.focus();
    const { edit, title, list } = this.column, name = `${title} of ${this.row.told.id}`;
    const shared = { "aria-label": name, "aria-describedby": this.wrong.id, on: {
      keydown: (event) => this.#key(event), blur: () => this.grid.drawing || this.commit(), input: () => this.#typed() } };
    if (Array.isArray(edit)) {
      this.editor = make("select", shared, ...edit.map((one) => make("option", { value: one, textContent: one.replaceAll("_", " ") || "not set" })));
    } else if (edit === "long") this.editor = make("textarea", { ...shared, rows: Math.max(2, Math.ceil(this.text.offsetHeight / 17)) });
    else this.editor = make("input", { ...shared, type: "text", list: list ?? null, autocomplete: "off", spellcheck: "false", placeholder: this.column.example ?? "" });
    this.editor.value = kept?.value ?? this.pending?.value ?? this.value;
    this.base = kept?.base ?? this.pending?.base ?? this.row.told.base;
    this.complain("");
    this.text.replaceWith(this.editor);
    this.editor.focus();
    this.editor.select?.();
  }

  #typed() {
    this.complain("");
    this.grid.desk.keep(this, { value: this.editor.value, base: this.base });
  }

  #key(event) {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      this.grid.desk.drop(this);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.commit()) this.focus();
    } else if (event.key === "Tab") {
      const next = this.grid.beside(this, event.shiftKey ? -1 : 1);
      if (!this.commit()) return event.preventDefault();
      if (!next) return this.focus(); // and from there the page goes on
      event.preventDefault();
      next.focus();
      next.edit();
    }
  }

  focus() { this.grid.activate(this); }

  /** False where the text cannot be a value: it stays in the field, with the sentence. */
  commit() {
    if (!this.editing) return true;
    const value = this.editor.value.replace(/\s+/g, " ").trim(), wrong = value === this.value && !this.row.told.draft ? "" : this.column.check?.(value, this.row.told) ?? "";
    if (wrong) {
      this.complain(wrong);
      this.grid.desk.explorer.tell(wrong);
      return false;
    }
    const { base } = this;
    this.close();
    if (value === this.value && !this.row.told.draft) {
      this.pending = undefined;
      this.grid.desk.forget(this);
      this.show(this.value);
    } else this.grid.desk.write(this, value, base);
    return true;
  }

  close() {
    const { editor } = this;
    if (!editor) return;
    this.editor = null; // first: taking it out of the page is a blur
    editor.replaceWith(this.text);
  }
}

/** The table itself: its rows by id, in the order that is seen. `columns` are { name, title, edit?, show, check?, sort? }. */
class Grid {
  constructor(desk, label, columns) {
    this.desk = desk;
    this.columns = columns;
    this.rows = new Map();
    this.sorted = { name: null, way: 1 };
    this.heads = columns.map((column) => {
      const act = make("button", { type: "button", tabindex: "-1", className: "pmx-sorter", on: { click: () => this.sort(column) } },
        column.title, make("span", { className: "pmx-sort", "aria-hidden": "true" }));
      return make("th", { scope: "col", role: "columnheader", className: `pmx-act-${column.name}` }, act);
    });
    this.body = make("tbody");
    this.table = make("table", { role: "grid", "aria-label": label, on: { keydown: (event) => this.#key(event), dblclick: (event) => this.#at(event)?.edit(),
      mousedown: (event) => this.#pressed(event), focusin: (event) => this.#focused(event) } }, make("thead", {}, make("tr", { role: "row" }, ...this.heads)), this.body);
  }

  /** The rows as they are now; what is being edited stays open. */
  take(rows) {
    const before = this.seen?.findIndex((row) => row === this.active?.row) ?? -1, had = this.table.contains(document.activeElement), { column } = this.active ?? {};
    for (const [id, row] of this.rows) {
      if (rows.some((one) => one.id === id)) continue;
      row.root.remove();
      this.rows.delete(id);
    }
    for (const told of rows) this.#row(told);
    this.order = rows.map((told) => told.id);
    this.draw();
    if (this.active && this.seen.includes(this.active.row)) return;
    const row = this.seen[clamp(before, 0, this.seen.length - 1)];
    this.active = null;
    this.activate(row ? row.cells.find((cell) => cell.column === column) ?? row.cells[0] : null, had && !this.table.contains(document.activeElement));
  }

  #row(told) {
    const row = this.rows.get(told.id) ?? { told, root: make("tr", { role: "row" }) };
    row.told = told;
    row.cells ??= this.columns.map((column) => new GridCell(this, row, column));
    if (!row.root.children.length) row.root.append(...row.cells.map((cell) => cell.root));
    this.rows.set(told.id, row);
    for (const cell of row.cells) {
      this.desk.rebase(cell);
      cell.show(told[cell.column.name] ?? "");
    }
    this.desk.decorate(row);
  }

  /** A row under another id, with what is open in it. */
  renamed(id, to) {
    const row = this.rows.get(id);
    if (!row || this.rows.has(to)) return;
    this.rows.delete(id);
    this.rows.set(to, row);
  }

  /** The order that is seen: by a column, else as in the file; an open editor and its focus stay. */
  draw() {
    const { name, way } = this.sorted, column = this.columns.find((one) => one.name === name);
    const rows = this.order.map((id) => this.rows.get(id));
    if (column) {
      const rank = (row) => column.sort?.(row.told[name] ?? "") ?? row.told[name] ?? "";
      rows.sort((one, other) => (rank(one) === "") - (rank(other) === "") || way * (rank(one) > rank(other) ? 1 : rank(one) < rank(other) ? -1 : 0));
    }
    this.seen = rows.filter((row) => this.desk.shows(row.told) || row.cells.some((cell) => cell.editing));
    this.heads.forEach((head, at) => {
      const own = this.columns[at].name === name;
      if (own) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
      head.querySelector(".pmx-sort").textContent = own ? (way > 0 ? " ▲" : " ▼") : "";
    });
    const wanted = this.seen.map((row) => row.root);
    if (wanted.length === this.body.children.length && wanted.every((root, at) => root === this.body.children[at])) return;
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    this.drawing = true;
    this.body.replaceChildren(...wanted);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    this.drawing = false;
  }

  /** Up, down, and as in the file: the file itself keeps its order. */
  sort(column) {
    const { name, way } = this.sorted;
    this.sorted = name !== column.name ? { name: column.name, way: 1 } : way > 0 ? { name, way: -1 } : { name: null, way: 1 };
    this.draw();
    this.desk.explorer.tell(this.sorted.name ? `Sorted by ${column.title}, ${this.sorted.way > 0 ? "ascending" : "descending"}.` : "In the order of the file.");
  }

  // ---- where one is

  activate(cell, focus = true) {
    if (this.active) this.active.root.tabIndex = -1;
    this.active = cell;
    if (!cell) return this.desk.moved();
    cell.root.tabIndex = 0;
    for (const row of this.seen) row.root.classList.toggle("pmx-here", row === cell.row);
    if (focus) (cell.editor ?? cell.root).focus();
    this.desk.moved();
  }

  /** The next cell that can be edited, in the order of reading. */
  beside(cell, step) {
    const cells = this.seen.flatMap((row) => row.cells).filter((one) => one.editable || one === cell);
    return cells[cells.indexOf(cell) + step];
  }

  #at(event) {
    const root = event.target.closest("[data-column]");
    return root && this.seen.flatMap((row) => row.cells).find((cell) => cell.root === root);
  }

  #focused(event) {
    const cell = this.#at(event);
    if (cell && cell !== this.active) this.activate(cell, false);
  }

  /** A press on the cell that is active already opens it. */
  #pressed(event) {
    const cell = this.#at(event);
    if (!cell || event.button || event.target.closest("button, a, input, textarea, select")) return;
    if (cell === this.active && cell.root === document.activeElement && !cell.editing) {
      event.preventDefault();
      cell.edit();
    }
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("a, input, textarea, select, .pmx-cell-more button")) return;
    const head = this.heads.findIndex((one) => one.contains(event.target));
    const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], Home: [0, -99], End: [0, 99] }[event.key] ?? [];
    const at = head >= 0 ? -1 : this.seen.indexOf(this.active?.row), across = head >= 0 ? head : this.active ? this.active.row.cells.indexOf(this.active) : 0;
    if (down !== undefined) this.#go(at + down, clamp(across + right, 0, this.columns.length - 1));
    else if (head >= 0 || !this.active || !this.desk.act(event.key, this.active)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #go(at, across) {
    if (at < 0) this.heads[across].firstElementChild.focus();
    else this.activate(this.seen[clamp(at, 0, this.seen.length - 1)]?.cells[across] ?? null);
  }
}
