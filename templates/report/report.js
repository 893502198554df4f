// Progressive only: everything on the page can be read without this.
(() => {
  const pop = document.createElement("div");
  pop.className = "pop"; pop.id = "pop"; pop.setAttribute("role", "tooltip"); pop.hidden = true;
  document.body.append(pop);

  const line = (text, name) => {
    const made = document.createElement(name ? "span" : "p");
    if (name) made.className = name;
    made.textContent = text;
    return made;
  };
  const show = (link) => {
    const row = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!row || row.contains(link) || row.tagName !== "TR") return;
    const cells = [...row.children].slice(1).map((cell) => cell.textContent.trim()).filter(Boolean);
    if (!cells.length) return;
    pop.replaceChildren(line(cells[1] || cells[0]), line([cells[0], ...cells.slice(2)].join(" · ").slice(0, 300), "note"));
    pop.hidden = false;
    const box = link.getBoundingClientRect();
    const left = Math.min(box.left, document.documentElement.clientWidth - pop.offsetWidth - 12);
    pop.style.left = `${Math.max(8, left) + scrollX}px`;
    pop.style.top = `${box.bottom + 6 + scrollY}px`;
    link.setAttribute("aria-describedby", "pop");
  };
  const hide = (link) => { pop.hidden = true; link.removeAttribute("aria-describedby"); };
  for (const link of document.querySelectorAll("a.ref")) {
    link.addEventListener("mouseenter", () => show(link));
    link.addEventListener("focus", () => show(link));
    link.addEventListener("mouseleave", () => hide(link));
    link.addEventListener("blur", () => hide(link));
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") pop.hidden = true; });

  for (const [number, holder] of [...document.querySelectorAll(".filterable")].entries()) {
    const rows = [...holder.querySelectorAll("tbody tr")];
    if (rows.length < 8) continue;
    const box = document.createElement("div");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("span");
    box.className = "filter"; input.type = "search"; input.id = `filter-${number}`;
    label.htmlFor = input.id; label.textContent = "Show rows with"; count.setAttribute("role", "status");
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of rows) row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
      const left = rows.filter((row) => !row.hidden).length;
      count.textContent = wanted ? `${left} of ${rows.length} rows` : "";
    });
    box.append(label, input, count);
    holder.prepend(box);
  }

  if (navigator.clipboard) {
    for (const heading of document.querySelectorAll(".part > h2")) {
      const button = document.createElement("button");
      button.type = "button"; button.className = "copy"; button.textContent = "Copy link";
      button.setAttribute("aria-label", `Copy the link to “${heading.textContent}”`);
      button.addEventListener("click", async () => {
        const place = new URL(location.href);
        place.hash = heading.parentElement.id;
        await navigator.clipboard.writeText(place.href);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy link"; }, 1500);
      });
      heading.append(button);
    }
  }
})();
