// The figure: each channel over what was said of it, lanes for evidence, attention, scores or looks, and the stretch.

const FRAME = { left: 52, right: 12, top: 12, gap: 16, lane: 58 };
const MOST_STOPS = 120;
const numbersOf = (values) => values.map((value) => (value === null ? NaN : value));
const height = (channels) => (channels === 1 ? 230 : channels <= 4 ? 110 : 66);

/** Return the scale of time: steps of the series, and steps ahead where there are any. */
function timeScale(width) {
  const { left } = FRAME;
  const right = width - FRAME.right;
  const ahead = state.model.kind === "forecaster" && state.answer ? caseOf(state.answer).values.length : 0;
  const share = ahead ? Math.max(ahead / (ahead + nSteps()), Math.min(0.25, 0.03 * ahead)) : 0;
  const now = right - share * (right - left);
  return { past: scale(0, nSteps(), left, now), ahead: scale(0, ahead, now, right), left, right, now };
}

/** Return what is drawn from top to bottom. */
function layoutOf() {
  const panels = [];
  let top = FRAME.top;
  const add = (kind, channel, size, gap = FRAME.gap) => {
    panels.push({ kind, channel, top, bottom: top + size });
    top += size + gap;
  };
  const found = state.answer && caseOf(state.answer);
  const divided = found && found.relevance && found.relevance.length > 1;
  state.current.forEach((_, channel) => {
    add("series", channel, height(state.current.length), divided ? 4 : FRAME.gap);
    if (divided) add("relevance", channel, FRAME.lane * 0.7);
  });
  if (found && found.relevance && !divided) add("relevance", 0, FRAME.lane);
  if (found && found.attention) add("attention", 0, FRAME.lane * 0.6);
  if (found && found.scores) add("scores", 0, FRAME.lane);
  if (found && found.look) add("look", 0, FRAME.lane);
  return { panels, bottom: top - FRAME.gap, height: top + 24 };
}

