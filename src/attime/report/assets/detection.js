// A series with its score and events, and one event beside what would have been normal.

const course = report.course;
const nBins = course.scores.length;
const ROOM = { left: 110, right: 10, lane: 46, score: 84, strip: 16, top: 18 };
const numbersOf = (values) => values.map((value) => (value === null ? NaN : value));
const finite = (values) => [...values].filter(Number.isFinite);
const chosen = { event: 0 };

/** Return the range of numbers; a flat one gets some room. */
function rangeOf(values) {
  const known = finite(values);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return known.length ? (high > low ? [low, high] : [low - 0.5, high + 0.5]) : [0, 1];
}

/** Draw times along the lower edge, as many as there is room for. */
function timesBelow(times, x, y, room) {
  const every = Math.max(1, Math.ceil(times.length / 60));
  let free = -Infinity;
  const found = [];
  times.forEach((name, place) => {
    const [middle, half] = [x(place + 0.5), 3.4 * name.length];
    if (place % every === 0 && name && middle - half > free && middle + half <= room) {
      found.push(svg("line", { x1: middle, x2: middle, y1: y, y2: y + 4, class: "axis" }), svg("text", { x: middle, y: y + 17, "text-anchor": "middle" }, name));
      free = middle + half + 14;
    }
  });
  return svg("g", {}, found);
}

/** Write a name to the left of a lane, cut off where there is no room; all of it is heard and shown on pointing. */
function laneName(name, y) {
  const cut = name.length > 16 ? `${name.slice(0, 15)}…` : name;
  return svg("text", { x: ROOM.left - 8, y: y + 4, "text-anchor": "end" }, cut, svg("title", {}, name));
}

/** Draw the whole series; `onEvent` is told the number of the event under the pointer. */
function courseFigure(width, onEvent) {
  const { left, top, lane, score, strip } = ROOM;
  const right = width - ROOM.right;
  const bottom = top + lane * course.channels.length + score + strip + 16;
  const x = scale(0, nBins, left, right);
  const words = `${course.channels.length} channels and their score; ${report.events.length} events are shaded.`;
  const sheet = picture(width, bottom + 26, words);
  for (const event of report.events) {
    const [first, end] = event.bins;
    const own = report.shown[chosen.event]?.number === event.number;
    sheet.append(svg("rect", { x: x(first), y: top - 4, width: Math.max(1.5, x(end) - x(first)), height: bottom - top, class: own ? "event-area own" : "event-area" }));
    if (report.events.length <= 40) sheet.append(svg("text", { x: (x(first) + x(end)) / 2, y: top - 7, "text-anchor": "middle", class: "small" }, String(event.number)));
  }
  for (const [first, end] of course.known) sheet.append(svg("rect", { x: x(first), y: top - 4, width: Math.max(1.5, x(end) - x(first)), height: 4, class: "for-area" }));
  course.channels.forEach((name, place) => {
    const values = numbersOf(course.values[place]);
    const [low, high] = rangeOf(values);
    const start = top + place * lane;
    const y = scale(low, high, start + lane - 5, start + 5);
    sheet.append(laneName(name, start + lane / 2), svg("path", { d: path(values.map((value, at) => [x(at / 2 + 0.25), y(value)])), class: "line thin" }));
  });
  const start = top + lane * course.channels.length + 6;
  const positive = finite(numbersOf(course.scores)).filter((value) => value > 0).sort((a, b) => a - b);
  const least = positive[Math.floor(positive.length / 100)] || 0.1;
  const power = (value) => Math.log10(Math.max(value, least));
  const heights = numbersOf(course.scores).map((value) => (Number.isFinite(value) ? power(value) : NaN));
  const level = course.threshold === null ? NaN : power(course.threshold);
  const y = scale(...rangeOf([...heights, level]), start + score - 10, start + 4);
  sheet.append(laneName("score", start + score / 2), svg("path", { d: path(heights.map((value, at) => [x(at + 0.5), y(value)])), class: "line ahead" }));
  if (Number.isFinite(level)) sheet.append(svg("line", { x1: left, x2: right, y1: y(level), y2: y(level), class: "cursor" }), svg("text", { x: right, y: y(level) - 4, "text-anchor": "end", class: "small" }, `threshold ${text(course.threshold)}`));
  const rarity = numbersOf(course.p_values).map((value) => (Number.isFinite(value) ? -Math.log10(value) : NaN));
  const lower = start + score;
  sheet.append(laneName("p-value", lower + strip / 2), svg("rect", { x: left, y: lower, width: right - left, height: strip, class: "empty-cells" }), heatCells([rarity], x, (row) => lower + row * strip, strongestOf([rarity])));
  sheet.append(timesBelow(course.times, x, bottom, width));
  sheet.addEventListener("pointerdown", (pointer) => {
    const box = sheet.getBoundingClientRect();
    const bin = ((((pointer.clientX - box.left) / box.width) * width - left) / (right - left)) * nBins;
    const near = report.events.find(({ bins: [first, end] }) => bin >= first - nBins / 300 && bin <= end + nBins / 300);
    if (near) onEvent(near.number);
  });
  return sheet;
}

