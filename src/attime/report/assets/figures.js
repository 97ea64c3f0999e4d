// The figures about many cases at once: learning, evidence by class, faithfulness, odd cases.

/** Lines over one axis: `lines` have a name, points [x, y] and a class of style. */
function lineFigure(width, height, { lines, label, xName, yRange, integers, mark }) {
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
    ...places.map((place) => svg("text", { x: x(place), y: frame.bottom + 16, "text-anchor": "middle" }, text(place))),
    svg("text", { x: frame.right, y: frame.bottom + 31, "text-anchor": "end" }, xName),
    ...lines.map((line) => svg("path", { d: path(line.points.map(([a, b]) => [x(a), y(b)])), class: `line ${line.style}` })),
    mark ? svg("circle", { cx: x(mark[0]), cy: y(mark[1]), r: 4.5, class: "dot" }) : null,
  ]);
}

function lineLegend(lines) {
  const sample = (style) => svg("svg", { viewBox: "0 0 28 10", width: 28, height: 10, "aria-hidden": true }, svg("path", { d: "M0,5H28", class: `line ${style}` }));
  return html("ul", { class: "legend" }, lines.map((line) => html("li", { class: "lined" }, sample(line.style), line.name)));
}

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

/** One lane for each class, all on one scale. */
function lanes(holder, { labelOf, valuesOf: of, xOf, bandOf, axis, height = 54 }) {
  const views = report.views.classes.map((view, target) => ({ view, target })).filter((entry) => entry.view);
  const most = Math.max(...views.flatMap(({ view }) => [...of(view), ...(bandOf ? bandOf(view).flat() : [])].map(Math.abs)), 1e-12);
  drawn(holder, (width) => {
    const total = views.length * (height + 20) + 34;
    const frame = [8, width - 8];
    const label = views.map(({ view, target }) => labelOf(view, report.classes[target])).join(" ");
    const sheet = picture(width, total, label);
    views.forEach(({ view, target }, index) => {
      const top = index * (height + 20) + 18;
      const y = scale(-most, most, top + height, top);
      const x = xOf(view, frame);
      sheet.append(svg("text", { x: frame[0], y: top - 5, class: "name" }, report.classes[target]));
      sheet.append(svg("text", { x: frame[1], y: top - 5, "text-anchor": "end" }, cases(view.n_cases)));
      if (bandOf) {
        const [low, high] = bandOf(view);
        const there = low.map((value, place) => [x(place + 0.5), y(value)]);
        const back = high.map((value, place) => [x(place + 0.5), y(value)]).reverse();
        sheet.append(svg("path", { d: `${path([...there, ...back])}z`, class: "band" }));
        sheet.append(svg("line", { x1: frame[0], x2: frame[1], y1: y(0), y2: y(0), class: "axis" }));
        sheet.append(svg("path", { d: path([...of(view)].map((value, place) => [x(place + 0.5), y(value)])), class: "line c0" }));
      } else sheet.append(signedLane(of(view), x, y, frame));
    });
    sheet.append(axis(views[0].view, frame, total - 32, width));
    return [sheet, numbersBehind(["Class", "Place", "Mean evidence"], () => views.flatMap(({ view, target }) => [...of(view)].map((value, place) => [report.classes[target], axis.place ? axis.place(view, place) : place * report.views.width, value])))];
  });
}

function drawMeanEvidence(holder) {
  const { width: binWidth } = report.views;
  const axis = (view, frame, y, width) => stepAxis(0, view.mean.length * binWidth, scale(0, view.mean.length * binWidth, ...frame), y, width / 90, "step");
  lanes(holder, {
    valuesOf: (view) => view.mean,
    xOf: (view, frame) => scale(0, view.mean.length, ...frame),
    labelOf: (view, name) => `${name}: mean evidence is highest at step ${view.mean.indexOf(Math.max(...view.mean)) * binWidth}.`,
    axis,
  });
}

function drawAligned(holder) {
  const axis = (view, frame, y, width) => {
    const span = (view.offsets.at(-1) - view.offsets[0]) / Math.max(1, view.offsets.length - 1);
    return stepAxis(view.offsets[0], view.offsets.at(-1), scale(view.offsets[0] - span / 2, view.offsets.at(-1) + span / 2, ...frame), y, width / 90, "steps from the strongest evidence");
  };
  axis.place = (view, place) => view.offsets[place];
  lanes(holder, {
    valuesOf: (view) => view.aligned,
    bandOf: (view) => [view.low, view.high],
    xOf: (view, frame) => scale(0, view.aligned.length, ...frame),
    labelOf: (view, name) => `${name}: mean evidence ${text(Math.max(...view.aligned))} where it is strongest.`,
    axis,
  });
}

function drawOdd(holder, open) {
  const places = new Map(report.gallery.cases.map((number, row) => [number, row]));
  const part = (name, numbers) =>
    html("div", {}, html("p", {}, name), html("div", { class: "thumbs" }, numbers.filter((number) => places.has(number)).map((number) => {
      const row = places.get(number);
      const button = html("button", { type: "button", class: "thumb", "aria-label": `${name}: ${nameOf(row)}; open it` }, thumb(row));
      button.addEventListener("click", () => open(row));
      return button;
    })));
  report.views.classes.forEach((view, target) => {
    if (view) holder.append(html("div", { class: "odd-row" }, html("h4", {}, report.classes[target]), part("typical", view.typical), part("strange", view.strange)));
  });
}
