// How wrong forecasts were: by step ahead, by origin, and in the course of one series.

const plainName = (name) => name.replaceAll("_", " ");
const STYLES = ["ahead", "naive", "c3"]; // of the model, the best naive forecast, and the ridge regression

function drawErrorsByStep(holder) {
  const { measure, bestNaive, errors } = report.steps;
  const drawnNames = ["model", bestNaive, "ridge"].filter((name, place, all) => errors[name] && all.indexOf(name) === place);
  const lines = drawnNames.map((name, place) => ({ name: plainName(name), points: numbersOf(errors[name]).map((value, step) => [step + 1, value]), style: STYLES[place] }));
  const own = errors.model;
  const label = `${measure} by step ahead: of the model from ${text(own[0])} at the first to ${text(own.at(-1))} at the last, of ${plainName(bestNaive)} from ${text(errors[bestNaive][0])} to ${text(errors[bestNaive].at(-1))}.`;
  const names = Object.keys(errors);
  drawn(holder, (width) => [
    lineFigure(width, 230, { lines, label, xName: "steps ahead", integers: true }),
    lineLegend(lines),
    numbersBehind(["Step", ...names.map(plainName)], () => own.map((_, step) => [step + 1, ...names.map((name) => errors[name][step] ?? "–")])),
  ]);
}

function drawCoverageByStep(holder) {
  const { nominal, coverage } = report.steps;
  const name = (share) => `${Number((100 * share).toFixed(1))} %`;
  const lines = nominal.flatMap((share, place) => [
    { name: `within ${name(share)} limits`, points: numbersOf(coverage[place]).map((value, step) => [step + 1, value]), style: ["ahead", "c0", "s3", "s1"][place % 4] },
    { name: "", points: coverage[place].map((_, step) => [step + 1, share]), style: "c3" },
  ]);
  const label = `Share within the limits by step ahead: ${nominal.map((share, place) => `of ${name(share)} from ${text(coverage[place][0])} to ${text(coverage[place].at(-1))}`).join("; ")}.`;
  drawn(holder, (width) => [
    lineFigure(width, 230, { lines, label, xName: "steps ahead", yRange: [0, 1], integers: true }),
    lineLegend(lines.filter((line) => line.name)),
    numbersBehind(["Step", ...nominal.map(name)], () => coverage[0].map((_, step) => [step + 1, ...coverage.map((values) => values[step] ?? "–")])),
  ]);
}

function drawErrorsByOrigin(holder) {
  const { times, names, errors } = report.origins;
  const lines = names.map((name, place) => ({ name: plainName(name), points: numbersOf(errors[place]).map((value, origin) => [origin, value]), style: STYLES[place] }));
  const better = errors[0].filter((value, origin) => value < errors[1][origin]).length;
  const label = `Mean absolute error by origin: the model is below ${plainName(names[1])} at ${better} of ${times.length}.`;
  drawn(holder, (width) => [
    times.length > 1 ? lineFigure(width, 240, { lines, label, xName: "first step ahead", integers: true, xText: (place) => times[place] || String(place) }) : html("p", { class: "empty" }, label),
    lineLegend(lines),
    html("p", { class: "hint" }, label),
    numbersBehind(["First step ahead", ...names.map(plainName)], () => times.map((time, origin) => [time || String(origin), ...errors.map((values) => values[origin] ?? "–")])),
  ]);
}

/** Draw the last part of a backtest of one series. */
function stretchFigure(width, row) {
  const { times, actual, starts, values, low, high, series } = report.stretches[row];
  const truth = numbersOf(actual);
  const every = finite([truth, values, low, high].flat(2).map((value) => value ?? NaN));
  const [least, most] = [Math.min(...every), Math.max(...every)];
  const [left, right, top, bottom] = [FRAME.left, width - FRAME.right, 10, 250];
  const x = scale(0, Math.max(1, times.length - 1), left, right);
  const y = scale(least, most, bottom - 4, top + 4);
  const sheet = picture(width, bottom + 30, `${series}: ${starts.length} forecasts of ${values[0].length} steps beside what happened, from ${times[0]} to ${times.at(-1)}.`);
  const near = Math.ceil(times.length / Math.max(2, width / 130));
  sheet.append(
    sideAxis(least, most, y, left, right, 5),
    ...starts.map((start, run) => band(numbersOf(low[run]), numbersOf(high[run]), (step) => x(start + step), y)),
    ...starts.map((start) => svg("line", { x1: x(start), x2: x(start), y1: bottom - 6, y2: bottom, class: "axis" })),
    svg("path", { d: path(truth.map((value, step) => [x(step), y(value)])), class: "line" }),
    ...starts.map((start, run) => svg("path", { d: path(numbersOf(values[run]).map((value, step) => [x(start + step), y(value)])), class: "line ahead" })),
    ...starts.map((start, run) => (values[run].length === 1 ? svg("circle", { cx: x(start), cy: y(values[run][0]), r: 2.4, class: "ahead-dot" }) : "")),
    timeAxis(times.map((name, step) => ({ x: x(step), name })).filter((_, step) => step % near === 0), bottom, width),
  );
  const told = starts.flatMap((start, run) => values[run].map((value, step) => [times[start + step], value ?? "–", low[run][step] ?? "–", high[run][step] ?? "–", actual[start + step] ?? "–"]));
  return [sheet, lineLegend([{ name: "what happened", style: "" }, { name: "forecast", style: "ahead" }]), numbersBehind(["Time", "Forecast", "From", "To", "What happened"], () => told)];
}