/** Return lowest and highest value of a channel, now and as it was, and of what was answered. */
function rangeOf(channel) {
  const found = state.answer && caseOf(state.answer);
  const lists = [state.original[channel], state.current[channel]];
  if (found && found.expected) lists.push(found.expected[channel]);
  if (found && found.values) lists.push(found.values, ...found.low, ...found.high);
  const [low, high] = extremes(...lists) || [0, 1];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** Draw everything; `geometry` is kept for those who point at it. */
let geometry = null;
function figure(width) {
  const { panels, bottom, height: tall } = layoutOf();
  const x = timeScale(width);
  const sheet = picture(width, tall, inWords());
  const found = state.answer && caseOf(state.answer);
  geometry = { x, panels, width, bottom, scales: {} };
  for (const panel of panels) DRAWERS[panel.kind](sheet, panel, x, found);
  sheet.append(stepAxis(0, nSteps(), scale(0, nSteps(), x.left, x.now), bottom, (x.now - x.left) / 90, state.model.kind === "forecaster" ? "" : "step"));
  if (found && found.values) sheet.append(svg("text", { x: x.right, y: bottom + 16, "text-anchor": "end" }, `+${found.values.length}`));
  drawStretch(sheet, panels, x);
  geometry.cursor = svg("line", { y1: FRAME.top, y2: bottom, class: "cursor", visibility: "hidden" });
  sheet.append(geometry.cursor);
  return sheet;
}

const DRAWERS = { series: drawSeries, relevance: drawRelevance, attention: drawAttention, scores: drawScores, look: drawLook };
const laneName = (name, panel) => svg("text", { x: FRAME.left - 6, y: panel.bottom - 3, "text-anchor": "end", class: "small" }, name);
const laneHeight = (label, panel) => svg("text", { x: FRAME.left - 6, y: panel.top + 9, "text-anchor": "end", class: "small" }, label);

function drawSeries(sheet, panel, x, found) {
  const { channel, top, bottom } = panel;
  const [low, high] = rangeOf(channel);
  const y = scale(low, high, bottom - 6, top + 6);
  geometry.scales[channel] = y;
  const now = numbersOf(state.current[channel]);
  const was = numbersOf(state.original[channel]);
  const middle = (step) => x.past(step + 0.5);
  const line = (values) => path(thinned(values, x.now - x.left).map(([step, value]) => [middle(step), y(value)]));
  if (found && found.relevance && found.target) sheet.append(...tint(panel, x, found.relevance[Math.min(channel, found.relevance.length - 1)]));
  for (const event of (found && found.events) || []) sheet.append(svg("rect", { x: x.past(event.start), width: Math.max(2, x.past(event.end) - x.past(event.start)), y: top, height: bottom - top, class: "event-area" }));
  runs(now, was).forEach(([first, last]) => sheet.append(svg("rect", { x: x.past(first), width: x.past(last + 1) - x.past(first), y: top, height: bottom - top, class: "blank-area" })));
  sheet.append(sideAxis(low, high, y, x.left, x.now, state.current.length > 1 ? 2 : 4));
  const moved = was.map((value, step) => (near(step, (one) => now[one] !== was[one] && !(Number.isNaN(now[one]) && Number.isNaN(was[one]))) ? value : NaN));
  sheet.append(svg("path", { d: line(moved), class: "line was" }));
  if (found && found.expected) sheet.append(svg("path", { d: line(numbersOf(found.expected[channel])), class: "line c1" }));
  if (found && found.values) drawAhead(sheet, x, y, found);
  sheet.append(svg("path", { d: line(now), class: "line" }));
  now.forEach((value, step) => {
    if (Number.isFinite(value) && !Number.isFinite(now[step - 1]) && !Number.isFinite(now[step + 1])) sheet.append(svg("circle", { cx: middle(step), cy: y(value), r: 1.8, class: "gap" }));
  });
  if (state.current.length > 1) sheet.append(svg("text", { x: x.now - 4, y: top + 12, "text-anchor": "end", class: "name" }, state.model.channels[channel]));
}

const near = (step, told) => told(step) || (step > 0 && told(step - 1)) || (step + 1 < nSteps() && told(step + 1));

/** Return first and last steps of what was blanked. */
function runs(now, was) {
  const found = [];
  now.forEach((value, step) => {
    if (!Number.isNaN(value) || Number.isNaN(was[step])) return;
    if (found.length && found.at(-1)[1] === step - 1) found.at(-1)[1] = step;
    else found.push([step, step]);
  });
  return found;
}

/** Colour the ground by evidence: its sign gives the colour, its size how strong it is. */
function tint(panel, x, evidence) {
  const strongest = strongestOf();
  const together = Math.ceil(evidence.length / MOST_STOPS);
  const stops = [];
  for (let start = 0; start < evidence.length; start += together) {
    const value = evidence.slice(start, start + together).reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0);
    const opacity = Math.min(0.55, (0.6 * Math.abs(value)) / strongest).toFixed(3);
    stops.push(svg("stop", { offset: ((start + together / 2) / evidence.length).toFixed(4), class: value > 0 ? "for-stop" : "against-stop", "stop-opacity": opacity }));
  }
  const id = `tint-${panel.channel}`;
  return [svg("linearGradient", { id }, stops), svg("rect", { x: x.left, width: x.now - x.left, y: panel.top, height: panel.bottom - panel.top, fill: `url(#${id})` })];
}

/** Return the largest size of relevance, of the series as it was too, so that a change can be seen. */
function strongestOf() {
  const all = [state.answer, state.first].filter(Boolean).flatMap((answer) => (caseOf(answer).relevance || []).flatMap((row) => row.map((value) => Math.abs(value || 0))));
  return all.reduce((most, value) => Math.max(most, value), 0) || 1;
}

/** The model says which steps mattered, and not in which of several channels. */
const isUndivided = (found) => state.current.length > 1 && found.relevance.length === 1;

function drawRelevance(sheet, panel, x, found) {
  const strongest = strongestOf();
  const signed = Boolean(found.target);
  const y = scale(signed ? -strongest : 0, strongest, panel.bottom, panel.top);
  sheet.append(signedLane(numbersOf(found.relevance[panel.channel]), x.past, y, [x.left, x.now]), laneHeight(`${signed ? "±" : ""}${text(strongest)}`, panel), laneName(signed ? "evidence" : "unlike", panel));
  if (isUndivided(found)) sheet.append(svg("text", { x: x.now - 4, y: panel.top + 9, "text-anchor": "end", class: "small" }, "of all channels together"));
}

