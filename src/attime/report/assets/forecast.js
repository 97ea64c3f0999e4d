// One forecast: the past, what comes between limits, and how much each step of the past counts for a step ahead.

const FRAME = { left: 56, right: 12, top: 14, panel: 240, lane: 64, gap: 26 };
const FEWEST_AHEAD = 0.2; // share of the width that the steps ahead get at least, if they are not very few
const FEWEST_STEP = 0.04;

const shown = report.shown;
const nBins = shown.pastTimes[0].length;
const horizon = shown.aheadTimes[0].length;
const packedPast = unpack(shown.past);
const packedLooks = Object.fromEntries(Object.entries(shown.looks).map(([name, packed]) => [name, unpack(packed)]));
const packedModules = Object.fromEntries(Object.entries(shown.modules).map(([name, packed]) => [name, unpack(packed)]));
const chosen = { series: 0, look: Object.keys(shown.looks)[0], step: 0 };

/** Return the rows of what was looked at: one for each step ahead of `lookSteps`. */
const lookOf = (row) => (chosen.look ? inRows(packedLooks[chosen.look](row), nBins) : []);

/** Return where a bin of the past begins and where a step ahead is; these are drawn wider if they were too narrow. */
function timeScale(left, right) {
  const steps = nBins * shown.width;
  const ahead = Math.max(Math.min(FEWEST_AHEAD, FEWEST_STEP * horizon), horizon / (horizon + steps));
  const now = right - ahead * (right - left);
  return { past: scale(0, nBins, left, now), ahead: scale(0, horizon, now, right), now };
}

const numbersOf = (values) => values.map((value) => (value === null ? NaN : value));
const finite = (values) => [...values].filter(Number.isFinite);

/** Draw the area between two lines; of a single step a stroke. */
function band(low, high, x, y) {
  if (low.length === 1) return svg("line", { x1: x(0), x2: x(0), y1: y(low[0]), y2: y(high[0]), class: "band stroke" });
  const there = low.map((_, step) => step).filter((step) => Number.isFinite(low[step]) && Number.isFinite(high[step]));
  const points = [...there.map((step) => [x(step), y(high[step])]), ...there.reverse().map((step) => [x(step), y(low[step])])];
  return svg("path", { d: `${path(points)}z`, class: "band" });
}

/** Draw time stamps along the lower edge, as many as there is room for. */
function timeAxis(places, y, room) {
  let free = -Infinity;
  const found = [];
  for (const { x, name } of places) {
    const half = 3.4 * name.length;
    if (name && x - half > free && x + half <= room) {
      found.push(svg("line", { x1: x, x2: x, y1: y, y2: y + 4, class: "axis" }), svg("text", { x, y: y + 17, "text-anchor": "middle" }, name));
      free = x + half + 14;
    }
  }
  return svg("g", {}, found);
}

/** Draw a forecast; `onStep` is told the step ahead under the pointer. */
function forecastFigure(width, row, onStep) {
  const { left, top, panel, lane, gap } = FRAME;
  const right = width - FRAME.right;
  const x = timeScale(left, right);
  const middle = (step) => x.ahead(step + 0.5);
  const past = packedPast(row);
  const [values, actual] = [shown.values[row], shown.actual[row]].map(numbersOf);
  const [lows, highs] = [shown.low[row], shown.high[row]].map((limits) => limits.map(numbersOf));
  const every = finite([...past, ...values, ...actual, ...lows.flat(), ...highs.flat()]);
  const [low, high] = [Math.min(...every), Math.max(...every)];
  const bottom = top + panel;
  const y = scale(low, high, bottom - 4, top + 4);
  const weights = lookOf(row)[chosen.step];
  const height = bottom + (weights ? gap + lane : 0) + 30;
  const sheet = picture(width, height, inWords(row));
  const pointAt = (place) => x.past(Math.floor(place / 2) + (shown.width === 1 ? 0.5 : 0.25 + (place % 2) / 2));
  const lastPast = finite(past).at(-1);
  const join = Number.isFinite(lastPast) ? [[x.past(nBins - 0.5), y(lastPast)]] : [];
  sheet.append(
    sideAxis(low, high, y, left, right, 5),
    ...lows.map((own, interval) => band(own, highs[interval], middle, y)),
    svg("line", { x1: x.now, x2: x.now, y1: top, y2: bottom, class: "axis" }),
    svg("path", { d: path([...past].map((value, place) => [pointAt(place), y(value)])), class: "line" }),
    svg("path", { d: path([...join, ...actual.map((value, step) => [middle(step), y(value)])]), class: "line" }),
    svg("path", { d: path([...join, ...values.map((value, step) => [middle(step), y(value)])]), class: "line ahead" }),
  );
  if (horizon <= 40) sheet.append(...values.map((value, step) => (Number.isFinite(value) ? svg("circle", { cx: middle(step), cy: y(value), r: 2.4, class: "ahead-dot" }) : "")));
  if (weights) {
    const most = strongestOf(lookOf(row));
    const [start, end] = [bottom + gap, bottom + gap + lane];
    const signed = weights.some((value) => value < 0);
    const z = scale(signed ? -most : 0, most, end, start);
    const step = shown.lookSteps[chosen.step];
    sheet.append(
      signedLane(weights, x.past, z, [left, x.now]),
      svg("text", { x: left - 6, y: start + 9, "text-anchor": "end", class: "small" }, `${signed ? "±" : ""}${text(most)}`),
      svg("line", { x1: middle(step), x2: middle(step), y1: top, y2: bottom, class: "cursor" }),
      svg("text", { x: right, y: end - 4, "text-anchor": "end" }, `for step ${step + 1}`),
    );
  }
  const axis = height - 30;
  const marks = [
    ...shown.pastTimes[row].map((name, bin) => ({ x: x.past(bin + 0.5 / shown.width), name })).filter((_, bin) => bin % Math.ceil(nBins / 8) === 0 && bin < nBins * 0.95),
    ...shown.aheadTimes[row].map((name, step) => ({ x: middle(step), name })),
  ];
  sheet.append(timeAxis(marks, axis, width));
  const point = (event) => {
    const box = sheet.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * width;
    if (place > x.now) onStep(Math.floor(((place - x.now) / (right - x.now)) * horizon));
  };
  sheet.addEventListener("pointerdown", point);
  return sheet;
}

