// What starts the page of forecasts: the theme, every figure in its place, and what the choices change.

const redraws = [];
const everythingAnew = () => {
  redraws.forEach((redraw) => redraw());
  find("forecast-title").textContent = shown.series[chosen.series];
  find("forecast-words").textContent = inWords(chosen.series);
  if (find("look-words")) find("look-words").textContent = shown.lookWords[chosen.look];
  if (find("step")) {
    find("step").value = chosen.step;
    const step = shown.lookSteps[chosen.step];
    find("reading").textContent = `step ahead ${step + 1}${shown.aheadTimes[chosen.series][step] ? `, ${shown.aheadTimes[chosen.series][step]}` : ""}: ${text(shown.values[chosen.series][step] ?? NaN)}`;
  }
};

function choose(change) {
  Object.assign(chosen, change);
  everythingAnew();
}

/** Choose the step ahead that is nearest among those whose weights are on the page. */
function chooseStep(step) {
  if (!chosen.look) return;
  const distances = shown.lookSteps.map((known) => Math.abs(known - step));
  choose({ step: distances.indexOf(Math.min(...distances)) });
}

startTheme();
redraws.push(drawn(find("forecast-figure"), (width) => forecastFigure(width, chosen.series, chooseStep)));
if (find("look-back")) redraws.push(drawn(find("look-back"), (width) => lookFigure(width, chosen.series, (step) => choose({ step }))));
for (const name of Object.keys(shown.modules)) redraws.push(drawn(find(`modules-${name}`), (width) => moduleFigure(width, chosen.series, name)));
if (find("stretch")) redraws.push(drawn(find("stretch"), (width) => stretchFigure(width, chosen.series)));
redraws.push(
  drawn(find("forecast-numbers"), () => {
    const [low, high] = [shown.low[chosen.series], shown.high[chosen.series]];
    const head = shown.coverage.flatMap((share) => [`${Number((100 * share).toFixed(1))} %: from`, "to"]);
    const rows = () => shown.values[chosen.series].map((value, step) => [shown.aheadTimes[chosen.series][step] || String(step + 1), value ?? "–", ...shown.coverage.flatMap((_, interval) => [low[interval][step] ?? "–", high[interval][step] ?? "–"]), shown.actual[chosen.series][step] ?? "–"]);
    return [numbersBehind(["Time", "Forecast", ...head, "What happened"], rows)];
  }),
);
if (find("errors-by-step")) drawErrorsByStep(find("errors-by-step"));
if (find("coverage-by-step")) drawCoverageByStep(find("coverage-by-step"));
if (find("errors-by-origin")) drawErrorsByOrigin(find("errors-by-origin"));
document.querySelectorAll("#importance [data-share]").forEach((bar) => bar.style.setProperty("--share", bar.dataset.share));
find("series").addEventListener("change", (event) => choose({ series: Number(event.target.value) }));
if (find("look")) find("look").addEventListener("change", (event) => choose({ look: event.target.value }));
if (find("step")) {
  find("step").max = shown.lookSteps.length - 1;
  find("step").addEventListener("input", (event) => choose({ step: Number(event.target.value) }));
}
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
everythingAnew();
