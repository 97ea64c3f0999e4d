// Pointer and keys in the figure: a stretch is chosen, moved and shifted; what stands at a step is read.

function placeOf(event) {
  const box = find("figure").querySelector("svg").getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * geometry.width;
  const y = ((event.clientY - box.top) / box.height) * (box.height / box.width) * geometry.width;
  const step = Math.floor(((x - geometry.x.left) / (geometry.x.now - geometry.x.left)) * nSteps());
  const panel = geometry.panels.find((one) => one.kind === "series" && y >= one.top && y <= one.bottom);
  return { x, y, step: Math.max(0, Math.min(nSteps() - 1, step)), panel, isAhead: x > geometry.x.now };
}

let drag = null;
function startDrag(event) {
  if (event.button !== 0 || !geometry) return;
  const place = placeOf(event);
  if (place.isAhead && state.model.kind === "forecaster") {
    if (!state.answer) return;
    const { now, right } = geometry.x;
    const ahead = caseOf(state.answer).values.length;
    state.ahead = Math.min(ahead - 1, Math.max(0, Math.floor(((place.x - now) / (right - now)) * ahead)));
    show();
    return;
  }
  if (!isEditable()) return;
  find("figure").setPointerCapture(event.pointerId);
  const inside = state.stretch && within(place.step) && place.panel && isChosen(place.panel.channel);
  drag = inside ? { kind: "shift", from: state.current, channel: place.panel.channel, y: place.y, unit: geometry.scales[place.panel.channel] } : { kind: "choose", step: place.step };
}

function moveDrag(event) {
  if (!geometry) return;
  const place = placeOf(event);
  if (drag && drag.kind === "choose") choose(drag.step, place.step);
  if (drag && drag.kind === "shift") {
    const perPixel = (drag.unit(0) - drag.unit(1)) || 1; // pixels of one unit
    drag.amount = Number(((drag.y - place.y) / perPixel).toPrecision(3));
    state.current = drag.from;
    state.current = edited(shiftedBy(drag.amount, drag.from[drag.channel]), drag.channel);
    redraw();
    askSoon();
  }
  read(place.step, !place.isAhead);
}

function endDrag() {
  const done = drag;
  drag = null;
  if (!done || done.kind !== "shift") return;
  const moved = state.current;
  state.current = done.from;
  if (done.amount) {
    find("amount").value = done.amount;
    changeTo(moved);
  } else show();
}

/** Tell what stands at a step. */
function read(step, isThere) {
  if (geometry.cursor) {
    const x = geometry.x.past(step + 0.5);
    for (const side of ["x1", "x2"]) geometry.cursor.setAttribute(side, x);
    geometry.cursor.setAttribute("visibility", isThere ? "visible" : "hidden");
  }
  if (!isThere) return;
  const found = state.answer && caseOf(state.answer);
  const told = [["Step", step]];
  state.current.forEach((values, channel) => told.push([state.current.length > 1 ? state.model.channels[channel] : "Value", values[step] === null ? "missing" : text(values[step])]));
  if (found && found.target) told.push(["Evidence", text(sumOf(found.relevance.map((row) => row[step] || 0)), true)]);
  if (found && found.attention) told.push(["Attention", percent(found.attention[step] || 0)]);
  if (found && found.scores) told.push(["Score", text(found.scores[step] ?? NaN)]);
  if (found && found.expected) told.push(["Expected", found.expected.map((row) => text(row[step] ?? NaN)).join(", ")]);
  find("reading").replaceChildren(...told.map(([name, value]) => html("span", {}, `${name} `, html("b", {}, String(value)))));
}

// ------------------------------------------------------------------------------------------------------------ keys
function onKey(event) {
  const history = { z: event.shiftKey ? redo : undo, y: redo }[event.key.toLowerCase()];
  if ((event.ctrlKey || event.metaKey) && history) {
    event.preventDefault();
    history();
    show();
    askSoon();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !isEditable()) return;
  const side = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
  const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const name = { b: "blank", l: "line", m: "mean" }[event.key.toLowerCase()];
  if (side) {
    const tenth = Math.max(1, Math.round(nSteps() / 10));
    const [first, last] = state.stretch || [Math.floor(nSteps() / 2) - side, Math.floor(nSteps() / 2) + tenth - 1 - side];
    if (event.shiftKey) choose(first, Math.max(first, last + side));
    else if (first + side >= 0 && last + side < nSteps()) choose(first + side, last + side);
    else choose(first, last);
  } else if (up) shift((up * Number(find("amount").value)) / 2 || 0);
  else if (name) edit(name);
  else if (event.key === "Escape") {
    state.stretch = null;
    show();
  } else return;
  event.preventDefault();
}
