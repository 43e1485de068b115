// The page as a whole: tabs, the drawer of filters, links to photos.
const TABS = ["map", "photos", "animals", "counts"];

function choose(name, focus) {
  for (const tab of TABS) {
    $(`view-${tab}`).hidden = tab !== name;
    $(`tab-${tab}`).setAttribute("aria-selected", String(tab === name));
    $(`tab-${tab}`).tabIndex = tab === name ? 0 : -1;
  }
  if (focus) $(`tab-${name}`).focus();
  if (name === "map") MAP.resize();
  LISTS.refresh();
  COUNTS_VIEW.refresh();
}

for (const tab of TABS) $(`tab-${tab}`).addEventListener("click", () => choose(tab));
$("tabs").addEventListener("keydown", (event) => {
  const at = TABS.findIndex((tab) => $(`tab-${tab}`).getAttribute("aria-selected") === "true");
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(TABS[(to + TABS.length) % TABS.length], true);
});

function drawer(open) {
  document.body.classList.toggle("filters-open", open);
  $("open-filters").setAttribute("aria-expanded", String(open));
  (open ? $("filters").querySelector("input") : $("open-filters"))?.focus();
}
$("open-filters").addEventListener("click", () => drawer(!document.body.classList.contains("filters-open")));
$("close-filters").addEventListener("click", () => drawer(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("filters-open")) drawer(false);
});

function followHash() {
  const found = /^#photo-(\d{1,9})$/.exec(location.hash);
  const image = found ? Number(found[1]) - 1 : -1;
  if (image >= 0 && image < IMAGES.path.length) {
    if (VIEWER.current() !== image) VIEWER.open(image);
  } else VIEWER.close();
}
addEventListener("popstate", followHash);
addEventListener("hashchange", followHash);

const dates = Object.values(IMAGES.captured).sort();
$("subtitle").textContent = [
  plural(IMAGES.path.length, "image", "images"),
  SURVEY.regions.length ? plural(SURVEY.regions.length, "region", "regions") : null,
  dates.length ? dates[0].slice(0, 10) + (dates[0].slice(0, 10) === dates.at(-1).slice(0, 10) ? "" : ` to ${dates.at(-1).slice(0, 10)}`) : null,
].filter(Boolean).join(" · ");
if (CLASSES.length <= 12)
  $("legend").replaceChildren(...CLASSES.map((c) => {
    const swatch = el("span", { class: "swatch" });
    swatch.style.background = c.colour;
    return el("span", {}, swatch, c.name);
  }));
$("layers").open = innerWidth > 700;
document.querySelector('[data-layer="regions"]').parentElement.hidden = SURVEY.regions.length === 0;
buildFilters();
applyFilters();
$("broken").remove();
MAP.readTheme();
MAP.resize();
followHash();
requestAnimationFrame(() => setTimeout(() => {
  document.documentElement.dataset.ready = Math.round(performance.now());
}));
