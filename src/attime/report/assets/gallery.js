// The gallery: which cases are listed and in what order, which one is open, and what moves from one to the next.

const chosen = (id) => (find(id) ? find(id).value : "");
const state = { rows: [], place: 0, bin: 0 };
const everyRow = report.gallery.cases.map((_, row) => row);

function fits(row) {
  const { true: truly, predicted } = report.gallery;
  const [byTrue, byPredicted, outcome] = ["by-true", "by-predicted", "by-outcome"].map(chosen);
  return (
    (byTrue === "" || truly[row] === Number(byTrue)) &&
    (byPredicted === "" || predicted[row] === Number(byPredicted)) &&
    (outcome === "" || isWrong(row) === (outcome === "wrong"))
  );
}

const ORDERS = {
  given: (a, b) => a - b,
  least: (a, b) => sureness(a) - sureness(b),
  most: (a, b) => sureness(b) - sureness(a),
};

/** Return the class whose evidence is shown for a case. */
function targetOf(row) {
  const picked = chosen("target");
  if (picked === "") return report.gallery.predicted[row];
  return picked === "true" ? report.gallery.true[row] : Number(picked);
}

/** List the cases that fit, keep the open one open if it is among them. */
function refresh() {
  const open = state.rows[state.place];
  state.rows = everyRow.filter(fits).sort(ORDERS[chosen("order")]);
  state.place = Math.max(0, state.rows.indexOf(open));
  const list = find("list");
  list.replaceChildren(
    ...state.rows.map((row, place) => {
      const option = html("div", { class: "thumb", role: "option", id: `case-${row}`, "aria-label": nameOf(row) }, thumb(row));
      option.addEventListener("click", () => openPlace(place));
      return option;
    }),
  );
  list.scrollTo(0, 0);
  document.querySelectorAll("#confusion button").forEach((cell) => cell.setAttribute("aria-pressed", String(cell.dataset.true === chosen("by-true") && cell.dataset.predicted === chosen("by-predicted"))));
  find("found").textContent = listedInWords();
  document.querySelector(".gallery").hidden = !state.rows.length;
  if (state.rows.length) openPlace(state.place);
}

/** Say how many cases are listed, and of a cell of the confusion matrix how many there are that this page does not hold. */
function listedInWords() {
  const listed = state.rows.length;
  const cell = document.querySelector("#confusion [aria-pressed=true]");
  const inData = cell && chosen("by-outcome") === "" ? Number(cell.dataset.cases) : listed;
  if (inData > listed) return `${listed} listed, of ${cases(inData)} of this kind in the data`;
  if (!listed) return "No case on this page is like that. “Show all” brings the others back.";
  return listed < everyRow.length ? `${listed} of ${cases(everyRow.length)} listed` : `${cases(listed)} listed`;
}

let redrawCase = () => {};
let cursor = null;

function openPlace(place) {
  state.place = Math.max(0, Math.min(state.rows.length - 1, place));
  const row = state.rows[state.place];
  const { cases: numbers, true: truly, predicted } = report.gallery;
  find("case-title").replaceChildren(`Case ${numbers[row]}: `, truly === null ? "" : `${isWrong(row) ? "✗ wrong, " : "✓ right, "}`, `answer ${classOf(predicted[row])} (${percent(sureness(row))})`, isWrong(row) ? `, true class ${classOf(truly[row])}` : "");
  find("place").textContent = `${state.place + 1} of ${state.rows.length}`;
  find("previous").disabled = state.place === 0;
  find("next").disabled = state.place === state.rows.length - 1;
  find("list").setAttribute("aria-activedescendant", `case-${row}`);
  [...find("list").children].forEach((option, index) => option.setAttribute("aria-selected", String(index === state.place)));
  showInList(find(`case-${row}`));
  const slider = find("step");
  slider.max = binsOf(row) - 1;
  slider.value = 0;
  find("reading").textContent = "";
  find("case-words").textContent = caseInWords(row, targetOf(row));
  find("case-answers").replaceChildren(answers(row));
  if (find("case-known")) find("case-known").replaceChildren(knownTable(row, targetOf(row)));
  redrawCase();
}

