// Elements, scales and the few shapes that all figures are made of.

const find = (id) => document.getElementById(id);

/** Make an element of HTML; attributes by name, children as elements or text, which is never read as HTML. */
function html(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Make an element of SVG. */
function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Return a picture of a size in pixels; `label` is what those hear who do not see it. */
function picture(width, height, label) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
}

const scale = (from, to, start, end) => (value) => start + ((value - from) / (to - from || 1)) * (end - start);

/** Return round numbers between two others, about as many as asked for. */
function ticks(low, high, about) {
  if (!(high > low)) return [low];
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, index) => (first + index) * step);
}

/** Write a number with about three digits and a true minus sign. */
function text(value, signed = false) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 1e6 || (size > 0 && size < 1e-5) ? value.toExponential(1) : String(Number(value.toPrecision(size >= 100 ? 4 : 3)));
  return (signed && value > 0 ? "+" : "") + digits.replaceAll("-", "−");
}

const fixed = (value) => `${value > 0 ? "+" : ""}${value.toFixed(2)}`.replace("-", "−");
const percent = (share) => (share > 0 && share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`);
const cases = (number) => `${number.toLocaleString("en")} ${number === 1 ? "case" : "cases"}`;

/** Return the path through points, broken where one is missing. */
function path(points) {
  let pen = "M";
  let told = "";
  for (const [x, y] of points) {
    if (Number.isFinite(y)) {
      told += `${pen}${x.toFixed(1)},${y.toFixed(1)}`;
      pen = "L";
    } else pen = "M";
  }
  return told;
}

/** Draw values as steps that rise from a base line: those above zero, or those below it. */
function bars(values, x, y, sign, name) {
  let told = "";
  values.forEach((value, bin) => {
    const height = y(0) - y(value);
    if (value * sign > 0 && Math.abs(height) > 0.05) {
      told += `M${x(bin).toFixed(2)},${y(0).toFixed(2)}v${(-height).toFixed(2)}H${x(bin + 1).toFixed(2)}v${height.toFixed(2)}z`;
    }
  });
  return svg("path", { d: told, class: name });
}

/** Draw the values of both signs around a zero line: for upwards, against downwards. */
function signedLane(values, x, y, [left, right]) {
  return svg(
    "g",
    {},
    bars(values, x, y, 1, "for-area"),
    bars(values, x, y, -1, "against-area"),
    svg("line", { x1: left, x2: right, y1: y(0), y2: y(0), class: "axis" }),
  );
}

/** Draw numbers along the lower edge. */
function stepAxis(low, high, x, y, about, name) {
  const places = ticks(low, high, about).filter((place) => Number.isInteger(place));
  return svg(
    "g",
    {},
    places.map((place) => svg("text", { x: x(place), y: y + 16, "text-anchor": "middle" }, text(place))),
    places.map((place) => svg("line", { x1: x(place), x2: x(place), y1: y, y2: y + 4, class: "axis" })),
    name ? svg("text", { x: x(high), y: y + 31, "text-anchor": "end" }, name) : null,
  );
}

/** Draw numbers along the left edge, with fine lines across. */
function sideAxis(low, high, y, left, right, about) {
  return svg(
    "g",
    {},
    ticks(low, high, about).map((value) => [
      svg("line", { x1: left, x2: right, y1: y(value), y2: y(value), class: "grid" }),
      svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, text(value)),
    ]),
  );
}

/** Return the numbers of a figure as a table that is made when it is opened. */
function numbersBehind(header, rows) {
  const details = html("details", {}, html("summary", {}, "The numbers"));
  details.addEventListener(
    "toggle",
    () => {
      const cell = (value) => (typeof value === "number" ? text(value) : value);
      details.append(
        html(
          "div",
          { class: "scroll", tabindex: 0, role: "group", "aria-label": "Table of numbers" },
          html(
            "table",
            {},
            html("thead", {}, html("tr", {}, header.map((name) => html("th", { scope: "col" }, name)))),
            html("tbody", {}, rows().map((row) => html("tr", {}, row.map((value) => html("td", {}, cell(value)))))),
          ),
        ),
      );
    },
    { once: true },
  );
  return details;
}

/** Draw a figure into an element, and again whenever its width changes. */
function drawn(holder, draw) {
  let width = 0;
  const redraw = () => {
    width = holder.clientWidth || width || 600;
    holder.replaceChildren(...[draw(Math.max(width, 240))].flat());
  };
  new ResizeObserver(() => {
    if (holder.clientWidth && holder.clientWidth !== width) redraw();
  }).observe(holder);
  redraw();
  return redraw;
}
