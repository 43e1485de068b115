// One photo with its boxes: an SVG whose coordinates are the original image's px.
const VIEWER = (() => {
  const dialog = $("viewer");
  const stage = $("stage");
  const drawing = $("photo");
  const MOST_BOXES = 1500; // at once; of an orthomosaic only those in view are drawn
  const MOST_CROPS = 150;
  const size = { width: 1, height: 1 };
  const view = { x: 0, y: 0, scale: 1 }; // image px at the stage's top left, CSS px per image px
  let image = -1;
  let chosen = -1;
  let boxesOn = true;
  let rows = [];
  const picture = svg("image", { x: 0, y: 0, preserveAspectRatio: "none" });
  const frame = svg("rect", { x: 0, y: 0, class: "frame" });
  const crops = svg("g", {});
  const casings = svg("path", { class: "casing" });
  const boxes = svg("g", { id: "boxes" });
  drawing.append(frame, picture, crops, casings, boxes);

  const width = () => IMAGES.width[image];
  const height = () => IMAGES.height[image];

  function fit() {
    view.scale = Math.min(size.width / width(), size.height / height()) * 0.98;
    view.x = width() / 2 - size.width / 2 / view.scale;
    view.y = height() / 2 - size.height / 2 / view.scale;
    draw();
  }

  function zoom(factor, sx, sy) {
    const [x, y] = [view.x + sx / view.scale, view.y + sy / view.scale];
    const least = (Math.min(size.width / width(), size.height / height()) || 1) * 0.5;
    view.scale = Math.min(Math.max(view.scale * factor, least), 16);
    view.x = x - sx / view.scale;
    view.y = y - sy / view.scale;
    draw();
  }

  function showAnimal(i) {
    chosen = i;
    const b = 4 * i;
    if (Number.isNaN(SURVEY.box[b])) return;
    const across = Math.max(SURVEY.box[b + 2] - SURVEY.box[b], SURVEY.box[b + 3] - SURVEY.box[b + 1]);
    view.scale = Math.min(5, (0.16 * Math.min(size.width, size.height)) / Math.max(across, 1));
    view.x = (SURVEY.box[b] + SURVEY.box[b + 2]) / 2 - size.width / 2 / view.scale;
    view.y = (SURVEY.box[b + 1] + SURVEY.box[b + 3]) / 2 - size.height / 2 / view.scale;
    drawNow();
    for (const item of $("viewer-list").children) item.setAttribute("aria-pressed", String(Number(item.dataset.row) === i));
    $("viewer-list").querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  const draw = eachFrame(drawNow);
  function drawNow() {
    if (image < 0) return;
    drawing.setAttribute("viewBox", `${view.x} ${view.y} ${size.width / view.scale} ${size.height / view.scale}`);
    const [right, bottom] = [view.x + size.width / view.scale, view.y + size.height / view.scale];
    const box = SURVEY.box;
    let seen = rows.filter((i) => box[4 * i] < right && box[4 * i + 2] > view.x && box[4 * i + 1] < bottom && box[4 * i + 3] > view.y);
    drawCrops(seen);
    const all = seen.length;
    if (all > MOST_BOXES) seen = seen.filter((_, k) => Math.floor((k * MOST_BOXES) / all) !== Math.floor(((k - 1) * MOST_BOXES) / all));
    note(all > seen.length && boxesOn ? `${number(seen.length)} of ${number(all)} boxes; zoom in to see all` : noPicture());
    drawBoxes(boxesOn ? seen : []);
  }

  function drawBoxes(seen) {
    let path = "";
    const drawn = seen.map((i) => {
      const [x0, y0, x1, y1] = SURVEY.box.subarray(4 * i, 4 * i + 4);
      path += `M${x0} ${y0}H${x1}V${y1}H${x0}Z`;
      const state = `${REVIEW[SURVEY.review[i]]}${i === chosen ? " chosen" : ""}${SURVEY.counted[i] ? "" : " second"}`;
      return svg("rect", {
        x: x0, y: y0, width: Number((x1 - x0).toFixed(2)), height: Number((y1 - y0).toFixed(2)),
        stroke: classColour(i), class: state, "data-row": i,
      });
    });
    casings.setAttribute("d", path);
    boxes.replaceChildren(...drawn);
  }

  // Closer than the reduced picture can show, each animal in view is seen by its own crop.
  function drawCrops(seen) {
    const sheets = DATA.sheets.crops;
    const coarse = IMAGES.picture[image] ? IMAGES.picture[image][1] / width() : 0;
    const wanted = sheets && coarse < 0.9 && view.scale * devicePixelRatio > 1.3 * coarse ? seen.filter((i) => SURVEY.cell[i] >= 0 && !Number.isNaN(SURVEY.square[3 * i])) : [];
    const few = wanted.length <= MOST_CROPS ? wanted.filter((i) => i !== chosen) : [];
    if (few.length < wanted.length && wanted.length <= MOST_CROPS) few.push(chosen); // on top of its neighbours'
    const key = few.join();
    if (crops.dataset.key === key) return;
    crops.dataset.key = key;
    crops.replaceChildren(...few.map((i) => {
      const cell = cellOf(sheets, SURVEY.cell[i]);
      const [x, y, side] = SURVEY.square.subarray(3 * i, 3 * i + 3);
      const inner = Math.min(side, cell.side);
      // A JPEG bleeds over the edges of its cells: their outermost px are left out.
      const edge = (2 * side) / inner;
      return svg("svg", { x: x + edge, y: y + edge, width: side - 2 * edge, height: side - 2 * edge, viewBox: `${cell.x + 2} ${cell.y + 2} ${inner - 4} ${inner - 4}` },
        svg("image", { href: cell.file, width: cell.width, height: cell.height }));
    }));
  }

  function noPicture() {
    if (IMAGES.picture[image]) return "";
    const why = IMAGES.missing[IMAGES.path[image]] || "left out to keep the folder small";
    return `No picture of this photo is in this folder: ${why}`;
  }

  function note(text) {
    $("stage-note").textContent = text;
    $("stage-note").hidden = !text;
  }

  function open(next, animal) {
    image = next;
    chosen = -1;
    const found = IMAGES.picture[image];
    if (found) picture.setAttribute("href", found[0]);
    else picture.removeAttribute("href");
    for (const node of [picture, frame]) {
      node.setAttribute("width", width());
      node.setAttribute("height", height());
    }
    delete crops.dataset.key;
    if (!dialog.open) dialog.showModal();
    refresh();
    measure();
    fit();
    if (animal !== undefined && animal >= 0) showAnimal(animal);
    stage.focus({ preventScroll: true });
  }

  function refresh() {
    if (image < 0) return;
    rows = SURVEY.ofImage[image].filter((i) => SURVEY.visible[i]);
    $("viewer-name").textContent = photoName(image);
    const facts = [
      plural(rows.length, "animal", "animals"),
      `${number(width())} × ${number(height())} px`,
      IMAGES.gsd[image] ? `${significant(IMAGES.gsd[image] * 100, 2)} cm per px` : null,
      IMAGES.agl[image] ? `${number(IMAGES.agl[image])} m above ground` : null,
      IMAGES.captured[image],
      IMAGES.picture[image] && IMAGES.picture[image][1] < width() ? `picture reduced to ${number(IMAGES.picture[image][1])} px` : null,
    ];
    $("viewer-facts").textContent = facts.filter(Boolean).join(" · ");
    const listed = rows.slice(0, 400).map((i) => {
      const item = el("button", { type: "button", "data-row": i, "aria-pressed": "false", onclick: () => showAnimal(i) },
        cropOf(i, 56), el("span", { class: "name" }, className(i)), el("span", { class: "soft" }, scoreText(i)));
      item.style.borderColor = classColour(i);
      return item;
    });
    $("viewer-list").replaceChildren(...listed);
    $("viewer-list").hidden = rows.length === 0;
  }

  function measure() {
    Object.assign(size, { width: stage.clientWidth || 1, height: stage.clientHeight || 1 });
  }

  function step(by) {
    const shown = LISTS.photos();
    const all = shown.includes(image) ? shown : IMAGES.path.map((_, i) => i);
    const at = all.indexOf(image);
    if (all.length) openPhoto(all[(at + by + all.length) % all.length], -1, true);
  }

  function stepAnimal(by) {
    if (rows.length) showAnimal(rows[(rows.indexOf(chosen) + by + (chosen < 0 && by < 0 ? 1 : 0) + rows.length) % rows.length]);
  }

  function toggleBoxes() {
    boxesOn = !boxesOn;
    $("photo-boxes").setAttribute("aria-pressed", String(boxesOn));
    drawNow();
  }

  function animalAt(sx, sy) {
    const [x, y] = [view.x + sx / view.scale, view.y + sy / view.scale];
    const reach = 6 / view.scale;
    let [best, area] = [-1, Infinity];
    for (const i of rows) {
      const [x0, y0, x1, y1] = SURVEY.box.subarray(4 * i, 4 * i + 4);
      const own = (x1 - x0) * (y1 - y0);
      if (x > x0 - reach && x < x1 + reach && y > y0 - reach && y < y1 + reach && own < area) [best, area] = [i, own];
    }
    return best;
  }

  const tip = $("stage-tip");
  function tell(i, sx, sy) {
    tip.hidden = i < 0 || !boxesOn;
    if (tip.hidden) return;
    tip.textContent = `${className(i)} ${scoreText(i)}, ${REVIEW[SURVEY.review[i]]}${DATA.detections.note[i] ? `: ${DATA.detections.note[i]}` : ""}`;
    tip.style.left = `${Math.max(4, Math.min(sx + 12, size.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(4, sy - 34)}px`;
  }

  gestures(stage, {
    pan: (dx, dy) => {
      view.x -= dx / view.scale;
      view.y -= dy / view.scale;
      draw();
    },
    zoom, fit,
    hover: (sx, sy) => tell(Number.isNaN(sx) ? -1 : animalAt(sx, sy), sx, sy),
    tap: (sx, sy) => {
      chosen = animalAt(sx, sy);
      drawNow();
      tell(chosen, sx, sy);
      for (const item of $("viewer-list").children) item.setAttribute("aria-pressed", String(Number(item.dataset.row) === chosen));
    },
  });
  const middle = (factor) => zoom(factor, size.width / 2, size.height / 2);
  const actions = {
    "photo-before": () => step(-1), "photo-after": () => step(1), "photo-boxes": toggleBoxes,
    "photo-in": () => middle(1.6), "photo-out": () => middle(1 / 1.6), "photo-fit": fit,
    "viewer-close": () => dialog.close(),
  };
  for (const [id, action] of Object.entries(actions)) $(id).addEventListener("click", action);
  const keys = { n: () => step(1), p: () => step(-1), b: toggleBoxes, j: () => stepAnimal(1), k: () => stepAnimal(-1) };
  dialog.addEventListener("keydown", (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
  dialog.addEventListener("close", () => {
    image = -1;
    tip.hidden = true;
    picture.removeAttribute("href");
    if (location.hash.startsWith("#photo-")) history.replaceState(null, "", "#");
  });
  new ResizeObserver(() => {
    if (image < 0) return;
    const before = { ...size };
    measure();
    view.x -= (size.width - before.width) / 2 / view.scale;
    view.y -= (size.height - before.height) / 2 / view.scale;
    drawNow();
  }).observe(stage);
  onFilter(() => {
    refresh();
    draw();
  });
  return { open, close: () => dialog.open && dialog.close(), current: () => image };
})();

// Opening a photo is a place in the history, so that a phone's way back closes it.
function openPhoto(image, animal, instead) {
  const hash = `#photo-${image + 1}`;
  if (location.hash !== hash) history[instead ? "replaceState" : "pushState"](null, "", hash);
  VIEWER.open(image, animal);
}
