// The map: pictures, footprints, regions and animals on a canvas, in local coordinates with y up.
const MAP = (() => {
  const canvas = $("map");
  const context = canvas.getContext("2d");
  const layers = { pictures: true, footprints: true, regions: true, animals: true };
  const view = { x: 0, y: 0, scale: 1 }; // the centre in local units, CSS px per unit
  const size = { width: 1, height: 1 };
  let chosen = -1; // an animal
  let chosenPhoto = -1;
  let theme = {};

  const bounds = (() => {
    const b = [Infinity, Infinity, -Infinity, -Infinity];
    const add = (x, y) => {
      if (Number.isNaN(x)) return;
      b[0] = Math.min(b[0], x);
      b[1] = Math.min(b[1], y);
      b[2] = Math.max(b[2], x);
      b[3] = Math.max(b[3], y);
    };
    for (const ring of [...SURVEY.rings, ...SURVEY.regions.flatMap((r) => r.rings)])
      for (let k = 0; ring && k < ring.length; k += 2) add(ring[k], ring[k + 1]);
    for (let i = 0; i < SURVEY.count; i++) add(SURVEY.x[i], SURVEY.y[i]);
    return Number.isFinite(b[0]) ? b : [0, 0, 1, 1];
  })();
  const ringBounds = SURVEY.rings.map((ring) => {
    if (!ring) return null;
    const b = [Infinity, Infinity, -Infinity, -Infinity];
    for (let k = 0; k < ring.length; k += 2) {
      b[0] = Math.min(b[0], ring[k]);
      b[1] = Math.min(b[1], ring[k + 1]);
      b[2] = Math.max(b[2], ring[k]);
      b[3] = Math.max(b[3], ring[k + 1]);
    }
    return b;
  });
  const usualBox = (() => {
    const sizes = [];
    const step = Math.max(1, Math.floor(SURVEY.count / 500));
    for (let i = 0; i < SURVEY.count; i += step) {
      const p = 8 * i;
      const d = Math.hypot(SURVEY.polygon[p + 4] - SURVEY.polygon[p], SURVEY.polygon[p + 5] - SURVEY.polygon[p + 1]);
      if (!Number.isNaN(d)) sizes.push(d);
    }
    return sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)] || 1;
  })();

  // ---- where things are ------------------------------------------------------------------
  const screenX = (x) => (x - view.x) * view.scale + size.width / 2;
  const screenY = (y) => size.height / 2 - (y - view.y) * view.scale;
  const localX = (sx) => (sx - size.width / 2) / view.scale + view.x;
  const localY = (sy) => view.y - (sy - size.height / 2) / view.scale;
  const inView = (b) =>
    b && b[2] > localX(0) && b[0] < localX(size.width) && b[3] > localY(size.height) && b[1] < localY(0);
  // The longer side of an image on the screen, CSS px.
  const longOf = (i) => Math.max(ringBounds[i][2] - ringBounds[i][0], ringBounds[i][3] - ringBounds[i][1]) * view.scale;

  function show(b, most) {
    view.x = (b[0] + b[2]) / 2;
    view.y = (b[1] + b[3]) / 2;
    const pad = 28;
    const wide = (size.width - 2 * pad) / Math.max(b[2] - b[0], 1e-9);
    const high = (size.height - 2 * pad) / Math.max(b[3] - b[1], 1e-9);
    view.scale = Math.min(Math.max(Math.min(wide, high), 1e-9), most || Infinity);
    draw();
  }
  const fit = () => show(bounds);

  function zoom(factor, sx, sy) {
    const [x, y] = [localX(sx), localY(sy)];
    const least = (0.3 * Math.min(size.width, size.height)) / Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1], 1e-9);
    const most = Math.max(400 / usualBox, 4 * least);
    view.scale = Math.min(Math.max(view.scale * factor, least), most);
    view.x = x - (sx - size.width / 2) / view.scale;
    view.y = y + (sy - size.height / 2) / view.scale;
    draw();
  }

  // ---- pictures --------------------------------------------------------------------------
  // The first drawing waits for no picture, and pictures that come together are drawn together.
  const loaded = new Map();
  let coming = 0;
  function picture(file) {
    let found = loaded.get(file);
    if (found) {
      loaded.delete(file); // last used, last out
    } else {
      found = { image: new Image(), ready: false };
      const entry = found;
      entry.image.src = file;
      entry.image.decode().then(() => {
        entry.ready = true;
        coming ||= setTimeout(() => {
          coming = 0;
          draw();
        }, 120);
      }, () => {});
    }
    loaded.set(file, found);
    if (loaded.size > 80) loaded.delete(loaded.keys().next().value);
    return found.ready ? found.image : null;
  }

  function lay(image, affine, source, sx, sy, width, height) {
    const [a, b, c, d, e, f] = affine;
    const k = view.scale * devicePixelRatio;
    const [u, v] = [IMAGES.width[image] / width, IMAGES.height[image] / height];
    if (b === 0 && d === 0 && a > 0 && e < 0) {
      // North is up: no transform, which is many times faster.
      context.drawImage(source, sx, sy, width, height, screenX(c), screenY(f), a * view.scale * width * u, -e * view.scale * height * v);
      return;
    }
    context.setTransform(a * k * u, -d * k * u, b * k * v, -e * k * v, screenX(c) * devicePixelRatio, screenY(f) * devicePixelRatio);
    context.drawImage(source, sx, sy, width, height, 0, 0, width, height);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  }

  // Closer than the pictures can show, each animal in view is seen by its own crop.
  function drawCrops() {
    const sheets = DATA.sheets.crops;
    const seen = sheets && usualBox * view.scale >= 12 ? inSight() : [];
    if (seen.length > 150) return;
    for (const i of seen) {
      const affine = SURVEY.affines[SURVEY.image[i]];
      const [x, y, side] = SURVEY.square.subarray(3 * i, 3 * i + 3);
      if (SURVEY.cell[i] < 0 || !affine || Number.isNaN(side)) continue;
      const image = SURVEY.image[i];
      const coarse = IMAGES.picture[image] ? IMAGES.picture[image][1] / IMAGES.width[image] : 0;
      const [a, b, c, d, e, f] = affine;
      if (coarse > 0.9 || Math.hypot(a, d) * view.scale * devicePixelRatio < 1.3 * coarse) continue;
      const cell = cellOf(sheets, SURVEY.cell[i]);
      const sheet = picture(cell.file);
      const inner = Math.min(side, cell.side);
      const k = (view.scale * devicePixelRatio * side) / inner;
      if (!sheet) continue;
      const [left, top] = [screenX(a * x + b * y + c), screenY(d * x + e * y + f)];
      context.setTransform(a * k, -d * k, b * k, -e * k, left * devicePixelRatio, top * devicePixelRatio);
      context.drawImage(sheet, cell.x + 2, cell.y + 2, inner - 4, inner - 4, 2, 2, inner - 4, inner - 4);
    }
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  }

  function drawPictures() {
    const seen = [];
    for (let i = 0; i < IMAGES.path.length; i++) {
      if (!SURVEY.affines[i] || !inView(ringBounds[i])) continue;
      const long = longOf(i);
      if (long > 14) seen.push([i, long]);
    }
    const large = seen.filter(([i, long]) => long > 200 && IMAGES.picture[i]);
    const whole = new Set(large.length <= 16 ? large.map(([i]) => i) : []);
    for (const [i] of seen) {
      const thumb = cellOf(DATA.sheets.thumbs, IMAGES.thumb[i]);
      const full = whole.has(i) ? picture(IMAGES.picture[i][0]) : null;
      if (full) {
        lay(i, SURVEY.affines[i], full, 0, 0, full.naturalWidth, full.naturalHeight);
      } else if (thumb) {
        const sheet = picture(thumb.file);
        const shrink = Math.min(1, thumb.side / Math.max(IMAGES.width[i], IMAGES.height[i]));
        const [w, h] = [IMAGES.width[i] * shrink, IMAGES.height[i] * shrink].map((v) => Math.max(1, Math.round(v)));
        if (sheet) lay(i, SURVEY.affines[i], sheet, thumb.x, thumb.y, w, h);
      }
    }
  }

  // ---- lines and dots --------------------------------------------------------------------
  function trace(ring) {
    context.moveTo(screenX(ring[0]), screenY(ring[1]));
    for (let k = 2; k < ring.length; k += 2) context.lineTo(screenX(ring[k]), screenY(ring[k + 1]));
    context.closePath();
  }

  function stroke(style, width, dash) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.setLineDash(dash || []);
    context.stroke();
    context.setLineDash([]);
  }

  function drawFootprints() {
    const styles = [[theme.footprint, 1], ["#d55e00", 2], ["#e69f00", 1.5, [5, 4]]];
    const seen = styles.map(() => []);
    SURVEY.rings.forEach((ring, i) => {
      if (ring && inView(ringBounds[i])) seen[IMAGES.status[i]].push(i);
    });
    styles.forEach(([style, width, dash], status) => {
      const small = seen[status].filter((i) => longOf(i) < 60);
      const stamped = small.length > 1000;
      if (stamped) stampRings(small, style, width, dash);
      context.beginPath();
      for (const i of seen[status]) if (!stamped || longOf(i) >= 60) trace(SURVEY.rings[i]);
      stroke(style, width, dash);
    });
    if (chosenPhoto >= 0 && SURVEY.rings[chosenPhoto]) {
      context.beginPath();
      trace(SURVEY.rings[chosenPhoto]);
      stroke(theme.casing, 5);
      stroke(theme.chosen, 2.5);
    }
  }

  function drawRegions() {
    context.lineJoin = "round";
    for (const region of SURVEY.regions) {
      context.beginPath();
      for (const ring of region.rings) trace(ring);
      stroke("rgba(0,0,0,0.65)", 4);
      stroke("#ffffff", 2);
    }
  }

  // Of names that would lie on each other the first is written; the others come when one zooms in.
  function drawRegionNames() {
    context.font = "600 13px system-ui, sans-serif";
    context.textAlign = "center";
    const written = [];
    for (const region of SURVEY.regions) {
      if (!region.inside) continue;
      const [x, y] = [screenX(region.inside[0] * DATA.quantum), screenY(region.inside[1] * DATA.quantum)];
      const text = region.name.length > 40 ? `${region.name.slice(0, 39)}…` : region.name;
      region.wide ??= context.measureText(text).width + 8;
      const half = region.wide / 2;
      if (x + half < 0 || x - half > size.width || y < 0 || y - 16 > size.height) continue;
      if (written.some((other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 18)) continue;
      written.push({ x, y, half });
      context.lineWidth = 4;
      context.strokeStyle = "rgba(0,0,0,0.75)";
      context.strokeText(text, x, y);
      context.fillStyle = "#ffffff";
      context.fillText(text, x, y);
    }
  }

  const dots = new Map();
  function dot(colour, radius) {
    const key = `${colour} ${radius} ${devicePixelRatio}`;
    if (!dots.has(key)) {
      const side = Math.ceil(2 * (radius + 2) * devicePixelRatio);
      const sprite = el("canvas", { width: side, height: side });
      const pen = sprite.getContext("2d", { willReadFrequently: true });
      pen.beginPath();
      pen.arc(side / 2, side / 2, radius * devicePixelRatio, 0, 7);
      pen.fillStyle = colour;
      pen.fill();
      pen.lineWidth = 1.2 * devicePixelRatio;
      pen.strokeStyle = "rgba(0,0,0,0.8)";
      pen.stroke();
      dots.set(key, sprite);
    }
    return dots.get(key);
  }

  // Thousands of dots or outlines are written as pixels: a drawing call for each takes a second on a small machine. What
  // the inner loops need is a constant of theirs, which makes them several times as fast.
  const sheet = el("canvas");
  let pixels = null;
  function stamp(write) {
    const [width, height] = [canvas.width, canvas.height];
    if (!pixels || pixels.width !== width || pixels.height !== height) {
      pixels = new ImageData(width, height);
      Object.assign(sheet, { width, height });
    }
    const scale = view.scale * devicePixelRatio;
    const place = { scale, x: screenX(0) * devicePixelRatio, y: screenY(0) * devicePixelRatio };
    write(new Uint32Array(pixels.data.buffer).fill(0), width, height, place);
    sheet.getContext("2d").putImageData(pixels, 0, 0);
    context.drawImage(sheet, 0, 0, size.width, size.height);
  }

  function stampDots(seen, sprites, rejected) {
    const side = sprites[0].width;
    const stamps = sprites.map((sprite) => {
      const data = sprite.getContext("2d").getImageData(0, 0, side, side);
      const all = new Uint32Array(data.data.buffer);
      const drawn = [...all.keys()].filter((at) => all[at] >>> 24 > 110);
      return {
        at: Int32Array.from(drawn, (at) => Math.floor(at / side) * canvas.width + (at % side)),
        colours: Uint32Array.from(drawn, (at) => all[at] | 0xff000000),
      };
    });
    const { x, y, label, review } = SURVEY;
    stamp((target, width, height, place) => {
      const { scale, x: originX, y: originY } = place;
      for (const i of seen) {
        const left = Math.round(originX + x[i] * scale - side / 2);
        const top = Math.round(originY - y[i] * scale - side / 2);
        if (left < 0 || top < 0 || left + side > width || top + side > height) continue;
        const { at, colours } = stamps[label[i]];
        const mask = review[i] === rejected ? 0x66ffffff : 0xffffffff;
        const corner = top * width + left;
        for (let n = 0; n < at.length; n++) target[corner + at[n]] = colours[n] & mask;
      }
    });
  }

  // Outlines a few px long; `wide` and the lengths of a dash and its gap in CSS px, no gap for a line.
  function stampRings(seen, colour, wide, dash) {
    const side = Math.max(1, Math.round(wide * devicePixelRatio));
    const [on, off] = (dash || [1, 0]).map((length) => Math.round(length * devicePixelRatio));
    const pixel = pixelOf(colour);
    const { rings } = SURVEY;
    stamp((target, width, height, place) => {
      const { scale, x: originX, y: originY } = place;
      for (const i of seen) {
        const ring = rings[i];
        const last = ring.length - 2;
        let x = originX + ring[last] * scale;
        let y = originY - ring[last + 1] * scale;
        let walked = 0;
        for (let k = 0; k <= last; k += 2) {
          const toX = originX + ring[k] * scale;
          const toY = originY - ring[k + 1] * scale;
          const steps = Math.ceil(Math.max(Math.abs(toX - x), Math.abs(toY - y)));
          const [stepX, stepY] = [(toX - x) / steps, (toY - y) / steps];
          for (let step = 0; step < steps; step++, walked++, x += stepX, y += stepY) {
            if (off && walked % (on + off) >= on) continue;
            const left = Math.floor(x + 0.5);
            const top = Math.floor(y + 0.5);
            if (left < 0 || top < 0 || left + side > width || top + side > height) continue;
            const corner = top * width + left;
            if (side === 1) target[corner] = pixel;
            else for (let row = 0; row < side; row++) target.fill(pixel, corner + row * width, corner + row * width + side);
          }
          x = toX;
          y = toY;
        }
      }
    });
  }

  // A colour as it lies in the memory of an image.
  function pixelOf(colour) {
    const pen = el("canvas", { width: 1, height: 1 }).getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return new Uint32Array(pen.getImageData(0, 0, 1, 1).data.buffer)[0];
  }

  function inSight() {
    const [left, right] = [localX(-20), localX(size.width + 20)];
    const [low, high] = [localY(size.height + 20), localY(-20)];
    const seen = [];
    for (let i = 0; i < SURVEY.count; i++) {
      const [x, y] = [SURVEY.x[i], SURVEY.y[i]];
      if (SURVEY.visible[i] && x >= left && x <= right && y >= low && y <= high) seen.push(i);
    }
    return seen;
  }

  function drawAnimals() {
    const seen = inSight();
    if (usualBox * view.scale >= 12) {
      for (const rejected of [false, true]) {
        const byClass = CLASSES.map(() => []);
        for (const i of seen) if ((REVIEW[SURVEY.review[i]] === "rejected") === rejected) byClass[SURVEY.label[i]].push(i);
        byClass.forEach((rows, label) => {
          if (!rows.length) return;
          context.beginPath();
          for (const i of rows) trace(SURVEY.polygon.subarray(8 * i, 8 * i + 8));
          context.globalAlpha = rejected ? 0.6 : 1;
          stroke("rgba(0,0,0,0.75)", 4, rejected ? [4, 4] : null);
          stroke(CLASSES[label].colour, 2, rejected ? [4, 4] : null);
          context.globalAlpha = 1;
        });
      }
    } else {
      const radius = seen.length > 30000 ? 1.5 : seen.length > 4000 ? 2.5 : seen.length > 600 ? 3.5 : 4.5;
      const sprites = CLASSES.map((c) => dot(c.colour, radius));
      const rejected = REVIEW.indexOf("rejected");
      const side = sprites.length ? sprites[0].width / devicePixelRatio : 0;
      if (seen.length > 1000) return stampDots(seen, sprites, rejected);
      for (const i of seen) {
        const faded = SURVEY.review[i] === rejected;
        if (faded) context.globalAlpha = 0.4;
        context.drawImage(sprites[SURVEY.label[i]], screenX(SURVEY.x[i]) - side / 2, screenY(SURVEY.y[i]) - side / 2, side, side);
        if (faded) context.globalAlpha = 1;
      }
    }
  }

  function drawChosen() {
    if (chosen >= 0 && !Number.isNaN(SURVEY.x[chosen])) {
      context.beginPath();
      context.arc(screenX(SURVEY.x[chosen]), screenY(SURVEY.y[chosen]), Math.max(12, usualBox * view.scale * 0.8), 0, 7);
      stroke(theme.casing, 5);
      stroke(theme.chosen, 2.5);
    }
  }

  function drawScale() {
    if (DATA.unit === "units") return;
    const most = 120 / view.scale;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most);
    const text = DATA.unit === "px" ? `${length} px` : length >= 1000 ? `${length / 1000} km` : length >= 1 ? `${length} m` : `${Math.round(length * 100)} cm`;
    const [x, y] = [size.width - 20 - length * view.scale, size.height - 20];
    context.fillStyle = theme.panel;
    context.beginPath();
    context.roundRect(x - 10, y - 24, length * view.scale + 20, 34, 8);
    context.fill();
    context.beginPath();
    context.moveTo(x, y - 6);
    context.lineTo(x, y);
    context.lineTo(size.width - 20, y);
    context.lineTo(size.width - 20, y - 6);
    stroke(theme.ink, 2);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.fillStyle = theme.ink;
    context.fillText(text, (x + size.width - 20) / 2, y - 7);
  }

  const draw = eachFrame(drawNow);
  function drawNow() {
    if ($("view-map").hidden) return;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.fillStyle = theme.ground;
    context.fillRect(0, 0, size.width, size.height);
    if (layers.pictures) drawPictures();
    if (layers.pictures && layers.animals) drawCrops();
    if (layers.footprints) drawFootprints();
    if (layers.regions) drawRegions();
    if (layers.animals) drawAnimals();
    drawChosen();
    if (layers.regions) drawRegionNames();
    drawScale();
    canvas.dataset.view = `${view.x} ${view.y} ${view.scale}`;
  }

  function resize() {
    const box = canvas.getBoundingClientRect();
    if (!box.width || !box.height) return;
    if (box.width === size.width && box.height === size.height && canvas.width === Math.round(box.width * devicePixelRatio)) {
      draw();
      return;
    }
    const first = size.width === 1;
    Object.assign(size, { width: box.width, height: box.height });
    canvas.width = Math.round(box.width * devicePixelRatio);
    canvas.height = Math.round(box.height * devicePixelRatio);
    // A canvas of a new size is empty: it is drawn before it is seen, except the first time, when more is to come.
    if (first) fit();
    else drawNow();
  }

  function readTheme() {
    const style = getComputedStyle(document.documentElement);
    const names = { ground: "--ground", footprint: "--footprint", casing: "--casing", ink: "--ink", panel: "--panel", chosen: "--chosen" };
    theme = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, style.getPropertyValue(name).trim()]));
    draw();
  }

  // ---- what is under the pointer -----------------------------------------------------------
  function animalAt(sx, sy, reach) {
    if (!layers.animals) return -1;
    let [best, nearest] = [-1, Infinity];
    const most = Math.max(reach, (usualBox * view.scale) / 2);
    for (let i = 0; i < SURVEY.count; i++) {
      if (!SURVEY.visible[i]) continue;
      const d = Math.hypot(screenX(SURVEY.x[i]) - sx, screenY(SURVEY.y[i]) - sy);
      if (d < nearest && d <= most) [best, nearest] = [i, d];
    }
    return best;
  }

  function photoAt(sx, sy) {
    const [x, y] = [localX(sx), localY(sy)];
    let [best, nearest] = [-1, Infinity];
    SURVEY.rings.forEach((ring, i) => {
      const b = ringBounds[i];
      if (!ring || x < b[0] || x > b[2] || y < b[1] || y > b[3]) return;
      let inside = false;
      for (let k = 0, j = ring.length - 2; k < ring.length; j = k, k += 2)
        if (ring[k + 1] > y !== ring[j + 1] > y && x < ((ring[j] - ring[k]) * (y - ring[k + 1])) / (ring[j + 1] - ring[k + 1]) + ring[k])
          inside = !inside;
      const d = Math.hypot((b[0] + b[2]) / 2 - x, (b[1] + b[3]) / 2 - y);
      if (inside && d < nearest) [best, nearest] = [i, d];
    });
    return best;
  }

  const tip = $("map-tip");
  function hover(sx, sy) {
    const animal = Number.isNaN(sx) ? -1 : animalAt(sx, sy, 8);
    const photo = Number.isNaN(sx) || animal >= 0 || !layers.footprints || SURVEY.count > 50000 ? -1 : photoAt(sx, sy);
    tip.hidden = animal < 0 && photo < 0;
    canvas.style.cursor = tip.hidden ? "grab" : "pointer";
    if (tip.hidden) return;
    tip.textContent = animal >= 0 ? `${className(animal)} ${scoreText(animal)}` : `${photoName(photo)}: ${plural(COUNTS.byImage[photo], "animal", "animals")}`;
    tip.style.left = `${Math.min(sx + 12, size.width - tip.offsetWidth - 4)}px`;
    tip.style.top = `${Math.max(4, sy - 30)}px`;
  }

  function choose(animal, photo) {
    chosen = animal;
    chosenPhoto = animal >= 0 ? SURVEY.image[animal] : photo;
    const card = $("card");
    card.hidden = chosen < 0 && chosenPhoto < 0;
    if (!card.hidden) card.replaceChildren(...(chosen >= 0 ? animalCard(chosen) : photoCard(chosenPhoto)), closeButton());
    draw();
  }

  const closeButton = () => el("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => { choose(-1, -1); canvas.focus(); } }, "✕");
  const openButton = (image, animal) =>
    image >= 0 ? el("button", { type: "button", class: "primary", onclick: () => openPhoto(image, animal) }, "Open the photo") : null;

  function animalCard(i) {
    return [cropOf(i, 96), el("div", {}, el("h3", {}, className(i)), ...animalFacts(i), openButton(SURVEY.image[i], i))];
  }

  function photoCard(image) {
    return [
      el("div", {}, el("h3", {}, photoName(image)),
        el("p", {}, plural(COUNTS.byImage[image], "animal", "animals"), ", ", ["searched", "failed", "not searched yet"][IMAGES.status[image]]),
        IMAGES.reason[image] ? el("p", { class: "soft" }, IMAGES.reason[image]) : null,
        IMAGES.captured[image] ? el("p", { class: "soft" }, IMAGES.captured[image]) : null,
        openButton(image)),
    ];
  }

  gestures(canvas, {
    pan: (dx, dy) => {
      view.x -= dx / view.scale;
      view.y += dy / view.scale;
      draw();
    },
    zoom, hover, fit,
    tap: (sx, sy, event) => {
      tip.hidden = true;
      const animal = animalAt(sx, sy, event.pointerType === "touch" ? 18 : 9);
      choose(animal, animal >= 0 ? -1 : photoAt(sx, sy));
    },
  });
  $("map-in").addEventListener("click", () => zoom(1.6, size.width / 2, size.height / 2));
  $("map-out").addEventListener("click", () => zoom(1 / 1.6, size.width / 2, size.height / 2));
  $("map-fit").addEventListener("click", fit);
  for (const box of document.querySelectorAll("[data-layer]"))
    box.addEventListener("change", () => {
      layers[box.dataset.layer] = box.checked;
      draw();
    });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", readTheme);
  new ResizeObserver(resize).observe(canvas);
  onFilter(() => {
    const where = SURVEY.regions.length ? ` and ${plural(SURVEY.regions.length, "region", "regions")}` : "";
    canvas.setAttribute("aria-label",
      `Map of ${plural(IMAGES.path.length, "image", "images")}${where} with ${plural(COUNTS.all, "animal", "animals")}. ` +
      "Arrow keys move, plus and minus zoom, 0 shows everything. The same animals are listed under Animals and Photos.");
    draw();
  });
  return { resize, readTheme, show, choose, ringBounds };
})();

function animalFacts(i) {
  const rows = DATA.detections;
  const by = rows.reviewer[i] ? ` by ${rows.reviewer[i]}` : "";
  const place = rows.lat[i] === null ? null : `${rows.lat[i].toFixed(6)}, ${rows.lon[i].toFixed(6)}`;
  const region = SURVEY.regions.length && SURVEY.region[i] >= 0 ? SURVEY.regions[SURVEY.region[i]].name : null;
  return [
    el("p", {}, Number.isNaN(SURVEY.score[i]) ? "added by a person" : `score ${scoreText(i)}`, ", ", REVIEW[SURVEY.review[i]], by),
    rows.model_class[i] ? el("p", {}, "the detector said: ", rows.model_class[i]) : null,
    SURVEY.counted[i] ? null : el("p", {}, "repeated sighting, counted in another photo"),
    rows.note[i] ? el("p", {}, "note: ", rows.note[i]) : null,
    ...rows.added.filter(([, texts]) => texts[i]).map(([name, texts]) => el("p", {}, `${name}: `, texts[i])),
    el("p", { class: "soft" }, [photoName(SURVEY.image[i]), region, place].filter(Boolean).join(" · ")),
  ];
}
