// The figures about many cases at once: learning, evidence by class, faithfulness, odd cases.

function drawLearning(holder) {
  const { train, validation, best } = report.history;
  const counted = (values) => values.map((value, epoch) => [epoch + 1, value]);
  const lines = [{ name: "training cases", points: counted(train), style: "c1" }];
  if (validation.length) lines.push({ name: "held-out cases", points: counted(validation), style: "c0" });
  const kept = (validation.length ? validation : train)[best];
  const label = `Learning curve: the training loss goes from ${text(train[0])} to ${text(train.at(-1))} in ${train.length} epochs; epoch ${best + 1} was kept, with a loss of ${text(kept)}.`;
  drawn(holder, (width) => [
    lineFigure(width, 230, { lines, label, xName: "epoch", integers: true, mark: [best + 1, kept] }),
    lineLegend(lines),
    numbersBehind(["Epoch", ...lines.map((line) => line.name)], () => train.map((value, epoch) => [epoch + 1, value, ...(validation.length ? [validation[epoch]] : [])])),
  ]);
}

function drawDeletion(holder) {
  const joined = (part, values) => part.shares.map((share, index) => [100 * share, values[index]]);
  holder.classList.add("multiples");
  for (const part of report.trust) {
    const lines = [
      { name: part.method, points: joined(part, part.probability), style: "c0" },
      { name: "random order", points: joined(part, part.random), style: "c3" },
    ];
    const middle = Math.floor(part.shares.length / 2);
    const label = `With ${percent(part.shares[middle])} of the steps taken away in the order of ${part.method} the mean probability is ${text(part.probability[middle])}, in a random order ${text(part.random[middle])}.`;
    const place = html("div", { class: "plot" });
    holder.append(html("div", {}, html("h4", {}, part.method), place));
    drawn(place, (width) => [
      lineFigure(width, 200, { lines, label, xName: "% of steps taken away", yRange: [0, 1] }),
      lineLegend(lines),
      numbersBehind(["% away", part.method, "random"], () => part.shares.map((share, index) => [100 * share, part.probability[index], part.random[index]])),
    ]);
  }
}

const FRAME_LEFT = 48; // room for the numbers of a lane
const MOST_LINES = 4; // channels over each other that dashes tell apart
const answered = () => report.views.classes.map((view, target) => ({ view, name: report.classes[target] })).filter((entry) => entry.view);
const highest = (values) => Math.max(...values.map((value) => Math.abs(value ?? 0)), 1e-12);
const rowName = (name, number, top, [left, right]) => [
  svg("text", { x: left, y: top - 6, class: "name" }, name),
  svg("text", { x: right, y: top - 6, "text-anchor": "end" }, cases(number)),
];

/** Mean evidence at each step: a lane for each class, all on one scale. */
function drawMeanEvidence(holder) {
  const { width: binWidth } = report.views;
  const views = answered();
  const most = highest(views.flatMap(({ view }) => view.mean));
  const told = ({ view, name }) => `${name}: highest at step ${view.mean.indexOf(Math.max(...view.mean)) * binWidth}.`;
  drawn(holder, (width) => {
    const [lane, gap] = [views.length > 6 ? 34 : 56, 22];
    const frame = [FRAME_LEFT, width - 8];
    const bottom = views.length * (lane + gap);
    const sheet = picture(width, bottom + 34, `Mean evidence by class and step. ${views.map(told).join(" ")}`);
    views.forEach(({ view, name }, index) => {
      const top = index * (lane + gap) + gap;
      sheet.append(...rowName(name, view.n_cases, top, frame));
      const y = scale(-most, most, top + lane, top);
      sheet.append(laneHeight(`±${text(most)}`, { top }), laneHeight("0", { top: y(0) - 5 }), signedLane(view.mean, scale(0, view.mean.length, ...frame), y, frame));
    });
    const steps = views[0].view.mean.length * binWidth;
    sheet.append(stepAxis(0, steps, scale(0, steps, ...frame), bottom + 2, width / 90, "step"));
    const rows = () => views.flatMap(({ view, name }) => view.mean.map((value, bin) => [name, bin * binWidth, value ?? "–"]));
    return [sheet, numbersBehind(["Answer", "From step", "Mean evidence"], rows)];
  });
}

