// The search: what is typed, how far it is, whether only what it finds is shown, and how it is stopped.

const TYPING = 80, SLOW = 100, REFRESH = 400; // ms

class Hunt {
  constructor(explorer) {
    this.explorer = explorer;
    this.query = ""; // that holds now
    this.settled = ""; // the last one that was searched to its end
    this.only = true; // only what is found is shown; else all, and what is found stands in the light
    this.listed = false; // the table has only what is found, though all is drawn
    this.acts = { o: () => this.choose(!this.only) };
    this.#build();
  }

  #build() {
    const toggle = (words, title, act) => make("button", { type: "button", textContent: words, title, "aria-pressed": "false", on: { click: act } });
    this.field = make("input", { type: "search", className: "pmx-search", "aria-label": "Search the events", spellcheck: "false",
      placeholder: "Search: words, service:orders, level>=warn", on: {
        input: () => this.#typed(), keydown: (event) => event.key === "Enter" && this.#begin(),
      } });
    this.found = make("span", { className: "pmx-found" });
    this.light = toggle("Highlight", "All events, with what is found in the light; or only what is found (o)", () => this.choose(!this.only));
    this.list = toggle("List matches only", "In the table only what is found", () => this.#list());
    this.light.hidden = this.list.hidden = true;
    this.bar = make("progress", { max: "1", "aria-label": "Search" });
    this.share = make("span");
    this.progress = make("div", { className: "pmx-progress", hidden: "" }, this.bar, this.share,
      make("button", { type: "button", textContent: "Stop", title: "Stop the search (Esc)", on: { click: () => this.stop() } }));
  }

  /** What every question says of the search. */
  get wishes() { return { query: this.query, only: this.only }; }

  get going() { return this.asking !== undefined && this.asking !== null; }

  #typed() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.#begin(), TYPING);
    this.explorer.stir();
  }

  #begin() {
    clearTimeout(this.typing);
    this.typing = null;
    this.#ended();
    this.stopped = null;
    this.query = this.field.value.trim();
    this.#switches();
    this.explorer.problem("");
    this.explorer.moved();
  }

  choose(only) {
    this.only = only;
    this.light.setAttribute("aria-pressed", !only);
    this.#switches();
    this.explorer.tell(only ? "Only what is found is shown." : "All events are shown, what is found stands in the light.");
    this.explorer.moved();
  }

  #switches() {
    this.light.hidden = !this.query;
    this.list.hidden = this.only || !this.query;
  }

  #list() {
    this.listed = !this.listed;
    this.list.setAttribute("aria-pressed", this.listed);
    this.explorer.moved();
  }

  // ---- how far it is

  /** What an answer says of the search: what is drawn of it may be what was found so far, and the bar says so. */
  heard({ found, share, seen, total }) {
    if (found === null || found === undefined) {
      this.found.textContent = "";
      this.settled = this.query;
      return;
    }
    this.found.textContent = share < 1 ? `${count(found)} so far` : `${count(found)} of ${count(total)} match`;
    if (share < 1) {
      if (!seen) this.sawView = false;
      if (!this.going) this.#on();
    } else if (this.settled !== this.query || this.going) {
      this.#ended();
      this.settled = this.query;
    }
  }

  /** The kernel searches a little with each question: asked until it has seen all. */
  #on() {
    const { explorer } = this, query = this.query;
    this.asking = query;
    this.begun ??= this.refreshed = performance.now();
    const { start, end } = explorer.view;
    explorer.ask("search", { op: "search", ...explorer.wishes, start, end }, ({ share, seen, found }) => {
      if (this.asking !== query) return;
      this.#shown(share, found);
      const shown = performance.now() - this.refreshed > REFRESH;
      if (share === 1 || (seen && !this.sawView) || shown) {
        this.sawView = seen;
        this.refreshed = performance.now();
        explorer.searched(share === 1, seen);
      }
      if (share < 1) this.#on();
    });
  }

  #shown(share, found) {
    this.progress.hidden = performance.now() - this.begun < SLOW;
    this.bar.value = share;
    this.bar.textContent = this.share.textContent = `${Math.floor(100 * share)}%`;
    this.found.textContent = `${count(found)} so far`;
    this.explorer.root.dataset.searching = share;
  }

  #ended() {
    this.asking = this.begun = null;
    this.sawView = false;
    this.progress.hidden = true;
    delete this.explorer.root.dataset.searching;
  }

  /** Gives the search up: what was searched for before holds again; Enter searches on. */
  stop() {
    if (!this.going) return false;
    const share = this.share.textContent;
    this.#ended();
    this.explorer.drop("search");
    this.query = this.settled;
    this.#switches();
    this.stopped = `The search was stopped at ${share}: ${this.query ? `what stands there is still the search for ${this.query}` : "everything is shown"}. Enter searches on.`;
    this.field.focus();
    this.explorer.tell(this.stopped);
    this.explorer.moved();
    return true;
  }

  close() { clearTimeout(this.typing); }
}
