// JupyterLab's card, command and menu entry that open an incident's explorer; and, in a JupyterLab that `workbench lab`
// started, the first run of the notebook that it put there. A module-federation container written by hand: no bundler.
"use strict";

(() => {
  const NAME = "postmortem-workbench", OPEN = "postmortem-workbench:open", CATEGORY = "Incident";
  const FACTS = "incident.toml", NOTEBOOK = "notebooks/explore.ipynb", KERNEL = "python3";
  const MOST = 40; // folders that are looked into for other incidents
  const WIDGET = "application/vnd.jupyter.widget-view+json";
  // Three lanes of events and the flag of a milestone; readable on light and on dark.
  const ICON = `<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">
    <path fill="#4a8fd4" d="M3 8.5h4.5v3H3zM12.5 8.5H20v3h-7.5zM5 13.5h3v3H5zM13.5 13.5h3v3h-3zM18 13.5h4v3h-4zM2 18.5h6v3H2zM12.5 18.5h5.5v3h-5.5z"/>
    <path fill="#d9534a" d="M9.5 2H18l-2 2.300 2 2.300h-7V22H9.5z"/>
  </svg>`;

  let scope; // JupyterLab's own modules, by name and version
  const container = {
    init: (shared) => { scope = shared; },
    get: async (module) => {
      if (module !== "./extension") throw new Error(`${NAME} has no module ${module}`);
      const made = await plugin();
      return () => ({ __esModule: true, default: [made] });
    },
  };
  (window._JUPYTERLAB ??= {})[NAME] = container;

  /** One of JupyterLab's modules: that which it has loaded, else any. */
  async function shared(name) {
    const versions = Object.values(scope[name] ?? {}), one = versions.find((each) => each.loaded) ?? versions[0];
    return one ? (await one.get())() : {};
  }

  /** The explorer's notebook as it is shipped; it lies beside this file. */
  async function shipped() {
    const { PageConfig } = await shared("@jupyterlab/coreutils");
    const answer = await fetch(`${PageConfig.getOption("fullLabextensionsUrl")}/${NAME}/static/explore.ipynb`);
    if (!answer.ok) throw new Error("The installation lacks the explorer's notebook.");
    return answer.json();
  }

  async function plugin() {
    const names = ["launcher", "apputils", "mainmenu", "notebook", "ui-components", "coreutils"];
    const [launcher, apputils, mainmenu, notebook, ui, core] = await Promise.all(
      names.map((name) => shared(`@jupyterlab/${name}`)));
    const wanted = { launcher: launcher.ILauncher, palette: apputils.ICommandPalette, menu: mainmenu.IMainMenu,
      notebooks: notebook.INotebookTracker };
    const there = Object.keys(wanted).filter((each) => wanted[each]); // another Jupyter may lack some
    return {
      id: `${NAME}:launcher`, description: "Opens an incident's explorer.", autoStart: true,
      optional: there.map((each) => wanted[each]),
      activate: (app, ...given) => {
        const places = Object.fromEntries(there.map((each, index) => [each, given[index]]));
        const icon = ui.LabIcon && new ui.LabIcon({ name: `${NAME}:incident`, svgstr: ICON });
        offer(app, places, { icon, say: apputils.showErrorMessage });
        if (core.PageConfig?.getOption("workbenchRuns") === NOTEBOOK) {
          places.notebooks?.widgetAdded.connect((_, panel) => start(app, panel, notebook.NotebookActions));
        }
      },
    };
  }

  // ---- where incidents are, and how one is opened

  /** The command, and a card for each incident that is found; nothing shows where there is none. */
  async function offer(app, { launcher, palette, menu }, { icon, say }) {
    const { commands, serviceManager: { contents } } = app;
    let found = [];
    commands.addCommand(OPEN, {
      label: ({ incident }) => (incident ? incident.split("/").at(-1) : "Incident Explorer"),
      caption: "All events of an incident on one time axis",
      icon,
      isEnabled: () => found.length > 0,
      isVisible: () => found.length > 0,
      execute: async ({ incident, cwd }) => {
        const folder = incident ?? (await above(contents, cwd ?? "")) ?? found[0];
        await open(commands, contents, folder).catch((problem) => say?.("The explorer could not be opened", problem));
      },
    });
    palette?.addItem({ command: OPEN, category: CATEGORY });
    menu?.fileMenu.addGroup([{ command: OPEN }], 0.5);
    await app.restored;
    found = await incidents(contents).catch(() => []);
    commands.notifyCommandChanged(OPEN);
    const alone = found.length === 1 && found[0] === "";
    found.forEach((incident, rank) => launcher?.add({ command: OPEN, args: alone ? {} : { incident }, category: CATEGORY, rank }));
  }

  const names = async (contents, folder) => (await contents.get(folder, { content: true })).content;
  const holds = (entries) => entries.some(({ name, type }) => name === FACTS && type === "file");

  /** The server's folder if it is an incident, else those of its folders that are. */
  async function incidents(contents) {
    const entries = await names(contents, "");
    if (holds(entries)) return [""];
    const folders = entries.filter(({ name, type }) => type === "directory" && name[0] !== ".").slice(0, MOST);
    const found = [];
    for (const { path } of folders) if (holds(await names(contents, path).catch(() => []))) found.push(path);
    return found;
  }

  /** The incident that a folder lies in. */
  async function above(contents, folder) {
    for (let at = folder; ; at = at.split("/").slice(0, -1).join("/")) {
      if (holds(await names(contents, at).catch(() => []))) return at;
      if (!at) return null;
    }
  }

  async function open(commands, contents, folder) {
    const path = [folder, NOTEBOOK].filter(Boolean).join("/");
    const there = await contents.get(path, { content: false }).then(() => true, () => false);
    if (!there) await put(contents, path);
    await commands.execute("docmanager:open", { path, factory: "Notebook" });
  }

  /** The notebook, where `workbench lab` was never called. */
  async function put(contents, path) {
    const folder = path.split("/").slice(0, -1).join("/"), content = await shipped();
    await contents.get(folder, { content: false }).catch(() => contents.save(folder, { type: "directory" }));
    await contents.save(path, { type: "notebook", format: "json", content });
  }

  // ---- the first run

  /** Runs the explorer's notebook when it has opened, as long as every cell of it is as it was shipped. */
  async function start(app, panel, actions) {
    const { context, sessionContext, content } = panel;
    await context.ready;
    if (context.localPath !== NOTEBOOK) return;
    await sessionContext.ready;
    const kernel = sessionContext.session?.kernel;
    await kernel?.info;
    if (kernel && (await lives(kernel, content.model))) return say(panel, "lives");
    const model = (await shipped()).cells.map((cell) => [cell.cell_type, [cell.source].flat().join("")]);
    // Last of all: from here to the run nothing is awaited.
    if (kernel?.name !== KERNEL || !same(content.model, model)) return say(panel, "waits");
    say(panel, "runs");
    await actions.runAll(content, sessionContext);
    // A workspace that was never used before gives its width to the explorer; the folder's files are a click away.
    if ((await app.shell.restored)?.fresh) app.shell.collapseLeft();
    const explorer = await drawn(panel.node), at = document.activeElement;
    explorer?.scrollIntoView({ block: "start" });
    if (!at || at === document.body || panel.node.contains(at)) explorer?.querySelector(".pmx-board")?.focus({ preventScroll: true });
  }

  /** Says in the page what becomes of the notebook: for tests, and for who wonders. */
  function say(panel, what) { panel.node.dataset.workbench = what; }

  /** The explorer once it has something to show; null where it has not within ten seconds. */
  async function drawn(node) {
    for (let left = 100; left; left--) {
      const explorer = node.querySelector(".pmx[data-drawn]");
      if (explorer) return explorer;
      await new Promise((then) => setTimeout(then, 100));
    }
    return null;
  }

  function same(notebook, model) {
    const cells = [...notebook.cells];
    return cells.length === model.length && cells.every((cell, index) =>
      cell.type === model[index][0] && cell.sharedModel.getSource() === model[index][1]);
  }

  /** Whether the explorer that the notebook shows is still alive in the kernel, as after a reload of the page. */
  async function lives(kernel, model) {
    const shown = [...model.cells].filter((cell) => cell.type === "code").flatMap((cell) => cell.outputs.toJSON())
      .map((output) => output.data?.[WIDGET]?.model_id).filter(Boolean);
    if (!shown.length) return false;
    const { content } = await kernel.requestCommInfo({ target_name: "jupyter.widget" });
    return shown.some((id) => id in (content.comms ?? {}));
  }
})();
