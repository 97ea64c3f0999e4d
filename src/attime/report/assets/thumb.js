// A small picture of a case: its first channels, each in a lane of its own, and what was answered.

/** Put several bins together, of which each has its lowest and its highest value, so that no peak disappears. */
function lowAndHigh(values, n, every) {
  const found = [];
  for (let start = 0; start < n; start += every) {
    const part = [...values.slice(2 * start, 2 * Math.min(n, start + every))].filter(Number.isFinite);
    found.push(part.length ? Math.min(...part) : NaN, part.length ? Math.max(...part) : NaN);
  }
  return found;
}

const MOST_IN_THUMB = 3; // channels, each in a lane of its own

/** Return a small picture of a series with a line or two of text. */
function thumb(row) {
  const { predicted, true: truly, cases: numbers } = report.gallery;
  const shown = report.channels.slice(0, MOST_IN_THUMB);
  const [width, lane] = [120, [44, 24, 18][shown.length - 1]];
  const height = lane * shown.length;
  const n = binsOf(row);
  const every = Math.max(1, Math.floor(n / 60));
  const lines = shown.map((_, channel) => {
    const values = lowAndHigh(valuesOf(row, channel), n, every);
    const seen = values.filter(Number.isFinite);
    const y = scale(Math.min(...seen), Math.max(...seen), (channel + 1) * lane - 3, channel * lane + 3);
    const x = scale(0, values.length - 1, 1, width - 1);
    return svg("path", { d: path([...values].map((value, place) => [x(place), y(value)])), class: "line thin" });
  });
  const mark = truly === null ? "" : isWrong(row) ? html("span", { class: "wrong-mark" }, "✗ wrong") : html("span", {}, "✓");
  return [
    html("b", {}, `${numbers[row]}`, mark),
    svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": true }, lines),
    html("span", {}, isWrong(row) ? `${classOf(truly[row])} → ${classOf(predicted[row])}` : classOf(predicted[row])),
  ];
}
