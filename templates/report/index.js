// Progressive only: the table can be read without this.
(() => {
  const table = document.querySelector("table.incidents");
  if (!table) return;
  const body = table.tBodies[0], rows = [...body.rows];

  const value = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
  const order = (one, other) => {
    if (one === "" || other === "") return one === other ? 0 : one === "" ? 1 : -1; // what is not known stands last
    const [first, second] = [Number(one), Number(other)];
    return Number.isNaN(first) || Number.isNaN(second) ? one.localeCompare(other, "en", { numeric: true }) : first - second;
  };
  for (const head of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button"; button.className = "sort"; button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending", column = head.cellIndex;
      for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const known = rows.filter((row) => value(row, column) !== ""), unknown = rows.filter((row) => value(row, column) === "");
      known.sort((one, other) => (up ? 1 : -1) * order(value(one, column), value(other, column)));
      body.append(...known, ...unknown);
    });
  }

  const box = document.createElement("div"), label = document.createElement("label");
  const input = document.createElement("input"), count = document.createElement("span");
  box.className = "filter"; input.type = "search"; input.id = "filter"; label.htmlFor = "filter";
  label.textContent = "Show incidents with"; count.setAttribute("role", "status");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !wanted.every((word) => row.textContent.toLowerCase().includes(word));
    count.textContent = wanted.length ? `${rows.filter((row) => !row.hidden).length} of ${rows.length}` : "";
  });
  box.append(label, input, count);
  table.closest(".scroll").before(box);
})();
