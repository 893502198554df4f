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
  const place_at = (link) => {
    const box = link.getBoundingClientRect();
    const left = Math.min(box.left, document.documentElement.clientWidth - pop.offsetWidth - 12);
    pop.style.left = `${Math.max(8, left) + scrollX}px`;
    pop.style.top = `${box.bottom + 6 + scrollY}px`;
  };
  const show = (link) => {
    if (opener) return;
    const row = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!row || row.contains(link) || row.tagName !== "TR") return;
    const cells = [...row.children].slice(1).map((cell) => cell.textContent.trim()).filter(Boolean);
    if (!cells.length) return;
    pop.replaceChildren(line(cells[1] || cells[0]), line([cells[0], ...cells.slice(2)].join(" · ").slice(0, 300), "note"));
    pop.hidden = false;
    place_at(link);
    link.setAttribute("aria-describedby", "pop");
  };
  const hide = (link) => {
    link.removeAttribute("aria-describedby");
    if (!opener) pop.hidden = true;
  };

  // A click opens the raw lines around the event; the keys of a link that opens elsewhere keep their meaning.
  let opener = null;
  const close = () => {
    if (!opener) return;
    const back = opener;
    opener = null;
    pop.hidden = true; pop.classList.remove("open"); pop.setAttribute("role", "tooltip");
    pop.removeAttribute("aria-label"); pop.removeAttribute("tabindex");
    back.focus({ preventScroll: true });
    pop.hidden = true;
  };
  const open = (link, proof) => {
    const name = decodeURIComponent(link.hash.slice(1)).replace(/-proof$/, "");
    const [, place, raw] = [...proof.children];
    const lines = proof.querySelector(".around ol")?.cloneNode(true) ?? line(raw.textContent.trim());
    const goto = document.createElement("a");
    goto.href = link.hash; goto.textContent = `Go to ${name.toUpperCase()}`;
    goto.addEventListener("click", () => { opener = null; pop.hidden = true; pop.classList.remove("open"); });
    const shut = document.createElement("button");
    shut.type = "button"; shut.textContent = "Close"; shut.addEventListener("click", close);
    const more = document.createElement("div");
    more.className = "more"; more.append(goto, shut);
    show(link);
    link.removeAttribute("aria-describedby");
    pop.replaceChildren(line(place.textContent.trim(), "note"), lines, more);
    opener = link;
    pop.hidden = false; pop.classList.add("open"); pop.tabIndex = -1;
    pop.setAttribute("role", "dialog"); pop.setAttribute("aria-label", `The lines around ${name.toUpperCase()}`);
    place_at(link);
    pop.focus({ preventScroll: true });
    pop.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("click", (event) => {
    if (opener && !pop.contains(event.target)) close();
    const link = event.target.closest?.("a.ref");
    if (!link || link.closest(".pop") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const proof = document.getElementById(`${decodeURIComponent(link.hash.slice(1)).replace(/-proof$/, "")}-proof`);
    if (!proof || proof.contains(link)) return;
    event.preventDefault();
    open(link, proof);
  });
  for (const link of document.querySelectorAll("a.ref")) {
    link.addEventListener("mouseenter", () => show(link));
    link.addEventListener("focus", () => show(link));
    link.addEventListener("mouseleave", () => hide(link));
    link.addEventListener("blur", () => hide(link));
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { if (opener) close(); else pop.hidden = true; } });

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
