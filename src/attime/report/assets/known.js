// What is known of a case beside its series: the share of each static covariate in the logit, below that of all steps.

function knownTable(row, target) {
  const { names, values } = report.gallery.known;
  const lines = [["the series", fromSteps(row, target)], ...knownOf(row, target).map((value, place) => [`${names[place]}: ${values[row][place]}`, value])];
  const most = Math.max(...lines.map(([, value]) => Math.abs(value))) || 1;
  const rows = lines.map(([name, value]) => {
    const bar = html("span", { class: `bar ${value < 0 ? "against" : "for"}` });
    bar.style.setProperty("--share", Math.abs(value) / most);
    return html("tr", {}, html("th", { scope: "row" }, name), html("td", { class: "share" }, bar, fixed(value)));
  });
  const head = html("tr", {}, html("th", { scope: "col" }, "What is known"), html("th", { scope: "col" }, `Adds to ${classOf(target)}`));
  return html("table", { class: "answers" }, html("thead", {}, head), html("tbody", {}, rows));
}
