// The answer in words and bars, beside the answer to the series as it was.

const LEGENDS = {
  classifier: [["sign for", "speaks for the class"], ["sign against", "speaks against it"], ["sign attention", "attention"]],
  regressor: [["sign for", "makes the number larger"], ["sign against", "makes it smaller"], ["sign attention", "attention"]],
  forecaster: [["sign forecast", "forecast and limits"], ["sign for", "counts for the step ahead"]],
  detector: [["sign truth", "event"], ["sign for", "how far from what was expected"]],
};
const MOST_CLASSES = 12;

function showLegend() {
  const signs = LEGENDS[state.model.kind].map(([sign, name]) => html("li", {}, html("i", { class: sign }), name));
  const stroke = (style, name) => html("li", { class: "lined" }, svg("svg", { viewBox: "0 0 28 10", width: 28, height: 10, "aria-hidden": true }, svg("path", { d: "M0,5H28", class: `line ${style}` })), name);
  const lines = state.model.kind === "detector" ? [stroke("c1", "expected"), stroke("score-line", "score")] : [];
  find("legend").replaceChildren(...signs, ...lines, stroke("was", "as it was"));
}

/** Say what the figure shows, for those who do not see it. */
function inWords() {
  const told = [`${nSteps()} steps of ${state.current.length === 1 ? "one channel" : `${state.current.length} channels`}`];
  if (state.stretch) told.push(`steps ${state.stretch[0]} to ${state.stretch[1]} are chosen`);
  if (state.answer) told.push(headline(caseOf(state.answer)));
  return `${told.join("; ")}.`;
}

function headline(found) {
  if (state.model.kind === "classifier") return `${found.prediction}, ${percent(found.probabilities[found.prediction])}`;
  if (state.model.kind === "regressor") return text(found.prediction);
  if (state.model.kind === "forecaster") return `next ${text(found.values[0] ?? NaN)}`;
  const alarms = found.alarms.filter(Boolean).length;
  return `${alarms} ${alarms === 1 ? "alarm" : "alarms"}`;
}

function showResult() {
  const holder = find("result");
  if (!state.answer) {
    holder.replaceChildren(html("p", { class: "answer-note" }, find("trouble").hidden ? "…" : "No answer."));
    return;
  }
  const found = caseOf(state.answer);
  const was = state.first && isChanged() ? caseOf(state.first) : null;
  const before = was && headline(was);
  const moved = was && found.prediction !== undefined && state.model.kind === "classifier" && was.prediction !== found.prediction;
  holder.replaceChildren(
    html("div", { class: "answer-figure", id: "headline" }, headline(found)),
    html("p", { class: `answer-note${moved ? " moved" : ""}`, id: "before" }, before ? `As it was: ${before}` : "The series as it is."),
    ...DETAILS[state.model.kind](found, was),
  );
}

const DETAILS = {
  classifier: (found, was) => [shares(found, was), html("p", { class: "hint", id: "sum" }, evidenceInWords(found))],
  regressor: (found) => [html("p", { class: "hint", id: "sum" }, evidenceInWords(found))],
  forecaster: forecastDetails,
  detector: (found) => [
    html("p", { class: "hint" }, `Highest score ${text(highest(found.scores, 0))}, ${found.threshold === null ? "no threshold" : `threshold ${text(found.threshold)}`}.`),
    html("ol", { class: "events" }, found.events.map((event) => html("li", {}, `steps ${event.start} to ${event.end - 1}, severity ${text(event.severity)}, ${event.channel}`))),
  ],
};

function shares(found, was) {
  const names = Object.keys(found.probabilities);
  const shown = names.length <= MOST_CLASSES ? names : names.toSorted((a, b) => found.probabilities[b] - found.probabilities[a]).slice(0, MOST_CLASSES);
  const rows = shown.flatMap((name) => {
    const track = html("div", { class: "track", "aria-hidden": true }, html("i"), was ? html("b") : null);
    track.style.setProperty("--share", found.probabilities[name]);
    if (was) track.style.setProperty("--was", was.probabilities[name]);
    return [html("dt", {}, html("span", {}, name), html("span", {}, percent(found.probabilities[name]))), html("dd", {}, track)];
  });
  return html("dl", { class: "shares", id: "shares" }, rows);
}

/** Say what the evidence adds up to, and how much of it lies in the stretch. */
function evidenceInWords(found) {
  const byStep = (rows) => found.relevance[0].map((_, step) => sumOf(rows.map((row) => row[step] || 0)));
  const whole = sumOf(byStep(found.relevance));
  const undivided = isUndivided(found) ? " The model does not divide it among the channels." : "";
  const what = state.model.kind === "classifier" ? `Evidence for ${found.target}` : "What the steps add";
  if (!state.stretch) return `${what} adds up to ${fixed(whole)}.${undivided}`;
  const rows = found.relevance.filter((_, channel) => undivided || isChosen(channel));
  const inside = sumOf(byStep(rows).filter((_, step) => within(step)));
  return `${what} adds up to ${fixed(whole)}; the stretch holds ${fixed(inside)}.${undivided}`;
}

function forecastDetails(found) {
  const step = Math.min(state.ahead, found.values.length - 1);
  const place = html("input", { type: "range", id: "ahead", min: 1, max: found.values.length, value: step + 1, "aria-label": "Step ahead" });
  place.addEventListener("input", () => {
    state.ahead = Number(place.value) - 1;
    find("ahead-words").textContent = aheadInWords(found);
    redraw();
  });
  const warnings = state.answer.warnings.map((words) => html("p", { class: "hint moved" }, words));
  return [html("label", { class: "hint ahead" }, "Step ahead", place), html("p", { class: "hint", id: "ahead-words" }, aheadInWords(found)), ...warnings];
}

function aheadInWords(found) {
  const step = Math.min(state.ahead, found.values.length - 1);
  const limits = state.answer.coverage.map((share, interval) => `${text(100 * share)} % between ${text(found.low[interval][step] ?? NaN)} and ${text(found.high[interval][step] ?? NaN)}`);
  const looks = found.look_name ? ` The figure shows its ${found.look_name === "linear" ? "linear weights" : found.look_name} over the past.` : "";
  return `+${step + 1}: ${text(found.values[step] ?? NaN)}; ${limits.join(", ")}.${looks}`;
}

/** Offer to measure an explanation: no picture of evidence without its number. */
function showTrust(answer) {
  const holder = find("trust");
  if (state.model.kind !== "classifier") return holder.replaceChildren();
  if (answer) {
    const { label, value, random, verdict } = answer.faithfulness;
    return holder.replaceChildren(html("p", { id: "verdict" }, `${label}: ${text(value ?? NaN)} (random order ${text(random ?? NaN)}). ${verdict}`));
  }
  const button = html("button", { type: "button", id: "measure" }, "Can this be believed?");
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = "Measuring …";
    try {
      const asked = state.current;
      const measured = await ask("/explain", { ...question(asked), faithfulness: true });
      if (state.current === asked) showTrust(measured);
    } catch (error) {
      trouble(error.message);
      showTrust();
    }
  });
  return holder.replaceChildren(button);
}