/** Scroll the list, and only the list, so that an option can be seen. */
function showInList(option) {
  const list = find("list");
  const [top, left] = [option.offsetTop, option.offsetLeft];
  if (top < list.scrollTop || top + option.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - 8;
  if (left < list.scrollLeft || left + option.offsetWidth > list.scrollLeft + list.clientWidth) list.scrollLeft = left - 8;
}

/** Return the most probable classes as a table: probability, and how the evidence makes the logit. */
function answers(row) {
  const { probabilities, logits, bias, known } = report.gallery;
  const order = report.classes.map((_, number) => number).sort((a, b) => probabilities[row][b] - probabilities[row][a]);
  const head = ["Class", "Probability", "Evidence", ...(known ? ["Known"] : []), "Bias", "Logit"].map((name) => html("th", { scope: "col" }, name));
  const lines = order.slice(0, 5).map((number) => {
    const bar = html("span", { class: "bar" });
    bar.style.setProperty("--share", probabilities[row][number]);
    return html("tr", {}, html("th", { scope: "row" }, classOf(number)), html("td", { class: "share" }, bar, percent(probabilities[row][number])), ...[fromSteps(row, number), ...(known ? [sum(knownOf(row, number))] : []), bias[number], logits[row][number]].map((value) => html("td", {}, fixed(value))));
  });
  const rest = order.length > 5 ? html("caption", {}, `The 5 most probable of ${order.length} classes`) : null;
  return html("table", { class: "answers" }, rest, html("thead", {}, html("tr", {}, head)), html("tbody", {}, lines));
}

function readBin(bin) {
  const row = state.rows[state.place];
  const lines = readingOf(row, targetOf(row), bin);
  find("step").value = bin;
  find("step").setAttribute("aria-valuetext", lines.map(([name, value]) => `${name} ${value}`).join(", "));
  find("reading").replaceChildren(...lines.flatMap(([name, value]) => [html("span", {}, `${name} `, html("b", {}, value)), " "]));
  cursor(bin);
}

function startGallery() {
  const holder = find("case-figure");
  redrawCase = drawn(holder, (width) => {
    if (!state.rows.length) return [];
    const row = state.rows[state.place];
    const { sheet, moveTo } = caseFigure(width, row, targetOf(row), readBin);
    cursor = moveTo;
    const rows = () => Array.from({ length: binsOf(row) }, (_, bin) => readingOf(row, targetOf(row), bin).map(([, value]) => value));
    find("case-numbers").replaceChildren(numbersBehind(readingOf(row, targetOf(row), 0).map(([name]) => name), rows));
    return sheet;
  });
  for (const id of ["by-true", "by-predicted", "by-outcome", "order"]) if (find(id)) find(id).addEventListener("change", refresh);
  find("target").addEventListener("change", () => state.rows.length && openPlace(state.place));
  find("all").addEventListener("click", showAll);
  find("previous").addEventListener("click", () => openPlace(state.place - 1));
  find("next").addEventListener("click", () => openPlace(state.place + 1));
  find("step").addEventListener("input", (event) => readBin(Number(event.target.value)));
  find("cases").querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", moveByKey);
  document.querySelectorAll("#confusion button").forEach((cell) => {
    cell.style.setProperty("--share", 0.05 + 0.4 * cell.dataset.share);
    cell.addEventListener("click", () => filterBy(cell));
  });
  refresh();
}

function showAll() {
  for (const id of ["by-true", "by-predicted", "by-outcome"]) if (find(id)) find(id).value = "";
  refresh();
}

function filterBy(cell) {
  const again = cell.getAttribute("aria-pressed") === "true";
  find("by-true").value = again ? "" : cell.dataset.true;
  find("by-predicted").value = again ? "" : cell.dataset.predicted;
  find("by-outcome").value = "";
  refresh();
  if (!again) find("cases").scrollIntoView();
}

/** Open a case from elsewhere on the page, whatever is listed now. */
function openRow(row) {
  if (!state.rows.includes(row)) showAll();
  openPlace(state.rows.indexOf(row));
  find("cases").scrollIntoView();
  find("list").focus({ preventScroll: true });
}

/** Arrow keys go from case to case, while the focus is on the page itself or among the cases. */
function moveByKey(event) {
  const { target } = event;
  if (event.altKey || event.ctrlKey || event.metaKey || !state.rows.length) return;
  if (target !== document.body && !find("cases").contains(target)) return;
  if (target.matches("select, input, summary, details *")) return;
  const inList = target === find("list");
  const moves = { ArrowLeft: -1, ArrowRight: 1, ...(inList ? { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity } : {}) };
  if (!(event.key in moves)) return;
  event.preventDefault();
  openPlace(state.place + moves[event.key]);
}
