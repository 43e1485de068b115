// Counts per region and class, the estimates, what was searched and how.
const COUNTS_VIEW = (() => {
  function table(caption, head, rows, foot) {
    const cell = (tag) => (value, k) => el(tag, { class: k && typeof value !== "string" ? "n" : null, scope: tag === "th" ? "col" : null }, typeof value === "number" ? number(value) : value && value.n !== undefined ? value.n : value);
    const line = (values) => el("tr", {}, el("th", { scope: "row" }, values[0]), ...values.slice(1).map((v, k) => cell("td")(v, k + 1)));
    return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
      el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, ...head.map(cell("th")))),
        el("tbody", {}, ...rows.map(line)), foot ? el("tfoot", {}, line(foot)) : null));
  }
  const right = (text) => ({ n: text });

  function regionTable() {
    const names = SURVEY.regions.map((r) => r.name);
    const places = [...names, "outside", "unplaced"];
    const found = places.map(() => CLASSES.map(() => 0));
    for (let i = 0; i < SURVEY.count; i++) {
      if (!SURVEY.visible[i]) continue;
      const at = SURVEY.region[i] >= 0 ? SURVEY.region[i] : names.length + (SURVEY.region[i] === UNPLACED ? 1 : 0);
      found[at][SURVEY.label[i]]++;
    }
    const sum = (values) => values.reduce((a, b) => a + b, 0);
    const row = (name, counts, area) => [name, ...counts, ...(CLASSES.length > 1 ? [sum(counts)] : []),
      right(area ? significant(area, 4) : ""), right(area ? significant(sum(counts) / area, 3) : "")];
    const rows = places.map((name, k) => [name, k]).filter(([, k]) => k < names.length || (k === names.length ? names.length > 0 : sum(found[k]) > 0))
      .map(([name, k]) => row(name, found[k], k < names.length ? SURVEY.regions[k].area : null));
    const head = ["Region", ...CLASSES.map((c) => ({ n: c.name })), ...(CLASSES.length > 1 ? [right("all")] : []), right("km²"), right("per km²")];
    if (!names.length) rows.length = 0;
    return table(names.length ? "Animals by region" : "Animals", head, rows, row("All", COUNTS.byClass, null));
  }

  function bars(caption, rows) {
    const most = Math.max(1, ...rows.map(([, n]) => n));
    return el("figure", {}, el("figcaption", {}, caption), el("dl", { class: "bars" }, ...rows.flatMap(([name, n, colour]) => {
      const bar = el("span", { class: "fill" });
      bar.style.width = `${(100 * n) / most}%`;
      if (colour) bar.style.background = colour;
      return [el("dt", {}, name), el("dd", {}, el("span", { class: "track", "aria-hidden": "true" }, bar), el("span", { class: "n" }, number(n)))];
    })));
  }

  function scores() {
    const found = Array.from({ length: 10 }, () => 0);
    let without = 0;
    for (let i = 0; i < SURVEY.count; i++) {
      if (!SURVEY.visible[i]) continue;
      if (Number.isNaN(SURVEY.score[i])) without++;
      else found[Math.min(9, Math.floor(SURVEY.score[i] * 10))]++;
    }
    const rows = found.map((n, k) => [`${(k / 10).toFixed(1)} to ${((k + 1) / 10).toFixed(1)}`, n]);
    const first = rows.findIndex(([, n]) => n > 0);
    const shown = first < 0 ? rows : rows.slice(first);
    return bars("By score", without ? [...shown, ["added by a person", without]] : shown);
  }

  function reviews() {
    const found = REVIEW.map(() => 0);
    for (let i = 0; i < SURVEY.count; i++) if (SURVEY.visible[i]) found[SURVEY.review[i]]++;
    return bars("By review", REVIEW.map((name, k) => [name, found[k]]));
  }

  function estimates() {
    if (!DATA.estimates) return null;
    const show = (v) => (typeof v === "number" ? right(significant(v, 5)) : v === null ? "" : String(v));
    return table("Estimates of the population", DATA.estimates.columns, DATA.estimates.rows.map((row) => row.map(show).map((v, k) => (k ? v : v.n ?? v))));
  }

  function about() {
    const searched = IMAGES.status.filter((status) => status === 0).length;
    const failed = IMAGES.path.map((path, i) => [path, i]).filter(([, i]) => IMAGES.status[i] === 1);
    const without = Object.keys(IMAGES.missing).length;
    const facts = [
      ["Images", `${number(searched)} of ${number(IMAGES.path.length)} searched`],
      ["Map", DATA.crs || (DATA.unit === "px" ? "no position: in pixels, as a contact sheet" : "coordinates without a CRS")],
      ...DATA.runs.slice(-3).map((run) => ["Found by", `${run.model} (${run.sha256}), Herdmap ${run.version}, ${run.started}` +
        (run.thresholds.length ? `, scores from ${Math.min(...run.thresholds).toFixed(2)}` : "")]),
      ["This page", `made ${DATA.made}`],
    ];
    return el("section", {}, el("h2", {}, "About this survey"),
      el("dl", { class: "facts" }, ...facts.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text)])),
      failed.length ? el("details", {}, el("summary", {}, `${plural(failed.length, "image", "images")} could not be read`),
        el("ul", {}, ...failed.slice(0, 500).map(([path, i]) => el("li", {}, path, ": ", IMAGES.reason[i] || "")))) : null,
      without > failed.length ? el("p", { class: "soft" }, `${plural(without, "image has", "images have")} no picture here, because the image file was missing.`) : null,
      el("h2", {}, "Files beside this page"),
      el("ul", {}, ...DATA.handouts.map((name) => el("li", {}, el("a", { href: encodeURIComponent(name) }, name)))),
      el("p", { class: "soft" }, "Pictures here are reduced. The original imagery is not in this folder. Numbers are animals that were found. They are not an estimate of a population, unless a table says so."));
  }

  const refresh = eachFrame(() => {
    if ($("view-counts").hidden) return;
    $("counts").replaceChildren(...[
      el("p", { class: "soft" }, "These numbers follow the filters. By default, rejected detections do not count, and an animal in several photos counts once."),
      regionTable(),
      el("div", { class: "charts" }, bars("By class", CLASSES.map((c, k) => [c.name, COUNTS.byClass[k], c.colour])), scores(), reviews()),
      estimates(), about(),
    ].filter(Boolean));
  });
  onFilter(refresh);
  return { refresh };
})();