/** What lies around the strongest evidence: the mean series over the mean evidence, for each class. */
function drawAround(holder) {
  const views = answered().filter(({ view }) => view.around);
  if (!views.length) {
    holder.append(html("p", { class: "empty" }, "No evidence speaks for any answer."));
    return;
  }
  const most = highest(views.flatMap(({ view }) => view.around.mean));
  const shown = report.channels.slice(0, MOST_LINES);
  const linesOf = (view) => view.around.series.slice(0, MOST_LINES);
  const values = views.flatMap(({ view }) => linesOf(view).flat()).filter((value) => value !== null);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  drawn(holder, (width) => {
    const [line, lane, gap] = views.length > 6 ? [38, 20, 22] : [54, 30, 24];
    const frame = [FRAME_LEFT, width - 8];
    const bottom = views.length * (line + lane + gap);
    const sheet = picture(width, bottom + 34, `Mean series and mean evidence around the strongest evidence of each case, for ${views.map(({ name }) => name).join(", ")}.`);
    const { offset } = views[0].view.around;
    const half = (offset[1] - offset[0] || 1) / 2;
    const x = scale(offset[0] - half, offset.at(-1) + half, ...frame);
    sheet.append(svg("line", { x1: x(0), x2: x(0), y1: gap - 4, y2: bottom, class: "grid" }));
    views.forEach(({ view, name }, index) => {
      const top = index * (line + lane + gap) + gap;
      const y = scale(low, high, top + line - 3, top + 3);
      sheet.append(...rowName(name, view.n_cases, top, frame), sideAxis(low, high, y, ...frame, 2));
      sheet.append(laneHeight(`±${text(most)}`, { top: top + line + lane / 2 - 5 }));
      linesOf(view).forEach((channel, number) => sheet.append(svg("path", { d: path(channel.map((value, bin) => [x(offset[bin]), value === null ? NaN : y(value)])), class: `line s${number}` })));
      sheet.append(signedLane(view.around.mean, scale(0, offset.length, ...frame), scale(-most, most, top + line + lane, top + line), frame));
    });
    sheet.append(stepAxis(offset[0], offset.at(-1), x, bottom + 2, width / 90, "steps from the strongest evidence"));
    const rows = () => views.flatMap(({ view, name }) => view.around.mean.map((value, bin) => [name, offset[bin], ...view.around.series.map((channel) => channel[bin] ?? "–"), value ?? "–"]));
    const legend = shown.length > 1 ? [lineLegend(shown.map((name, number) => ({ name, style: `s${number}` })))] : [];
    const rest = report.channels.length - shown.length;
    if (rest) legend.push(html("p", { class: "hint" }, `The other ${rest === 1 ? "channel is" : `${rest} channels are`} among the numbers.`));
    return [sheet, ...legend, numbersBehind(["Answer", "Steps away", ...report.channels.map((name) => `Mean of ${report.channels.length > 1 ? name : "series"}`), "Mean evidence"], rows)];
  });
}

/** Typical and strange cases of each class; those that are on the page can be opened. */
function drawOdd(holder, open) {
  const places = new Map(report.gallery.cases.map((number, row) => [number, row]));
  const entry = (kind, number) => {
    if (!places.has(number)) return html("span", {}, `case ${number} (not on this page)`);
    const row = places.get(number);
    const button = html("button", { type: "button", class: "thumb", "aria-label": `${kind}: ${nameOf(row)}; open it` }, thumb(row));
    button.addEventListener("click", () => open(row));
    return button;
  };
  const part = (kind, numbers) => html("div", {}, html("p", {}, kind), html("div", { class: "thumbs" }, numbers.map((number) => entry(kind, number))));
  for (const { view, name } of answered()) {
    const found = view.typical.length ? [part("typical", view.typical), part("strange", view.strange)] : [html("p", {}, `${cases(view.n_cases)}: too few to compare`)];
    holder.append(html("div", { class: "odd-row" }, html("h4", {}, name), ...found));
  }
}
