// The survey, as arrays a row each, and what the filters leave of it.
const DATA = window.HERDMAP_SURVEY;
const IMAGES = DATA.images;
const CLASSES = DATA.classes;
const REVIEW = DATA.reviews;
const OUTSIDE = -1;
const UNPLACED = -2;

const SURVEY = (() => {
  const rows = DATA.detections;
  const count = rows.image.length;
  const nan = (values, scale) => {
    const found = new Float64Array(values.length); // its own `from` takes ten times as long
    for (let i = 0; i < values.length; i++) found[i] = values[i] === null ? NaN : values[i] * scale;
    return found;
  };
  const box = nan(rows.box, 0.01);
  const score = nan(rows.score, 0.0001);
  const polygon = nan(rows.polygon, 1);
  const quantum = DATA.quantum;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = 8 * i;
    for (let corner = 2; corner < 8; corner += 2) {
      polygon[at + corner] += polygon[at];
      polygon[at + corner + 1] += polygon[at + 1];
    }
    for (let k = 0; k < 8; k++) polygon[at + k] *= quantum;
    x[i] = (polygon[at] + polygon[at + 2] + polygon[at + 4] + polygon[at + 6]) / 4;
    y[i] = (polygon[at + 1] + polygon[at + 3] + polygon[at + 5] + polygon[at + 7]) / 4;
  }
  // Rows of each image, so that a photo need not look at all.
  const ofImage = IMAGES.path.map(() => []);
  for (let i = 0; i < count; i++) if (rows.image[i] >= 0) ofImage[rows.image[i]].push(i);
  return {
    count, box, score, polygon, x, y, ofImage,
    image: Int32Array.from(rows.image),
    label: Int32Array.from(rows.label),
    review: Uint8Array.from(rows.review),
    counted: rows.counted === null ? new Uint8Array(count).fill(1) : Uint8Array.from(rows.counted),
    region: Int32Array.from(rows.region),
    cell: Int32Array.from(rows.cell),
    square: nan(rows.square, 1),
    visible: new Uint8Array(count),
    rings: IMAGES.ring.map((ring) => (ring ? Float64Array.from(ring, (v) => v * quantum) : null)),
    affines: IMAGES.affine.map((affine) => (affine ? affine.map((v) => v * quantum) : null)),
    regions: DATA.regions.map((region) => ({
      ...region,
      rings: region.polygons.flat().map((ring) => Float64Array.from(ring, (v) => v * quantum)),
    })),
  };
})();

const FILTER = { classes: CLASSES.map(() => true), reviews: [true, true, false], from: 0, to: 1, seconds: false };
const COUNTS = { all: 0, byClass: [], byImage: [] };
const listeners = [];
const onFilter = (listener) => listeners.push(listener);

// Whether row i passes; `but` leaves one filter out, so that its own control shows what it would add.
function passes(i, but) {
  if (but !== "seconds" && !FILTER.seconds && !SURVEY.counted[i]) return false;
  if (but !== "classes" && !FILTER.classes[SURVEY.label[i]]) return false;
  if (but !== "reviews" && !FILTER.reviews[SURVEY.review[i]]) return false;
  const score = SURVEY.score[i];
  // An animal that a person drew has no score and is always within.
  return but === "score" || !(score < FILTER.from - 1e-9 || score > FILTER.to + 1e-9);
}

function applyFilters() {
  COUNTS.all = 0;
  COUNTS.byClass = CLASSES.map(() => 0);
  COUNTS.byImage = new Int32Array(IMAGES.path.length);
  for (let i = 0; i < SURVEY.count; i++) {
    const shown = passes(i);
    SURVEY.visible[i] = shown ? 1 : 0;
    if (!shown) continue;
    COUNTS.all++;
    COUNTS.byClass[SURVEY.label[i]]++;
    if (SURVEY.image[i] >= 0) COUNTS.byImage[SURVEY.image[i]]++;
  }
  for (const listener of listeners) listener();
}

const className = (i) => CLASSES[SURVEY.label[i]].name;
const classColour = (i) => CLASSES[SURVEY.label[i]].colour;
const photoName = (image) => (image < 0 ? "unknown photo" : IMAGES.path[image].split("/").pop());
const scoreText = (i) => (Number.isNaN(SURVEY.score[i]) ? "added by a person" : SURVEY.score[i].toFixed(2));

function describe(i) {
  return `${className(i)}, ${scoreText(i)}, ${REVIEW[SURVEY.review[i]]}, ${photoName(SURVEY.image[i])}`;
}

// Where the crop of an animal, or the thumbnail of a photo, lies: file and px of its cell; null where there is none.
function cellOf(sheets, cell) {
  if (!sheets || cell < 0) return null;
  const a = sheets.columns * sheets.rows;
  const n = cell % a;
  return {
    file: sheets.files[Math.floor(cell / a)],
    x: (n % sheets.columns) * sheets.side,
    y: Math.floor(n / sheets.columns) * sheets.side,
    side: sheets.side,
    width: sheets.columns * sheets.side,
    height: sheets.heights[Math.floor(cell / a)],
  };
}

// A square element of `size` CSS px that shows one cell.
function cellPicture(cell, size, name) {
  const node = el("span", { class: "cell", role: "img", "aria-label": name });
  if (cell) {
    const scale = size / cell.side;
    node.style.backgroundImage = `url("${cell.file}")`;
    node.style.backgroundSize = `${cell.width * scale}px ${cell.height * scale}px`;
    node.style.backgroundPosition = `${-cell.x * scale}px ${-cell.y * scale}px`;
  } else {
    node.classList.add("none");
  }
  node.style.width = node.style.height = `${size}px`;
  return node;
}

const cropOf = (i, size) => cellPicture(cellOf(DATA.sheets.crops, SURVEY.cell[i]), size, `Picture of ${describe(i)}`);
