// What the page knows: the models, the series as it was and as it is, the stretch, the answers; and how it asks.

const state = {
  models: [],
  model: null,
  examples: [],
  original: null, // channels of numbers, null where nothing was measured
  current: null,
  past: [], // for undo
  future: [], // for redo
  stretch: null, // [first, last], both included
  target: "",
  ahead: 0, // the step ahead whose look is shown
  answer: null,
  first: null, // the answer to the series as it was
};

const WAIT = 120; // milliseconds after a change before the service is asked
const nSteps = () => (state.current ? state.current[0].length : 0);
const isChanged = () => state.current !== state.original;
const isEditable = () => state.model && state.model.channels.length > 0;
const endpoint = () => state.model.endpoints.at(-1);

/** Ask the service; what it finds wrong becomes an error in its words. */
async function ask(path, body, signal) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal } : { signal };
  const answered = await fetch(path, options);
  const told = await answered.json();
  if (!answered.ok) throw new Error(`${told.arrived} arrived, expected ${told.expected}; ${told.remedy}`);
  return told;
}

/** Return what is asked of the model about the series as it is. */
function question(series) {
  const body = { model: state.model.name };
  if (series && isEditable()) body.series = [series];
  if (state.model.kind === "classifier" && state.target) body.target = state.target;
  return body;
}

/** Return the one case of an answer. */
const caseOf = (answer) => (answer.explanations || answer.forecasts || answer.detections)[0];

function trouble(message) {
  find("trouble").textContent = message;
  find("trouble").hidden = !message;
}

/** Take a series as the one to begin with. */
function begin(series) {
  Object.assign(state, { original: series, current: series, past: [], future: [], stretch: null, answer: null, first: null, ahead: 0 });
}

/** Put a changed series in place of the current one. */
function change(series) {
  if (JSON.stringify(series) === JSON.stringify(state.current)) return false;
  state.past.push(state.current);
  state.future = [];
  state.current = series;
  return true;
}

function undo() {
  if (!state.past.length) return;
  state.future.push(state.current);
  state.current = state.past.pop();
}

function redo() {
  if (!state.future.length) return;
  state.past.push(state.current);
  state.current = state.future.pop();
}

function reset() {
  if (!isChanged()) return;
  change(state.original);
}
