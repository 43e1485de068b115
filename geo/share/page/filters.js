// The filters, which are also the charts by class, score and review.
const BINS = 20;
const binOf = (score) => Math.min(BINS - 1, Math.floor(score * BINS));

function buildFilters() {
  const rows = (parent, kind, names, checked, swatches) =>
    names.map((name, k) => {
      const bar = el("span", { class: "fill" });
      const shown = el("span", { class: "n" });
      const box = el("input", { type: "checkbox", checked: checked[k] });
      box.addEventListener("change", () => {
        FILTER[kind][k] = box.checked;
        applyFilters();
      });
      const swatch = swatches ? el("span", { class: "swatch", "aria-hidden": "true" }) : null;
      if (swatch) swatch.style.background = bar.style.background = swatches[k];
      parent.append(el("label", { class: "check measured" }, box, swatch, el("span", { class: "name" }, name), shown,
        el("span", { class: "track", "aria-hidden": "true" }, bar)));
      return { bar, shown, box };
    });
  const classes = rows($("filter-classes"), "classes", CLASSES.map((c) => c.name), FILTER.classes, CLASSES.map((c) => c.colour));
  const reviews = rows($("filter-reviews"), "reviews", REVIEW, FILTER.reviews, null);
  const [from, to] = [$("score-from"), $("score-to")];
  const slide = () => {
    FILTER.from = Math.min(from.value, to.value) / 100;
    FILTER.to = Math.max(from.value, to.value) / 100;
    applyFilters();
  };
  from.addEventListener("input", eachFrame(slide));
  to.addEventListener("input", eachFrame(slide));
  $("filter-seconds").hidden = !SURVEY.counted.includes(0);
  $("seconds").addEventListener("change", () => {
    FILTER.seconds = $("seconds").checked;
    applyFilters();
  });
  $("filter-form").addEventListener("submit", (event) => event.preventDefault());
  $("filter-form").addEventListener("reset", () => {
    Object.assign(FILTER, { classes: CLASSES.map(() => true), reviews: [true, true, false], from: 0, to: 1, seconds: false });
    // The form itself puts its controls back after this.
    setTimeout(applyFilters);
  });

  const histogram = svg("svg", { viewBox: `0 0 ${BINS} 10`, preserveAspectRatio: "none", role: "img" });
  const bars = Array.from({ length: BINS }, (_, k) => histogram.appendChild(svg("rect", { x: k + 0.06, width: 0.88 })));
  $("histogram").append(histogram);

  onFilter(() => {
    const byClass = new Float64Array(CLASSES.length);
    const byReview = new Float64Array(REVIEW.length);
    const byScore = new Float64Array(BINS);
    for (let i = 0; i < SURVEY.count; i++) {
      if (passes(i, "classes")) byClass[SURVEY.label[i]]++;
      if (passes(i, "reviews")) byReview[SURVEY.review[i]]++;
      if (passes(i, "score") && !Number.isNaN(SURVEY.score[i])) byScore[binOf(SURVEY.score[i])]++;
    }
    for (const [list, found] of [[classes, byClass], [reviews, byReview]]) {
      const most = Math.max(1, ...found);
      list.forEach((row, k) => {
        row.shown.textContent = number(found[k]);
        row.bar.style.width = `${(100 * found[k]) / most}%`;
      });
    }
    const most = Math.max(1, ...byScore);
    bars.forEach((bar, k) => {
      const high = byScore[k] ? Math.max(0.4, (10 * byScore[k]) / most) : 0;
      bar.setAttribute("height", high);
      bar.setAttribute("y", 10 - high);
      const inside = (k + 1) / BINS > FILTER.from + 1e-9 && k / BINS < FILTER.to + 1e-9;
      bar.setAttribute("class", inside ? "in" : "out");
    });
    const usual = byScore.indexOf(Math.max(...byScore));
    histogram.setAttribute("aria-label",
      `Detections by score, 0 to 1; most lie between ${(usual / BINS).toFixed(2)} and ${((usual + 1) / BINS).toFixed(2)}`);
    $("score-from-shown").textContent = FILTER.from.toFixed(2);
    $("score-to-shown").textContent = FILTER.to.toFixed(2);
    const filtered = SURVEY.count - COUNTS.all;
    $("headline").replaceChildren(el("strong", {}, number(COUNTS.all)), ` ${COUNTS.all === 1 ? "animal" : "animals"}`,
      filtered ? el("span", { class: "soft" }, ` of ${plural(SURVEY.count, "detection", "detections")}`) : "");
  });
}
