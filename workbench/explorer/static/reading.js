// The sources read again, after sources.toml has changed: the kernel reads beside the explorer and is asked how far it is.

const ASK_AGAIN = 200; // ms

class Reading {
  constructor(explorer) {
    this.explorer = explorer;
    this.words = make("span");
    this.bar = make("progress", { "aria-label": "Sources read again" });
    this.close = make("button", { type: "button", textContent: "Dismiss", on: { click: () => (this.root.hidden = true) } });
    this.root = make("div", { className: "pmx-reading", role: "status", hidden: "" }, this.words, this.bar, this.close);
  }

  start() {
    clearTimeout(this.timer);
    this.explorer.ask("reread", { op: "reread" }, (answer) => this.#told(answer));
  }

  stop() { clearTimeout(this.timer); }

  #told(answer) {
    this.root.hidden = false;
    this.bar.hidden = answer.done;
    this.close.hidden = !answer.done;
    if (!answer.done) {
      this.words.textContent = `${answer.words} …`;
      this.bar.max = answer.steps;
      if (answer.step) this.bar.value = answer.step;
      else this.bar.removeAttribute("value");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.start(), ASK_AGAIN);
      return;
    }
    this.root.classList.toggle("pmx-bad", Boolean(answer.problem));
    this.words.textContent = answer.problem ? `The sources were not read again. ${answer.problem}` : this.#moved(answer);
    this.root.hidden = !this.words.textContent;
    if (answer.setup) this.explorer.renewed(answer);
  }

  /** Which sources stand elsewhere now: others may follow the one that was set. */
  #moved({ moved, at }) {
    if (!moved) return "";
    const told = moved.slice(0, 6).map(({ path, seconds, zone }) =>
      `${path} ${seconds ? `${spell(Math.abs(seconds))} ${seconds < 0 ? "earlier" : "later"}` : `in ${zone}`}`);
    const more = moved.length > 6 ? ` and ${moved.length - 6} more` : "";
    return `Sources read again at ${at} UTC: ${told.length ? told.join("; ") + more : "no event has moved"}.`;
  }
}
