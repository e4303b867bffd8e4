(() => {
  "use strict";
  const { fieldsOf, fits, followed, isShown, shownRows } = rowsOfCharts;
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const root = document.documentElement;
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // Themes: the system's, until the button says otherwise; a browser may refuse to remember it.
  const themeButton = document.getElementById("theme");
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches);
  const showTheme = () => themeButton.setAttribute("aria-pressed", String(isDark()));
  if (["light", "dark"].includes(remembered())) root.dataset.theme = remembered();
  themeButton.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not remembered */ }
    showTheme();
  });
  systemDark.addEventListener("change", showTheme);
  showTheme();

  // Charts, drawn one after the other so that the page answers meanwhile.
  const views = new Map();
  const holders = all("[data-chart]");
  const options = {
    actions: false, renderer: "svg", defaultStyle: false, mode: "vega-lite",
    tooltip: { disableDefaultStyle: true },
  };
  const fit = (svg) => {
    const width = Number(svg.getAttribute("width"));
    svg.style.minWidth = `${Math.min(width, 460)}px`;
    svg.closest("figure").classList.toggle("wide", width > 620);
  };
  const draw = async (holder) => {
    const spec = data.charts[holder.dataset.chart];
    const described = { ...structuredClone(spec), description: holder.getAttribute("aria-label") };
    for (const [name, rows] of Object.entries(spec.datasets ?? {})) {
      const left = shownRows(rows, chosen(), followed(spec));
      if (left.length) described.datasets[name] = structuredClone(left);
    }
    const { view } = await vegaEmbed(holder, described, options);
    fit(holder.querySelector("svg"));
    views.set(holder, {
      view, datasets: spec.datasets ?? {}, fields: fieldsOf(spec), follows: followed(spec),
    });
    chooseByMark(holder);
    await narrow(holder);
  };
  const drawAll = async () => {
    for (const holder of holders) {
      try {
        await draw(holder);
      } catch (error) {
        console.error(`chart ${holder.dataset.chart}`, error);
      }
      await new Promise((done) => setTimeout(done));
    }
    root.dataset.charts = "drawn";
  };

  // Filters: one choice for every chart, table and picture that knows the field.
  const form = document.getElementById("filters");
  const selects = form ? all("[data-filter]", form) : [];
  const choiceOf = (some) => Object.fromEntries(some.map(({ dataset: { filter }, value }) => [filter, value]));
  const chosen = () => choiceOf(selects.filter((select) => select.value));
  const always = () => choiceOf(selects.filter((select) => "always" in select.dataset));
  const narrow = async (holder) => {
    const chart = views.get(holder);
    if (!chart) return;
    const [choice, figure] = [chosen(), holder.closest("figure")];
    const affected = Object.keys(choice).filter((name) => chart.fields.has(name));
    if (!affected.length && !chart.narrowed) return;
    chart.narrowed = affected.length > 0;
    let [rowsLeft, left] = [0, {}];
    for (const [name, rows] of Object.entries(chart.datasets)) {
      left[name] = shownRows(rows, choice, chart.follows);
      if (rows.some((row) => affected.some((field) => field in row))) {
        rowsLeft += left[name].filter((row) => isShown(row, choice, chart.follows)).length;
      }
    }
    const empty = affected.length > 0 && rowsLeft === 0;
    figure.querySelector(".empty").hidden = !empty;
    holder.hidden = empty;
    if (empty) return;
    for (const [name, rows] of Object.entries(left)) chart.view.data(name, rows.map((row) => ({ ...row })));
    for (const [name, usual] of Object.entries(chart.follows)) {
      chart.view.signal(`page_${name}`, choice[name] ?? usual);
    }
    await chart.view.runAsync();
    fit(holder.querySelector("svg"));
  };
  const sayUnaffected = (holder, choice) => {
    const chart = views.get(holder);
    const figure = holder.closest("figure");
    const note = figure.querySelector(".unaffected");
    const known = always();
    const missing = Object.keys(choice).filter(
      (n) => n !== "level" && !(n in known) && chart && !chart.fields.has(n) && !(n in figure.dataset),
    );
    note.hidden = !missing.length;
    note.textContent = `Not divided by ${missing.join(", ")}: the same whatever is chosen.`;
  };
  const narrowTable = (table, choice) => {
    const names = all("thead th", table).map((head) => head.dataset.name);
    let left = 0;
    for (const line of all("tbody tr", table)) {
      const row = Object.fromEntries(names.map((name, k) => [name, line.cells[k].textContent]));
      line.hidden = !fits(row, choice);
      left += line.hidden ? 0 : 1;
    }
    const empty = table.closest(".table")?.querySelector(".empty");
    if (empty) empty.hidden = left > 0;
  };
  const attempt = ["backend", "variant", "level"];
  const isLost = (tile, usual, choice) => {
    const lostBy = data.records[tile.querySelector("[data-record]").dataset.record].lostBy;
    return lostBy.some((one) => attempt.every((name, k) => one[k] === (choice[name] ?? usual[name])));
  };
  const narrowGroup = (group, choice) => {
    const tiles = all("li", group);
    const usual = group.closest(".gallery").dataset;
    const narrowed = "backend" in usual && attempt.some((name) => name in choice);
    for (const tile of tiles) {
      tile.hidden = !fits(tile.dataset, choice) || (narrowed && !isLost(tile, usual, choice));
    }
    group.querySelector(".empty").hidden = tiles.some((tile) => !tile.hidden);
    group.hidden = !tiles.some((tile) => fits(tile.dataset, always()));
    const gallery = group.parentElement;
    gallery.lastElementChild.hidden = all(".group", gallery).some((one) => !one.hidden);
  };
  const narrowAll = async () => {
    const choice = chosen();
    root.dataset.filtering = "yes";
    for (const figure of all("main figure")) figure.hidden = !fits(figure.dataset, choice);
    for (const table of all("main .table table")) narrowTable(table, choice);
    for (const group of all(".group")) narrowGroup(group, choice);
    for (const holder of holders) {
      sayUnaffected(holder, choice);
      await narrow(holder);
    }
    const words = Object.entries(choice).map(([name, value]) => `${name} ${value}`);
    document.getElementById("filter-note").textContent = words.length ? `Shown: ${words.join(", ")}` : "";
    delete root.dataset.filtering;
  };
  // A mark that stands for one value of a filter chooses it, and a second click takes that back.
  const choices = (row, follows) => selects.filter(({ dataset: { filter }, options: known }) =>
    !(filter in follows) && row?.[filter] != null && [...known].some((one) => one.value === String(row[filter])));
  const chooseByMark = (holder) => {
    const { view, datasets, follows } = views.get(holder);
    const rows = Object.values(datasets).flat();
    if (!rows.some((row) => choices(row, follows).length)) return;
    holder.classList.add("chooses");
    view.addEventListener("click", (event, item) => {
      const touched = choices(item?.datum, follows);
      const value = ({ dataset }) => String(item.datum[dataset.filter]);
      const taken = touched.every((select) => select.value === value(select));
      for (const select of touched) {
        if (!taken) select.value = value(select);
        else if (!("always" in select.dataset)) select.value = "";
      }
      if (touched.length) narrowAll();
    });
  };
  if (form) {
    form.addEventListener("change", narrowAll);
    form.addEventListener("reset", () => setTimeout(narrowAll));
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const table of all("main .table table")) narrowTable(table, chosen());
    for (const group of all(".group")) narrowGroup(group, chosen());
  }

  // A figure as a file, as it is shown.
  const save = async (button) => {
    const figure = button.closest("figure");
    const { view } = views.get(figure.querySelector("[data-chart]"));
    const kind = button.dataset.save;
    const link = element("a");
    link.href = await view.toImageURL(kind, kind === "png" ? 2 : 1);
    link.download = `${figure.id}.${kind}`;
    link.click();
  };
  for (const button of all("[data-save]")) button.addEventListener("click", () => save(button));

  // Tables: a heading sorts its column, numbers as numbers and empty cells last.
  const sortBy = (head) => {
    const up = head.getAttribute("aria-sort") !== "ascending";
    const numeric = head.classList.contains("number");
    const place = head.cellIndex;
    const compare = (...lines) => orderOfCells(...lines.map((line) => line.cells[place].textContent), { up, numeric });
    const body = head.closest("table").tBodies[0];
    body.append(...[...body.rows].sort(compare));
    for (const other of head.parentElement.cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
  };
  for (const head of all("th[aria-sort]")) {
    head.querySelector("button").addEventListener("click", () => sortBy(head));
  }

  // Pictures, their landmarks and records.
  const SVG = "http://www.w3.org/2000/svg";
  const dots = (record) => {
    const [width, height] = record.size;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `-0.5 -0.5 ${width} ${height}`);
    svg.setAttribute("aria-hidden", "true");
    for (const name of ["rim", "dots"]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("class", name);
      path.setAttribute("d", record.points.map(([x, y]) => `M${Number(x)} ${Number(y)}h0`).join(""));
      svg.append(path);
    }
    return svg;
  };
  const openers = all("[data-record]");
  for (const opener of openers) {
    const record = data.records[opener.dataset.record];
    if (record.points.length) opener.querySelector(".frame").append(dots(record));
  }
  const dialog = document.getElementById("record");
  let opened = null;
  const factList = (facts) => {
    const list = element("dl");
    for (const [words, value] of facts) list.append(element("dt", words), element("dd", value));
    return list;
  };
  const smallTable = ({ caption, columns, rows }) => {
    const table = element("table");
    table.append(element("caption", caption));
    const line = table.createTHead().insertRow();
    for (const name of columns) {
      const head = element("th", name);
      head.scope = "col";
      line.append(head);
    }
    const body = table.createTBody();
    for (const row of rows) body.insertRow().append(...row.map((cell) => element("td", cell)));
    return table;
  };
  const fill = (opener) => {
    opened = opener;
    const record = data.records[opener.dataset.record];
    const frame = element("div", undefined, "frame");
    frame.style.aspectRatio = `${record.size[0]} / ${record.size[1]}`;
    const picture = element("img");
    picture.src = opener.querySelector("img").src;
    picture.alt = opener.querySelector("img").alt;
    frame.append(picture);
    if (record.points.length) frame.append(dots(record));
    document.getElementById("record-title").textContent = record.title;
    dialog.querySelector(".record-picture").replaceChildren(
      frame, element("p", record.pointsFrom, "note"), ...record.tables.map(smallTable),
    );
    dialog.querySelector(".record-facts").replaceChildren(factList(record.facts));
    dialog.scrollTop = 0;
  };
  const step = (by) => {
    const shown = openers.filter((opener) => !opener.closest("li").hidden);
    const next = shown[(shown.indexOf(opened) + by + shown.length) % shown.length];
    if (next) fill(next);
  };
  for (const opener of openers) {
    opener.addEventListener("click", () => {
      fill(opener);
      dialog.showModal();
    });
  }
  for (const button of all("[data-step]", dialog)) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  dialog.addEventListener("close", () => opened?.focus());

  // The table of contents follows the reader.
  const links = new Map(all(".contents a").map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const section of all("main > section")) watcher.observe(section);

  drawAll();
})();