function drawAttention(sheet, panel, x, found) {
  const most = highest(found.attention, 0) || 1;
  const y = scale(0, most, panel.bottom, panel.top);
  sheet.append(bars(found.attention, x.past, y, 1, "attention-area"), svg("line", { x1: x.left, x2: x.now, y1: y(0), y2: y(0), class: "axis" }), laneHeight(percent(most), panel), laneName("attention", panel));
}

function drawScores(sheet, panel, x, found) {
  const scores = numbersOf(found.scores);
  const most = highest(scores, found.threshold * 1.2) || 1; // of a threshold that is none, 0
  const y = scale(0, most, panel.bottom, panel.top);
  sheet.append(
    svg("path", { d: path(thinned(scores, x.now - x.left).map(([step, value]) => [x.past(step + 0.5), y(value)])), class: "line score-line" }),
    ...(found.threshold === null ? [] : [svg("line", { x1: x.left, x2: x.now, y1: y(found.threshold), y2: y(found.threshold), class: "limit" })]),
    svg("line", { x1: x.left, x2: x.now, y1: y(0), y2: y(0), class: "axis" }),
    laneHeight(text(most), panel),
    laneName("score", panel),
  );
}

/** Draw what is expected between its limits. */
function drawAhead(sheet, x, y, found) {
  const middle = (step) => x.ahead(step + 0.5);
  found.low.forEach((low, interval) => {
    const high = found.high[interval];
    if (low.length === 1) sheet.append(svg("line", { x1: middle(0), x2: middle(0), y1: y(low[0]), y2: y(high[0]), class: "band stroke" }));
    else sheet.append(svg("path", { d: `${path([...high.map((value, step) => [middle(step), y(value)]), ...low.map((value, step) => [middle(step), y(value)]).reverse()])}z`, class: "band" }));
  });
  const last = state.current[0].findLastIndex((value) => value !== null);
  const join = [[x.past(last + 0.5), y(state.current[0][last])]];
  sheet.append(
    svg("line", { x1: x.now, x2: x.now, y1: FRAME.top, y2: geometry.bottom, class: "axis" }),
    svg("path", { d: path([...join, ...found.values.map((value, step) => [middle(step), y(value)])]), class: "line ahead" }),
    svg("line", { x1: middle(state.ahead), x2: middle(state.ahead), y1: FRAME.top, y2: geometry.bottom, class: "cursor" }),
  );
}

/** Return how much each step of the series counts for the step ahead that is looked at. */
function lookOf(found) {
  const weights = numbersOf(found.look[Math.min(state.ahead, found.look.length - 1)]).slice(-nSteps());
  return [...Array(nSteps() - weights.length).fill(0), ...weights];
}

function drawLook(sheet, panel, x, found) {
  const weights = lookOf(found);
  const most = found.look.flat().reduce((top, value) => Math.max(top, Math.abs(value || 0)), 0) || 1;
  const signed = weights.some((value) => value < 0);
  const y = scale(signed ? -most : 0, most, panel.bottom, panel.top);
  sheet.append(signedLane(weights, x.past, y, [x.left, x.now]), laneHeight(`${signed ? "±" : ""}${text(most)}`, panel), laneName("look", panel));
  sheet.append(svg("text", { x: x.right, y: panel.bottom - 3, "text-anchor": "end", class: "small" }, `for +${state.ahead + 1}`));
}

/** Draw the stretch over the channels that it is of. */
function drawStretch(sheet, panels, x) {
  if (!state.stretch) return;
  const [left, right] = [x.past(state.stretch[0]), x.past(state.stretch[1] + 1)];
  for (const panel of panels.filter((one) => one.kind === "series" && isChosen(one.channel))) {
    sheet.append(svg("rect", { x: left, width: Math.max(1, right - left), y: panel.top, height: panel.bottom - panel.top, class: "stretch-area movable" }));
    for (const edge of [left, right]) sheet.append(svg("line", { x1: edge, x2: edge, y1: panel.top, y2: panel.bottom, class: "stretch-edge" }));
  }
}
