// The page comes to life: choices, pointer, keys, and a question to the service after every change.

let redraw = () => {};
let waiting = null;
let pending = null;

/** Draw what is known, and ask for what is not. */
function show() {
  redraw();
  showResult();
  const usable = Boolean(isEditable() && state.current);
  const chosen = Boolean(usable && state.stretch);
  for (const id of ["blank", "line", "mean", "shift"]) find(id).disabled = !chosen;
  for (const id of ["from", "to"]) {
    find(id).disabled = !usable;
    find(id).max = Math.max(0, nSteps() - 1);
    if (document.activeElement !== find(id)) showEnd(id); // or an answer would overwrite what is being written
  }
  find("undo").disabled = !state.past.length;
  find("redo").disabled = !state.future.length;
  find("reset").disabled = JSON.stringify(state.current) === JSON.stringify(state.original);
  const moved = state.current.flatMap((values, channel) => values.filter((value, step) => value !== state.original[channel][step])).length;
  find("changed").textContent = moved ? `${moved} of ${nSteps() * state.current.length} values changed` : "";
}

function showEnd(id) {
  find(id).value = state.stretch ? state.stretch[id === "from" ? 0 : 1] : "";
}

/** Ask about the series as it is, a moment after the last change. */
function askSoon() {
  clearTimeout(waiting);
  find("answer").setAttribute("aria-busy", "true");
  waiting = setTimeout(askNow, WAIT);
}

async function askNow() {
  if (pending) pending.abort();
  pending = new AbortController();
  const asked = state.current;
  try {
    if (isEditable() && !holdsSomething(asked)) throw new Error("Nothing is left of the series; take the last change back.");
    const answer = await ask(`/${endpoint()}`, question(asked), pending.signal);
    if (asked !== state.current) return;
    state.answer = answer;
    if (!isChanged()) state.first = answer;
    trouble("");
    find("answer").setAttribute("aria-busy", "false");
    showTrust();
    show();
  } catch (error) {
    if (error.name === "AbortError") return;
    trouble(error.message);
    state.answer = null; // what was answered before is no answer to this
    find("answer").setAttribute("aria-busy", "false");
    show();
  }
}

function changeTo(series) {
  if (change(series)) {
    show();
    askSoon();
  }
}

function edit(name) {
  if (state.stretch) changeTo(edited(EDITS[name], channelsChosen()));
}

function shift(amount) {
  if (state.stretch && Number.isFinite(amount) && amount !== 0) {
    const from = state.current;
    changeTo(from.map((values, channel) => (isChosen(channel) ? edited(shiftedBy(amount, values), channel)[channel] : values)));
  }
}

function choose(first, last) {
  const most = nSteps() - 1;
  const [a, b] = [first, last].map((step) => Math.max(0, Math.min(most, Math.round(step))));
  state.stretch = [Math.min(a, b), Math.max(a, b)];
  show();
}

// ------------------------------------------------------------------------------------------------- model and series
async function takeModel(name) {
  clearTimeout(waiting);
  if (pending) pending.abort(); // or the answer of the model before would be taken for one of this
  state.model = state.models.find((one) => one.name === name);
  Object.assign(state, { target: "", answer: null, first: null });
  trouble("");
  showLegend();
  showTrust();
  const classes = state.model.classes;
  find("target-label").hidden = !classes.length;
  find("target").replaceChildren(html("option", { value: "" }, "what is predicted"), ...classes.map((one) => html("option", { value: one }, one)));
  const names = state.model.channels;
  find("channel-label").hidden = names.length < 2;
  find("channel").replaceChildren(html("option", { value: "" }, "all channels"), ...names.map((one, channel) => html("option", { value: channel }, one)));
  for (const id of ["file", "pasted", "take"]) find(id).disabled = !isEditable();
  const found = await ask(`/models/${encodeURIComponent(name)}/examples`);
  if (state.model.name !== name) return; // another was chosen meanwhile
  state.examples = found.examples;
  find("example").replaceChildren(...found.examples.map((one, number) => html("option", { value: number }, one.name)));
  find("example").title = found.source;
  takeSeries(found.examples[0].series, found.examples[0].name);
}

function takeSeries(series, name) {
  begin(series);
  find("series-title").textContent = name;
  const [low, high] = rangeOf(0);
  find("amount").value = Number(((high - low) / 10).toPrecision(2));
  show();
  askNow();
}

async function takeWritten(written, name) {
  try {
    trouble("");
    takeSeries(readSeries(written, state.model.channels.length), name);
  } catch (error) {
    trouble(error.message);
  }
}

// ----------------------------------------------------------------------------------------------------------- begin
async function start() {
  startTheme();
  const on = (id, kind, act) => find(id).addEventListener(kind, act);
  on("choice", "submit", (event) => event.preventDefault());
  on("model", "change", () => takeModel(find("model").value).catch((error) => trouble(error.message)));
  on("example", "change", () => takeSeries(state.examples[Number(find("example").value)].series, state.examples[Number(find("example").value)].name));
  on("target", "change", () => {
    state.target = find("target").value;
    askNow();
  });
  on("channel", "change", show);
  on("file", "change", async () => {
    const file = find("file").files[0];
    if (file) takeWritten(await file.text(), file.name);
  });
  on("take", "click", () => takeWritten(find("pasted").value, "pasted series"));
  for (const name of ["blank", "line", "mean"]) on(name, "click", () => edit(name));
  on("shift", "click", () => shift(Number(find("amount").value)));
  for (const id of ["from", "to"]) on(id, "focus", () => find(id).select());
  for (const id of ["from", "to"]) on(id, "change", () => {
    const [first, last] = ["from", "to"].map((one) => Number(find(one).value === "" ? find(id).value : find(one).value));
    if (Number.isFinite(first) && Number.isFinite(last)) choose(first, last);
    showEnd(id);
  });
  for (const [id, act] of [["undo", undo], ["redo", redo], ["reset", reset]]) on(id, "click", () => {
    act();
    show();
    askSoon();
  });
  on("figure", "pointerdown", startDrag);
  on("figure", "pointermove", moveDrag);
  for (const kind of ["pointerup", "pointercancel"]) on("figure", kind, endDrag);
  on("figure", "keydown", onKey);
  try {
    state.models = (await ask("/models")).models;
    find("model").replaceChildren(...state.models.map((one) => html("option", { value: one.name }, `${one.name} (${one.kind})`)));
    state.model = state.models[0];
    state.original = state.current = [[0]];
    redraw = drawn(find("figure"), (width) => figure(width));
    await takeModel(state.models[0].name);
  } catch (error) {
    trouble(error.message);
  }
}

start();
