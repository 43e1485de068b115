// Elements are built from text and never from markup: what a file says stays text.
const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function el(tag, attributes, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 0 });
const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;
const fixed = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : "");
const significant = (value, digits) =>
  Number.isFinite(value) ? Number(value.toPrecision(digits)).toLocaleString("en", { maximumSignificantDigits: digits }) : "";

// At most one call a frame.
function eachFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}