/** Say what the figure shows: what comes, and where most of the weight lies. */
function inWords(row) {
  const values = numbersOf(shown.values[row]);
  const widest = shown.coverage.indexOf(Math.max(...shown.coverage));
  const [low, high] = [shown.low[row][widest], shown.high[row][widest]];
  const when = (step) => shown.aheadTimes[row][step] || `step ${step + 1}`;
  const said = (step) => `${when(step)}: ${text(values[step])}${widest < 0 ? "" : ` (${Math.round(1000 * shown.coverage[widest]) / 10} %: ${text(low[step])} to ${text(high[step])})`}`;
  const told = horizon > 1 ? `${said(0)}; ${said(horizon - 1)}.` : `${said(0)}.`;
  return `${told}${lookInWords(row)}`;
}

function lookInWords(row) {
  const weights = lookOf(row)[chosen.step];
  if (!weights) return "";
  const sizes = Array.from(weights, Math.abs);
  const first = sizes.indexOf(Math.max(...sizes));
  const back = (nBins - 1 - first) * shown.width + 1;
  const times = shown.pastTimes[row][first];
  const steps = shown.width === 1 ? `${back} ${back === 1 ? "step" : "steps"} back` : `${back} to ${back + shown.width - 1} steps back`;
  return ` The largest weight for step ${shown.lookSteps[chosen.step] + 1} (${text(weights[first])}) lies ${steps}${times ? `, ${times}` : ""}.`;
}

/** Draw the weights for all steps ahead; a row is chosen by pointing at it. */
function lookFigure(width, row, onRow) {
  const rows = lookOf(row);
  const [left, right] = [FRAME.left, width - FRAME.right];
  const size = Math.max(6, Math.min(20, 300 / rows.length));
  const bottom = 8 + size * rows.length;
  const x = scale(0, nBins, left, right);
  const y = scale(0, rows.length, 8, bottom);
  const most = strongestOf(rows);
  const sheet = picture(width, bottom + 32, `Weights of ${nBins} ${shown.width === 1 ? "steps" : "groups of steps"} of the past for ${rows.length} steps ahead, at most ${text(most)}.${lookInWords(row)}`);
  const every = Math.ceil(rows.length / 8);
  sheet.append(
    svg("rect", { x: left, y: 8, width: right - left, height: bottom - 8, class: "empty-cells" }),
    heatCells(rows, x, y, most),
    svg("rect", { x: left - 1, y: y(chosen.step), width: right - left + 2, height: size, class: "chosen-row" }),
    ...rows.flatMap((_, place) => (place % every === 0 ? [svg("text", { x: left - 6, y: y(place + 0.5) + 4, "text-anchor": "end" }, String(shown.lookSteps[place] + 1))] : [])),
    timeAxis(shown.pastTimes[row].map((name, bin) => ({ x: x(bin + 0.5 / shown.width), name })).filter((_, bin) => bin % Math.ceil(nBins / 8) === 0), bottom, width),
  );
  sheet.addEventListener("pointerdown", (event) => {
    const box = sheet.getBoundingClientRect();
    const place = ((event.clientY - box.top) / box.height) * (bottom + 32);
    if (place >= 8 && place < bottom) onRow(Math.floor(((place - 8) / (bottom - 8)) * rows.length));
  });
  const table = () => rows.flatMap((weights, place) => Array.from(weights, (value, bin) => [shown.lookSteps[place] + 1, shown.pastTimes[row][bin] || String(bin * shown.width), value]));
  return [sheet, numbersBehind(["Step ahead", "From", "Weight"], table)];
}

/** Draw which module did what when. */
function moduleFigure(width, row, name) {
  const rows = inRows(packedModules[name](row), nBins);
  const [left, right] = [FRAME.left, width - FRAME.right];
  const size = Math.max(12, Math.min(24, 260 / rows.length));
  const bottom = 8 + size * rows.length;
  const x = scale(0, nBins, left, right);
  const y = scale(0, rows.length, 8, bottom);
  const shares = rows.map((values) => sum(values) / values.length);
  const sheet = picture(width, bottom + 32, `${rows.length} modules over ${nBins} steps of the past; on average ${shares.map((share, module) => `module ${module + 1} ${text(share)}`).join(", ")}.`);
  sheet.append(
    svg("rect", { x: left, y: 8, width: right - left, height: bottom - 8, class: "empty-cells" }),
    heatCells(rows, x, y, Math.max(1, strongestOf(rows))),
    ...rows.slice(1).map((_, place) => svg("line", { x1: left, x2: right, y1: y(place + 1), y2: y(place + 1), class: "grid" })),
    ...rows.map((_, place) => svg("text", { x: left - 6, y: y(place + 0.5) + 4, "text-anchor": "end" }, String(place + 1))),
    timeAxis(shown.pastTimes[row].map((time, bin) => ({ x: x(bin + 0.5 / shown.width), name: time })).filter((_, bin) => bin % Math.ceil(nBins / 8) === 0), bottom, width),
  );
  const table = () => rows.flatMap((values, module) => Array.from(values, (value, bin) => [module + 1, shown.pastTimes[row][bin] || String(bin), value]));
  return [sheet, numbersBehind(["Module", "From", "Value"], table)];
}
