// Mouse, touch, pen, wheel and keys over one element become pan, zoom, tap and hover.
function gestures(element, act) {
  const down = new Map();
  let travelled = 0;
  const place = (event) => {
    const frame = element.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };
  const middle = () => {
    const all = [...down.values()];
    const x = all.reduce((sum, p) => sum + p.x, 0) / all.length;
    const y = all.reduce((sum, p) => sum + p.y, 0) / all.length;
    return { x, y, spread: Math.hypot(all[0].x - x, all[0].y - y) };
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    try {
      element.setPointerCapture(event.pointerId);
    } catch {
      // The pointer is gone already.
    }
    if (down.size === 0) travelled = 0;
    down.set(event.pointerId, place(event));
  });
  element.addEventListener("pointermove", (event) => {
    const to = place(event);
    if (!down.has(event.pointerId)) {
      act.hover(to.x, to.y);
      return;
    }
    const before = middle();
    down.set(event.pointerId, to);
    const after = middle();
    travelled += Math.hypot(after.x - before.x, after.y - before.y) + (down.size > 1 ? 9 : 0);
    if (travelled < 5) return;
    act.pan(after.x - before.x, after.y - before.y);
    if (down.size > 1 && before.spread > 0) act.zoom(after.spread / before.spread, after.x, after.y);
  });
  const up = (event) => {
    if (!down.delete(event.pointerId) || event.type === "pointercancel") return;
    if (down.size === 0 && travelled < 5) {
      const at = place(event);
      act.tap(at.x, at.y, event);
    }
  };
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("pointerleave", () => act.hover(NaN, NaN));
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const at = place(event);
    act.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), at.x, at.y);
  }, { passive: false });
  element.addEventListener("dblclick", (event) => {
    const at = place(event);
    act.zoom(2, at.x, at.y);
  });
  const step = 70;
  const keys = {
    ArrowLeft: () => act.pan(step, 0),
    ArrowRight: () => act.pan(-step, 0),
    ArrowUp: () => act.pan(0, step),
    ArrowDown: () => act.pan(0, -step),
    "+": () => act.zoom(1.5, element.clientWidth / 2, element.clientHeight / 2),
    "=": () => act.zoom(1.5, element.clientWidth / 2, element.clientHeight / 2),
    "-": () => act.zoom(1 / 1.5, element.clientWidth / 2, element.clientHeight / 2),
    0: () => act.fit(),
    Home: () => act.fit(),
  };
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
}