/** Draw one event, channel by channel. */
function eventFigure(width, event) {
  const { left, top } = ROOM;
  const right = width - ROOM.right;
  const [lane, strip] = [event.channels.length === 1 ? 190 : 96, 12];
  const n = event.times.length;
  const bottom = top + lane * event.channels.length;
  const x = scale(0, n, left, right);
  const sheet = picture(width, bottom + 26, eventInWords(event));
  sheet.append(svg("rect", { x: x(event.start), y: top - 4, width: Math.max(1.5, x(event.end) - x(event.start)), height: bottom - top + 4, class: "event-area own" }));
  const most = strongestOf(event.relevance.map((row) => Float64Array.from(numbersOf(row))));
  event.channels.forEach((name, place) => {
    const start = top + place * lane;
    const [values, expected] = [event.values[place], event.expected[place]].map(numbersOf);
    const near = event.nearest.map((window) => numbersOf(window[place]));
    const [low, high] = rangeOf([...values, ...expected, ...near.flat()]);
    const y = scale(low, high, start + lane - strip - 14, start + 4);
    const line = (row, from, style) => svg("path", { d: path(row.map((value, step) => [x(from + step + 0.5), y(value)])), class: `line ${style}` });
    const row = Float64Array.from(numbersOf(event.relevance[place]));
    const lower = start + lane - strip - 8;
    sheet.append(
      laneName(name, start + lane / 2 - 8),
      ...near.map((window) => line(window, event.begin, "near")),
      line(expected, 0, "c1"),
      line(values, 0, ""),
      svg("rect", { x: left, y: lower, width: right - left, height: strip, class: "empty-cells" }),
      heatCells([row], x, (at) => lower + at * strip, most),
    );
  });
  sheet.append(timesBelow(event.times, x, bottom, width));
  return sheet;
}

/** Say where an event departs most from what was expected, and what it was compared with. */
function eventInWords(event) {
  const rows = event.relevance.map(numbersOf);
  const peaks = rows.map((row) => Math.max(...finite(row.slice(event.start, event.end)), 0));
  const place = peaks.indexOf(Math.max(...peaks));
  const step = rows[place].indexOf(peaks[place]);
  const where = step < 0 ? "" : `Farthest from what was expected at ${event.times[step]} in ${event.channels[place]}: ${text(event.values[place][step] ?? NaN)} instead of ${text(event.expected[place][step] ?? NaN)}. `;
  const origins = event.origins.map((origin, at) => `${origin} (${percent(event.weights[at])} of the attention)`);
  return `${where}${origins.length ? `The nearest normal windows began at ${origins.join(", ")} of the training part.` : ""}`;
}
