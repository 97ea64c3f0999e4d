// One case: its channels over the evidence, evidence and attention in lanes of their own, and a cursor that reads them.

const ROOM = { left: 48, right: 10, lane: 62, gap: 14 };

const classOf = (number) => report.classes[number];
const isWrong = (row) => report.gallery.true !== null && report.gallery.true[row] !== report.gallery.predicted[row];
const sureness = (row) => Math.max(...report.gallery.probabilities[row]);

function nameOf(row) {
  const { cases: numbers, predicted, true: truly } = report.gallery;
  if (truly === null) return `case ${numbers[row]}, answer ${classOf(predicted[row])}`;
  return `case ${numbers[row]}, true class ${classOf(truly[row])}, answer ${classOf(predicted[row])}, ${isWrong(row) ? "wrong" : "right"}`;
}

/** Return first and last bin of the shortest part that holds half of what is above zero. */
function densestHalf(values) {
  const positive = Array.from(values, (value) => Math.max(0, value || 0));
  const half = sum(positive) / 2;
  let best = [0, values.length - 1];
  for (let start = 0, end = 0, held = 0; end < positive.length; end += 1) {
    held += positive[end];
    while (held - positive[start] >= half && start < end) held -= positive[start++];
    if (held >= half && end - start < best[1] - best[0]) best = [start, end];
  }
  return best;
}

/** Say what the figure shows: where the evidence is, how it adds up, and how much of it lies where it should. */
function caseInWords(row, target) {
  const { width, truth, logits, bias, lengths, known } = report.gallery;
  const parts = evidenceOf(row, target);
  const total = Float64Array.from(parts[0], (_, bin) => sum(parts.map((part) => part[bin])));
  const told = [`Evidence for ${classOf(target)} adds up to ${fixed(fromSteps(row, target))}; with ${known ? `${fixed(sum(knownOf(row, target)))} for what is known of the case, and ` : ""}its bias ${fixed(bias[target])} that is the logit ${fixed(logits[row][target])}.`];
  const positive = sum(total.filter((value) => value > 0));
  if (positive > 0) {
    const [first, last] = densestHalf(total);
    const half = `Of what speaks for it, half lies in steps ${first * width} to ${Math.min((last + 1) * width, lengths[row]) - 1}`;
    if (truth && truth[row].length) {
      const inside = total.filter((value, bin) => value > 0 && truth[row].some(([start, end]) => (bin + 0.5) * width >= start && (bin + 0.5) * width < end));
      const share = sum(truth[row].map(([start, end]) => end - start)) / lengths[row];
      told.push(`${half}, and ${percent(sum(inside) / positive)} on the ${percent(share)} of the steps that are known to matter.`);
    } else told.push(`${half}.`);
  } else told.push("Nothing speaks for it.");
  return told.join(" ");
}

/** Return the layout of a case: a panel for each channel, a lane for each part of the evidence, one for attention. */
function layoutOf() {
  const channels = report.channels.length;
  const height = channels === 1 ? 190 : channels <= 4 ? 100 : 64;
  const divided = report.gallery.evidenceChannels > 1;
  const panels = [];
  let top = 12;
  const add = (kind, channel, size, gap = ROOM.gap) => {
    panels.push({ kind, channel, top, bottom: top + size });
    top += size + gap;
  };
  report.channels.forEach((_, channel) => {
    add("series", channel, height, divided ? 4 : ROOM.gap);
    if (divided) add("evidence", channel, ROOM.lane * 0.7, ROOM.gap + 6);
  });
  if (!divided) add("evidence", 0, ROOM.lane);
  add("attention", 0, ROOM.lane * 0.6);
  return { panels, bottom: top - ROOM.gap, height: top + 26 };
}

/** Draw a case for a class; `onPoint` is told the bin under the pointer. */
function caseFigure(width, row, target, onPoint) {
  const { panels, bottom, height } = layoutOf();
  const { width: binWidth, lengths, bins } = report.gallery;
  const frame = [ROOM.left, width - ROOM.right];
  const x = scale(0, bins, ...frame);
  const sheet = picture(width, height, `${nameOf(row)}. ${caseInWords(row, target)}`);
  const evidence = evidenceOf(row, target);
  const strongest = largest(row) || 1;
  for (const panel of panels) {
    if (panel.kind === "series") drawSeries(sheet, panel, row, evidence[Math.min(panel.channel, evidence.length - 1)], strongest, x, frame);
    if (panel.kind === "evidence") {
      const y = scale(-strongest, strongest, panel.bottom, panel.top);
      sheet.append(signedLane(evidence[panel.channel], x, y, frame), laneHeight(`±${text(strongest)}`, panel), laneName("evidence", y(0)));
    }
    if (panel.kind === "attention") {
      const values = attentionOf(row);
      const y = scale(0, Math.max(...values) || 1, panel.bottom, panel.top);
      sheet.append(bars(values, x, y, 1, "attention-area"), svg("line", { x1: frame[0], x2: frame[1], y1: y(0), y2: y(0), class: "axis" }), laneHeight(percent(Math.max(...values)), panel), laneName("attention", panel.bottom - 6));
    }
  }
  const steps = bins * binWidth;
  sheet.append(stepAxis(0, steps, scale(0, steps, ...frame), bottom, width / 90, "step"));
  const cursor = svg("line", { y1: 4, y2: bottom, class: "cursor", visibility: "hidden" });
  sheet.append(cursor);
  const point = (event) => {
    const box = sheet.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * width;
    onPoint(Math.max(0, Math.min(binsOf(row) - 1, Math.floor(((place - frame[0]) / (frame[1] - frame[0])) * bins))));
  };
  sheet.addEventListener("pointermove", point);
  sheet.addEventListener("pointerdown", point);
  const moveTo = (bin) => {
    cursor.setAttribute("visibility", "visible");
    cursor.setAttribute("x1", x(bin + 0.5));
    cursor.setAttribute("x2", x(bin + 0.5));
  };
  return { sheet, moveTo };
}

