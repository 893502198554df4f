// What the mouse does on the lanes: drag, brush, zoom, click and hover. It never takes the page's own scrolling.

class Pointer {
  constructor(explorer) {
    this.explorer = explorer;
    const { canvas: board } = explorer.stage;
    board.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      explorer.board.focus({ preventScroll: true });
      board.setPointerCapture(event.pointerId);
      const { offsetX: x, shiftKey: brushing } = event, cursor = !brushing && explorer.knowable.grabs(x);
      this.drag = { x, start: explorer.view.start, end: explorer.view.end, brushing, cursor, moved: false };
    });
    board.addEventListener("pointermove", (event) => (this.drag ? this.#dragged(event) : this.#hovered(event)));
    board.addEventListener("pointerup", (event) => this.#dropped(event));
    board.addEventListener("pointerleave", () => { explorer.hover = null; explorer.tip.hidden = true; explorer.later(); });
    board.addEventListener("dblclick", (event) => { explorer.view.zoom(0.25, event.offsetX); explorer.moved(); });
    board.addEventListener("wheel", (event) => {
      const ours = event.ctrlKey || event.metaKey || (event.shiftKey && document.activeElement === explorer.board);
      if (!ours) return; // the page scrolls
      event.preventDefault();
      explorer.view.zoom(Math.exp(clamp(event.deltaY || event.deltaX, -60, 60) / 200), event.offsetX);
      explorer.moved();
    }, { passive: false });
  }

  #dragged(event) {
    const { drag, explorer } = this, { view } = explorer, by = event.offsetX - drag.x;
    drag.moved ||= Math.abs(by) > 3;
    if (!drag.moved) return;
    explorer.tip.hidden = true;
    if (drag.cursor) return explorer.knowable.drag(event.offsetX);
    if (drag.brushing) explorer.brush = [drag.x, clamp(event.offsetX, 0, view.width)];
    else view.set(drag.start - (by / view.width) * (drag.end - drag.start), drag.end - (by / view.width) * (drag.end - drag.start));
    drag.brushing ? explorer.later() : explorer.moved();
  }

  #dropped(event) {
    const { drag, explorer } = this, { brush, view } = explorer;
    this.drag = explorer.brush = null;
    if (!drag) return;
    if (brush && Math.abs(brush[1] - brush[0]) > 3) {
      view.set(...brush.map((x) => view.time(x)).sort((one, other) => one - other));
      explorer.moved();
    } else if (!drag.moved && !drag.cursor) this.#clicked(event);
    explorer.later();
  }

  #clicked(event) {
    const { explorer } = this, { stage } = explorer, { data } = stage;
    const index = stage.markAt(event.offsetX, event.offsetY);
    if (index >= 0) explorer.goTo({ row: data.marks.row[index], time: data.start + data.marks.time[index] }, true);
    else if (event.offsetY < stage.place.ruler && explorer.seen.at(event.offsetX, event.offsetY)) {
      const { row, time } = explorer.seen.at(event.offsetX, event.offsetY);
      explorer.goTo({ row, time }, true);
    } else if (stage.laneAt(event.offsetY) >= 0) explorer.goTo({ row: null, time: explorer.view.time(event.offsetX) });
  }

  #hovered(event) {
    const { explorer } = this, { stage, tip, view } = explorer;
    explorer.hover = { x: event.offsetX, y: event.offsetY };
    const told = stage.toldAt(event.offsetX, event.offsetY);
    tip.hidden = !told.length;
    tip.replaceChildren(...told.map((words, index) => make(index ? "span" : "strong", { textContent: words })));
    stage.canvas.style.cursor = explorer.knowable.grabs(event.offsetX) ? "ew-resize" : "";
    tip.style.maxWidth = `${Math.min(360, view.width - 8)}px`;
    const { offsetWidth: wide, offsetHeight: high } = tip, right = event.offsetX + 12, below = event.offsetY + 14;
    const left = right + wide <= view.width ? right : event.offsetX - 10 - wide; // inside, whatever it says
    const top = below + high <= stage.place.height ? below : event.offsetY - 8 - high;
    tip.style.left = `${clamp(left, 0, Math.max(0, view.width - wide))}px`;
    tip.style.top = `${clamp(top, 0, Math.max(0, stage.place.height - high))}px`;
    explorer.later();
  }
}
