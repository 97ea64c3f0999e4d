// Lines over one axis, and which is which.

/** Lines over one axis: `lines` have a name, points [x, y] and a class of style; `xText` names a place on the axis. */
function lineFigure(width, height, { lines, label, xName, yRange, integers, mark, xText = text }) {
  const points = lines.flatMap((line) => line.points).filter((point) => Number.isFinite(point[1]));
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  const [low, high] = yRange || [Math.min(0, ...ys), Math.max(...ys) * 1.05 || 1];
  const frame = { left: 46, right: width - 10, top: 8, bottom: height - 34 };
  const x = scale(Math.min(...xs), Math.max(...xs), frame.left, frame.right);
  const y = scale(low, high, frame.bottom, frame.top);
  const places = ticks(Math.min(...xs), Math.max(...xs), width / 90).filter((place) => !integers || Number.isInteger(place));
  return fill(picture(width, height, label), {}, [
    sideAxis(low, high, y, frame.left, frame.right, 4),
    svg("line", { x1: frame.left, x2: frame.right, y1: y(0), y2: y(0), class: "axis" }),
    ...places.map((place) => svg("text", { x: x(place), y: frame.bottom + 16, "text-anchor": x(place) > frame.right - 20 && xText !== text ? "end" : "middle" }, xText(place))),
    svg("text", { x: frame.right, y: frame.bottom + 31, "text-anchor": "end" }, xName),
    ...lines.map((line) => svg("path", { d: path(line.points.map(([a, b]) => [x(a), y(b)])), class: `line ${line.style}` })),
    mark ? svg("circle", { cx: x(mark[0]), cy: y(mark[1]), r: 4.5, class: "dot" }) : null,
  ]);
}

function lineLegend(lines) {
  const sample = (style) => svg("svg", { viewBox: "0 0 28 10", width: 28, height: 10, "aria-hidden": true }, svg("path", { d: "M0,5H28", class: `line ${style}` }));
  return html("ul", { class: "legend" }, lines.map((line) => html("li", { class: "lined" }, sample(line.style), line.name)));
}
