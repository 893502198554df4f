// Documents from the explorer: one is made beside it, and shown in a frame that can reach nothing of this page.

const STILL_MAKING = 400; // ms until the kernel is asked again how far it is
const MADE_OF = 3; // names of what has changed since

class ReportDesk {
  static title = "Report";
  static beside = false;

  constructor(explorer, told) {
    this.explorer = explorer;
    this.server = serverOf(document);
    this.#order(told.forms);
    this.#shown();
    this.root = make("div", { className: "pmx-report" }, make("div", {}, this.form, this.trouble, this.list), this.view);
  }

  // ---- what stands where

  #order(forms) {
    this.document = make("select", { on: { change: () => this.#chosen() } });
    this.about = make("p", { className: "pmx-quiet" });
    this.edition = make("select", { on: { change: () => this.#chosen() } });
    this.forms = forms.map(({ name, words, usual }) => {
      const box = make("input", { type: "checkbox", name, on: { change: () => this.#chosen() } });
      box.checked = usual;
      return { name, box, root: make("label", {}, box, words) };
    });
    this.go = make("button", { type: "submit", className: "pmx-go", textContent: "Make it" });
    this.stop = make("button", { type: "button", textContent: "Cancel", hidden: "", on: { click: () => this.#ask("report.cancel") } });
    this.bar = make("progress", { "aria-label": "How far the document is", hidden: "" });
    this.status = make("output");
    this.form = make("form", { className: "pmx-order", on: { submit: (event) => { event.preventDefault(); this.#make(); } } },
      make("label", {}, "Document", this.document), this.about, make("label", {}, "Edition", this.edition),
      make("fieldset", {}, make("legend", { textContent: "Formats" }), ...this.forms.map((one) => one.root)),
      make("div", { className: "pmx-judge" }, this.go, this.stop), this.bar, this.status);
    this.trouble = make("div", { role: "alert" });
    this.list = make("ul", { className: "pmx-made", "aria-label": "What was made" });
  }

  #shown() {
    this.caption = make("p", { className: "pmx-quiet", textContent: "What is made is shown here." });
    this.place = make("div");
    this.view = make("section", { className: "pmx-page", "aria-label": "The document" }, this.caption, this.place);
  }

  // ---- asking

  opened() { this.followed(); }
  closed() { clearTimeout(this.timer); }

  followed() {
    this.explorer.ask("report", { op: "report", root: this.server.root }, ({ state }) => this.#taken(state));
  }

  #ask(op, body = {}) {
    this.explorer.ask(op, { op, ...body }, ({ job }) => this.#worked(job));
  }

  #taken(state) {
    const first = !this.state;
    this.state = state;
    if (first) this.#offered();
    this.#listed();
    if (state.problems.length) this.#wrong(state.problems);
    if (state.job?.running) this.#worked(state.job);
    const page = state.made.find((one) => one.name === this.shown) ?? (first ? state.made.find((one) => fileOf(one, "html")) : null);
    if (page && page.at !== this.shownAt) this.#show(page);
    else if (page) this.#captioned(page);
  }

  #offered() {
    const { documents, editions } = this.state, kept = this.explorer.saver.kept("report") ?? {};
    const option = (value, words) => make("option", { value, textContent: words });
    this.document.replaceChildren(...documents.map((one) => option(one.name, one.title)));
    this.edition.replaceChildren(...editions.map((name) => option(name, name)));
    this.document.value = documents.some((one) => one.name === kept.document) ? kept.document : this.state.document;
    this.edition.value = editions.includes(kept.edition) ? kept.edition : this.state.edition;
    if (Array.isArray(kept.forms)) for (const { name, box } of this.forms) box.checked = kept.forms.includes(name);
    this.#chosen();
  }

  get wanted() { return this.state.documents.find((one) => one.name === this.document.value); }

  /** A letter is written for one reader; the post-mortem is there for each. */
  #chosen() {
    const one = this.wanted, forms = this.forms.filter(({ box }) => box.checked).map(({ name }) => name);
    this.about.textContent = one.about;
    this.edition.disabled = !one.is_report;
    if (!one.is_report) this.edition.value = one.edition;
    this.go.disabled = !forms.length || Boolean(this.busy);
    this.explorer.template = one.is_report ? one.name : "";
    this.explorer.saver.keep("report", { document: one.name, edition: this.edition.value, forms });
  }

  // ---- making

  #make() {
    const forms = this.forms.filter(({ box }) => box.checked).map(({ name }) => name);
    this.#wrong([]);
    this.#ask("report.make", { document: this.document.value, edition: this.edition.value, forms });
  }

  #worked(job) {
    clearTimeout(this.timer);
    this.busy = Boolean(job?.running);
    this.stop.hidden = this.bar.hidden = !this.busy;
    this.go.disabled = this.busy;
    if (!job) return;
    this.bar.max = job.steps;
    this.bar.value = job.step + 0.5;
    if (this.busy) {
      this.#say(job.cancelled ? "Ending it …" : `${job.words} …`);
      this.bar.title = `${Math.round(job.seconds)} s ${job.detail}`;
      this.timer = setTimeout(() => this.#ask("report.progress"), STILL_MAKING);
    } else this.#ended(job);
  }

  #ended(job) {
    this.#chosen();
    if (job.cancelled) return this.#say("Cancelled. What was there before is as it was.");
    if (job.problem) {
      this.#say("Not made.");
      return this.#wrong([job.problem]);
    }
    this.#say(`Made in ${job.seconds.toFixed(1)} s.`);
    this.#wrong(job.unwritten.map((words) => `Left out, because nobody has written it: ${words}`));
    this.shown = job.made;
    this.shownAt = null; // made again, it may have the same second
    this.followed();
  }

  #say(words) { if (this.status.textContent !== words) this.status.textContent = words; }

  #wrong(sentences) {
    this.trouble.replaceChildren(...sentences.map((one) => make("p", { className: "pmx-trouble", textContent: one })));
  }

  // ---- what was made

  #listed() {
    const title = (one) => this.state.documents.find((each) => each.name === (one.document === "postmortem" ? one.template : one.document))?.title ?? one.document;
    this.list.replaceChildren(...this.state.made.map((one) => {
      const page = fileOf(one, "html");
      return make("li", { "data-name": one.name },
        make("div", {}, make("strong", { textContent: title(one) }), ` ${one.edition}`),
        make("div", { className: "pmx-quiet", textContent: madeAt(one.at) }), fresh(one),
        make("div", { className: "pmx-files" },
          page ? make("button", { type: "button", textContent: "Show", "aria-label": `Show ${title(one)}, ${one.edition}`, on: { click: () => this.#show(one) } }) : "",
          ...one.files.map((file) => this.#link(file))));
    }));
    const hidden = this.state.made.some((one) => one.files.some((file) => !file.served));
    if (hidden) this.list.append(make("li", { className: "pmx-quiet", textContent: `JupyterLab does not show this folder; the files are in ${this.state.output}.` }));
  }

  /** Where the server shows a file; "" where it does not. */
  #address({ served }) {
    return served && this.server.base ? `${this.server.base}files/${served.split("/").map(encodeURIComponent).join("/")}` : "";
  }

  #link(file) {
    const words = this.forms.find((one) => one.name === file.form)?.root.textContent ?? file.form, title = `${file.path} (${bytes(file.size)})`;
    const href = this.#address(file);
    if (!href) return make("span", { textContent: words, title });
    return make("a", { href, target: "_blank", rel: "noopener", textContent: words, title });
  }

  #show(one) {
    const file = fileOf(one, "html");
    this.shown = one.name;
    this.shownAt = one.at;
    this.#captioned(one);
    if (!file) return this.place.replaceChildren();
    const href = this.#address(file);
    if (href) return this.#framed(one, `${href}?${Date.parse(one.at)}`);
    this.explorer.ask("report.page", { op: "report.page", name: one.name }, (_, [page]) => {
      URL.revokeObjectURL(this.blob);
      this.blob = URL.createObjectURL(new Blob([typed(Uint8Array, page)], { type: "text/html;charset=utf-8" }));
      this.#framed(one, this.blob);
    });
  }

  /** A world of its own: no cookies, no storage, no way to this page; and its own policy loads nothing. Never srcdoc: there
   *  a link to a part of the document leads to this page. */
  #framed(one, src) {
    this.place.replaceChildren(make("iframe", { sandbox: "allow-scripts", title: `The document ${one.name}`, src }));
  }

  #captioned(one) {
    const file = fileOf(one, "html") ?? one.files[0];
    this.caption.replaceChildren(`${file.served ? file.path.split("/").at(-1) : file.path}, ${madeAt(one.at)}. `, fresh(one));
  }
}

const fileOf = (one, form) => one.files.find((file) => file.form === form);
const bytes = (size) => (size < 1e6 ? `${Math.ceil(size / 1000)} kB` : `${(size / 1e6).toFixed(1)} MB`);
const madeAt = (at) => { const ms = Date.parse(at); return `made ${day(ms, "", true)} ${clock(ms, SECOND)} UTC`; };

/** Whether the document is what the folder says now. */
function fresh({ changed }) {
  const named = changed.slice(0, MADE_OF).join(", "), more = changed.length - MADE_OF;
  return make("span", { className: changed.length ? "pmx-stale" : "pmx-fresh",
    textContent: changed.length ? `Out of date: ${named}${more > 0 ? ` and ${more} more` : ""} changed since.` : "Up to date." });
}

/** Where this page comes from: the server's folder and address; neither in an editor that is no Jupyter server. */
function serverOf(page) {
  try {
    const told = JSON.parse(page.getElementById("jupyter-config-data").textContent);
    return { root: String(told.serverRoot ?? ""), base: String(told.baseUrl ?? "") };
  } catch {
    return { root: "", base: "" };
  }
}

DESKS.set("report", ReportDesk);
