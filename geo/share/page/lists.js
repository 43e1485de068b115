// The photos and the animals as grids, built a page at a time.
const LISTS = (() => {
  const PHOTOS = 60;
  const ANIMALS = 180;
  let shownPhotos = PHOTOS;
  let shownAnimals = ANIMALS;
  const byName = new Intl.Collator("en", { numeric: true });
  let names = null; // sorted when they are first needed: the names of a large survey take seconds

  function photos() {
    names ??= IMAGES.path.map((_, i) => i).sort((a, b) => byName.compare(IMAGES.path[a], IMAGES.path[b]));
    const wanted = $("photo-search").value.trim().toLowerCase();
    const found = names.filter((i) =>
      (!$("photo-with").checked || COUNTS.byImage[i] > 0) && (!wanted || IMAGES.path[i].toLowerCase().includes(wanted)));
    if ($("photo-order").value === "most") found.sort((a, b) => COUNTS.byImage[b] - COUNTS.byImage[a]);
    return found;
  }

  function photoCard(i) {
    const status = IMAGES.status[i] === 0 ? plural(COUNTS.byImage[i], "animal", "animals") : ["", "failed", "not searched yet"][IMAGES.status[i]];
    return el("button", { type: "button", class: "photo", "data-image": i, onclick: () => openPhoto(i) },
      thumb(i), el("span", { class: "name" }, photoName(i)), el("span", { class: "soft" }, status));
  }

  function thumb(i) {
    const cell = cellOf(DATA.sheets.thumbs, IMAGES.thumb[i]);
    const node = cellPicture(cell, 160, `Small picture of ${photoName(i)}`);
    const long = Math.max(IMAGES.width[i], IMAGES.height[i], 1);
    // The cell is square, the photo lies in its upper left.
    node.style.width = `${cell ? Math.max(24, (160 * IMAGES.width[i]) / long) : 160}px`;
    node.style.height = `${cell ? Math.max(24, (160 * IMAGES.height[i]) / long) : 107}px`;
    return node;
  }

  function showPhotos() {
    if ($("view-photos").hidden) return;
    const found = photos();
    $("photo-grid").replaceChildren(...found.slice(0, shownPhotos).map(photoCard));
    $("photo-number").textContent = `${number(found.length)} of ${plural(IMAGES.path.length, "photo", "photos")}`;
    $("photo-more").hidden = found.length <= shownPhotos;
  }

  function animals() {
    const found = [];
    for (let i = 0; i < SURVEY.count; i++) if (SURVEY.visible[i]) found.push(i);
    const score = (i) => (Number.isNaN(SURVEY.score[i]) ? 2 : SURVEY.score[i]);
    const orders = {
      high: (a, b) => score(b) - score(a),
      low: (a, b) => score(a) - score(b),
      class: (a, b) => SURVEY.label[a] - SURVEY.label[b] || score(b) - score(a),
      photo: (a, b) => SURVEY.image[a] - SURVEY.image[b] || a - b,
    };
    return found.sort(orders[$("animal-order").value]);
  }

  function animalCard(i) {
    const card = el("button", { type: "button", class: `chip ${REVIEW[SURVEY.review[i]]}`, "data-row": i, title: describe(i), onclick: () => openPhoto(SURVEY.image[i], i), disabled: SURVEY.image[i] < 0 },
      cropOf(i, 96), el("span", { class: "name" }, className(i)), el("span", { class: "soft" }, scoreText(i)));
    card.style.borderColor = classColour(i);
    return card;
  }

  function showAnimals() {
    if ($("view-animals").hidden) return;
    const found = animals();
    $("animal-grid").replaceChildren(...found.slice(0, shownAnimals).map(animalCard));
    $("animal-number").textContent = plural(found.length, "animal", "animals");
    $("animal-more").hidden = found.length <= shownAnimals;
  }

  for (const [id, event] of [["photo-search", "input"], ["photo-order", "change"], ["photo-with", "change"]])
    $(id).addEventListener(event, () => {
      shownPhotos = PHOTOS;
      showPhotos();
    });
  $("animal-order").addEventListener("change", () => {
    shownAnimals = ANIMALS;
    showAnimals();
  });
  // What is there stays, so that the place in the page stays too.
  $("photo-more").addEventListener("click", () => {
    $("photo-grid").append(...photos().slice(shownPhotos, shownPhotos + PHOTOS).map(photoCard));
    shownPhotos += PHOTOS;
    $("photo-more").hidden = photos().length <= shownPhotos;
  });
  $("animal-more").addEventListener("click", () => {
    const found = animals();
    $("animal-grid").append(...found.slice(shownAnimals, shownAnimals + ANIMALS).map(animalCard));
    shownAnimals += ANIMALS;
    $("animal-more").hidden = found.length <= shownAnimals;
  });
  const refresh = eachFrame(() => {
    showPhotos();
    showAnimals();
  });
  onFilter(refresh);
  return { photos, refresh };
})();
