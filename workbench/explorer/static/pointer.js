// What the mouse does on the lanes: drag, brush, zoom, click and hover. It never takes the page's own scrolling.

class Pointer {
  constructor(explorer) {
    this.explorer = explorer;
    const { canvas: board } = explorer.stage;
    board.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      explorer.board.focus({ preventScroll: true });
      board.setPointerCapture(event.pointerId);
      this.drag = { x: event.offsetX, start: explorer.view.start, end: explorer.view.end, brushing: event.shiftKey, moved: false };
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
    } else if (!drag.moved) this.#clicked(event);
    explorer.later();
  }

  #clicked(event) {
    const { explorer } = this, { stage } = explorer, { data } = stage;
    const index = stage.markAt(event.offsetX, event.offsetY);
    if (index >= 0) explorer.goTo({ row: data.marks.row[index], time: data.start + data.marks.time[index] }, true);
    else if (stage.laneAt(event.offsetY) >= 0) explorer.goTo({ row: null, time: explorer.view.time(event.offsetX) });
  }

  #hovered(event) {
    const { explorer } = this, { stage, tip, view } = explorer;
    explorer.hover = { x: event.offsetX, y: event.offsetY };
    const told = stage.toldAt(event.offsetX, event.offsetY);
    tip.hidden = !told.length;
    tip.replaceChildren(...told.map((words, index) => make(index ? "span" : "strong", { textContent: words })));
    const left = event.offsetX > view.width * 0.6;
    tip.style.cssText = `top:${event.offsetY + 14}px;${left ? "right" : "left"}:${left ? view.width - event.offsetX + 10 : event.offsetX + 12}px`;
    explorer.later();
  }
}
