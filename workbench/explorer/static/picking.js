// Rows of the table chosen together: with Shift and the arrows, with Shift or Ctrl and a click.

const MOST_PICKED = 200; // rows that are chosen together

class Picking {
  constructor(table) {
    this.table = table;
    this.rows = new Map(); // by id
    this.anchor = this.end = -1; // the places between which they stand
  }

  /** A stretch of text is not what Shift means here. */
  pressed(event) {
    if (!event.shiftKey) return;
    event.preventDefault();
    this.table.table.focus({ preventScroll: true });
  }

  /** With Ctrl one more or one less, with Shift all from the one that was chosen before; false where it means neither. */
  clicked(event, place) {
    const row = this.table.row(place);
    if (!row || !(event.shiftKey || event.ctrlKey || event.metaKey)) return false;
    event.shiftKey ? this.#to(place) : this.#one(place, row);
    return true;
  }

  #one(place, row) {
    const active = this.table.row(this.table.active);
    if (!this.rows.size && active) this.rows.set(active.id, active);
    if (!this.rows.delete(row.id)) this.rows.set(row.id, row);
    this.anchor = place;
    this.#told();
  }

  /** All rows between the first one and this, as far as they are here. */
  #to(place) {
    if (this.anchor < 0) this.anchor = Math.max(0, this.table.active);
    this.end = place;
    const [from, to] = [this.anchor, place].sort((one, other) => one - other);
    const rows = Array.from({ length: Math.min(to - from + 1, MOST_PICKED) }, (_, at) => this.table.row(from + at)).filter(Boolean);
    this.rows = new Map(rows.map((row) => [row.id, row]));
    this.#told();
  }

  /** Shift and an arrow: one row more, or less; false for any other key. */
  keyed(event) {
    const step = event.shiftKey ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : null, { table } = this;
    if (!step) return false;
    if (table.active < 0 || !table.total) return true;
    if (this.anchor < 0 || !this.rows.size) this.anchor = this.end = table.active;
    const end = clamp(this.end + step, 0, table.total - 1), row = table.row(end);
    table.reveal(end);
    this.#to(end);
    if (row) table.explorer.tell(`${plural(this.rows.size, "event")} chosen. ${row.time.slice(11, 23)} ${row.label || row.message || ""}`);
    return true;
  }

  #told() {
    this.table.draw();
    this.table.explorer.merging?.picked([...this.rows.values()]);
  }

  /** Chosen together are none any more. */
  drop() {
    this.anchor = this.end = -1;
    if (!this.rows.size) return;
    this.rows = new Map();
    this.#told();
  }
}