/** Say how high a lane is, where there is room for it. */
const laneHeight = (label, panel) => svg("text", { x: ROOM.left - 6, y: panel.top + 9, "text-anchor": "end", class: "small" }, label);
const laneName = (name, y) => svg("text", { x: ROOM.left - 6, y: y + 4, "text-anchor": "end", class: "lane" }, name);

const MOST_STOPS = 120; // printed pages with more colours in a gradient cannot be read by some programs

/** Return colours along time: the sign of the evidence gives the colour, its size how strong it is. */
function evidenceGradient(id, evidence, strongest) {
  const together = Math.ceil(evidence.length / MOST_STOPS);
  const stops = [];
  for (let start = 0; start < evidence.length; start += together) {
    const value = evidence.slice(start, start + together).reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0);
    const opacity = Math.min(0.55, (0.6 * Math.abs(value)) / strongest).toFixed(3);
    stops.push(svg("stop", { offset: ((start + together / 2) / evidence.length).toFixed(4), class: value > 0 ? "for-stop" : "against-stop", "stop-opacity": opacity }));
  }
  return svg("linearGradient", { id }, stops);
}

function drawSeries(sheet, panel, row, evidence, strongest, x, frame) {
  const { truth, width: binWidth, bins } = report.gallery;
  const values = valuesOf(row, panel.channel);
  const seen = values.filter(Number.isFinite);
  const [low, high] = seen.length ? [Math.min(...seen), Math.max(...seen)] : [0, 1];
  const y = scale(low, high, panel.bottom - 6, panel.top + 10);
  const tint = `tint-${panel.channel}`;
  sheet.append(evidenceGradient(tint, evidence, strongest));
  sheet.append(svg("rect", { x: frame[0], width: frame[1] - frame[0], y: panel.top, height: panel.bottom - panel.top, fill: `url(#${tint})` }));
  for (const [start, end] of (truth && truth[row]) || []) {
    sheet.append(svg("rect", { x: x(start / binWidth), width: Math.max(1.5, x(end / binWidth) - x(start / binWidth)), y: panel.top - 6, height: 5, class: "truth-area" }));
  }
  sheet.append(svg("line", { x1: frame[0], x2: frame[0], y1: panel.top, y2: panel.bottom, class: "axis" }));
  for (const value of ticks(low, high, 3)) sheet.append(svg("text", { x: frame[0] - 6, y: y(value) + 4, "text-anchor": "end" }, text(value)));
  const at = (place) => (binWidth === 1 ? Math.floor(place / 2) + 0.5 : Math.floor(place / 2) + 0.25 + (place % 2) / 2);
  sheet.append(svg("path", { d: path([...values].map((value, place) => [x(at(place)), y(value)])), class: "line" }));
  lonely(values).forEach((place) => sheet.append(svg("circle", { cx: x(at(place)), cy: y(values[place]), r: 1.5, class: "gap" })));
  if (report.channels.length > 1) sheet.append(svg("text", { x: x(bins) - 4, y: panel.top + 13, "text-anchor": "end", class: "name" }, report.channels[panel.channel]));
}

/** Find values between two gaps, which a line would not show. */
function lonely(values) {
  const gap = (bin) => !(bin >= 0 && 2 * bin < values.length && Number.isFinite(values[2 * bin]));
  return Array.from({ length: values.length / 2 }, (_, bin) => bin).filter((bin) => !gap(bin) && gap(bin - 1) && gap(bin + 1)).map((bin) => 2 * bin);
}

/** Say what stands at one bin: step, values, evidence, attention. */
function readingOf(row, target, bin) {
  const { width, lengths } = report.gallery;
  const last = Math.min((bin + 1) * width, lengths[row]) - 1;
  const value = (channel) => {
    const [a, b] = valuesOf(row, channel).subarray(2 * bin, 2 * bin + 2);
    if (Number.isNaN(a)) return "missing";
    return width === 1 || a === b ? text(a) : `${text(Math.min(a, b))} to ${text(Math.max(a, b))}`;
  };
  const parts = evidenceOf(row, target).map((part) => text(part[bin], true));
  const times = timesOf(row);
  return [
    [width === 1 ? "Step" : "Steps", width === 1 || last === bin * width ? `${bin * width}` : `${bin * width}–${last}`],
    ...(times ? [["Time", text(times[bin])]] : []),
    ...report.channels.map((name, channel) => [report.channels.length > 1 ? name : "Value", value(channel)]),
    ...parts.map((part, channel) => [`Evidence for ${classOf(target)}${parts.length > 1 ? `, ${report.channels[channel]}` : ""}`, part]),
    ["Attention", percent(attentionOf(row)[bin])],
  ];
}
