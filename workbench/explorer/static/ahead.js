// What is at hand: the windows that the kernel counted, and those that people will most likely look at next.

const KEPT = 32; // windows
const SAME = 1e-6; // a bar's length is a float

/** Gives the stage the best counts there are at once, and asks for those of the view; when nothing else is to be done,
 *  for those of the views that one more key would show. Nobody waits for these. */
class Ahead {
  constructor(explorer) {
    this.explorer = explorer;
    this.forget();
  }

  /** The events are others now: nothing that was counted holds. */
  forget() {
    this.windows = [];
    this.before = null;
    this.answered = 0; // the newest move that the kernel has answered
  }

  /** Shows the view: at once what is there, and if that is not the view as the kernel counts it, this when it comes. */
  show() {
    const { explorer } = this, { view } = explorer;
    explorer.root.dataset.ahead = "asked";
    this.way = this.before && view.span === this.before.span ? Math.sign(view.start - this.before.start) : 0;
    this.nearer = !this.before || view.span <= this.before.span;
    this.before = { span: view.span, start: view.start };
    const found = this.#best(view);
    if (found && found !== explorer.stage.data) explorer.taken(found);
    if (found && this.fits(found, view)) {
      explorer.line.drop("view");
      return this.#further();
    }
    const moves = explorer.moves;
    this.#ask("view", view, (counted) => {
      this.answered = moves;
      const shown = this.#best(explorer.view) ?? (counted.about === aboutOf(explorer.asked) ? counted : null);
      if (shown) explorer.taken(shown);
      this.#further();
    });
  }

  /** Asks for one of the next views that is not at hand; its answer asks for another one. */
  #further() {
    const { width, knowable } = this.explorer, next = width && !knowable.resting && this.#next().find((view) => !this.windows.some((one) => this.fits(one, view)));
    this.explorer.root.dataset.ahead = next ? "asked" : "done"; // for tests
    if (next) this.#ask("ahead", next, (found) => this.fits(found, next) && this.#further());
  }

  #ask(kind, view, then) {
    const { explorer, windows } = this, asked = explorer.asked, window = view.wanted(explorer.setup.start, explorer.setup.end);
    explorer.ask(kind, { ...asked, ...window }, (answer, buffers) => {
      if (windows !== this.windows) return explorer.ahead.show(); // they were forgotten meanwhile
      const found = { ...counted(answer, buffers, JSON.stringify(asked)), trial: asked.trial, about: aboutOf(asked) }, part = answer.share < 1;
      if (part && kind === "ahead") return;
      if (!part) windows.unshift(found);
      windows.length = Math.min(windows.length, KEPT);
      then(found);
    });
  }

  /** The views that one more step leads to: first on, in the way that people are going. */
  #next() {
    const { view, anchor } = this.explorer;
    const after = (change) => {
      const next = Object.assign(Object.create(View.prototype), view);
      change(next);
      return next;
    };
    const zoomed = (factor) => after((next) => next.zoom(factor, anchor)), panned = (share) => after((next) => next.move(share));
    const nearer = [zoomed(1 / 1.6), zoomed(1 / 2.56)], farther = [zoomed(1.6), zoomed(2.56)];
    const beside = [panned(0.25 * (this.way || 1)), panned(-0.25 * (this.way || 1))];
    const zooms = this.nearer ? [...nearer, ...farther] : [...farther, ...nearer];
    return this.way ? [...beside, ...zooms] : [...zooms, ...beside];
  }

  /** The last move whose view is shown as the kernel counts it, or a later one's. */
  get told() {
    const { stage, view, moves } = this.explorer;
    return stage.data && this.fits(stage.data, view) ? moves : this.answered;
  }

  /** Whether a window shows the view as the kernel would: all of it, in bars of its own length, or event by event. */
  fits(one, view) {
    const { setup, asked } = this.explorer;
    if (one.key !== JSON.stringify(asked) || one.start > Math.max(view.start, setup.start) || one.end < Math.min(view.end, setup.end)) return false;
    const window = view.wanted(setup.start, setup.end);
    return Boolean(one.marks) || (Math.abs(stepOf(window) / one.step - 1) < SAME && within(one, window) > asked.most);
  }

  /** The window that shows the view, or most of it in bars of about the right length; null where there is none. */
  #best(view) {
    const key = JSON.stringify(this.explorer.asked), step = niceStep((view.span / view.width) * BIN);
    let best = null, most = 0;
    for (const one of this.windows) {
      if (one.key !== key) continue;
      if (this.fits(one, view)) return one;
      const share = (Math.min(one.end, view.end) - Math.max(one.start, view.start)) / view.span;
      const worth = share - (one.marks ? 0 : 0.05 * Math.abs(Math.log2(one.step / step)));
      if (share > 0 && worth > most) [best, most] = [one, worth];
    }
    return best;
  }
}

/** What is asked but for the moment of the cursor: while that is dragged, what was known a little before is drawn. */
const aboutOf = (asked) => JSON.stringify({ ...asked, until: null });

const stepOf = ({ start, end, bins }) => (end - start) / bins;

/** How many events of a window these counts hold. */
function within({ before, bins, start, step }, window) {
  const [first, last] = [window.start, window.end].map((ms) => clamp(Math.round((ms - start) / step), 0, bins));
  return before[last] - before[first];
}
