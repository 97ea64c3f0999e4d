// What starts the page of detection: the theme, every figure in its place, and what the choices change.

const redraws = [];
const everythingAnew = () => {
  redraws.forEach((redraw) => redraw());
  const event = report.shown[chosen.event];
  if (!event) return;
  find("event").value = chosen.event;
  find("event-title").textContent = `Event ${event.number}: from ${event.times[event.start]}`;
  find("event-words").textContent = eventInWords(event);
};

function chooseNumber(number) {
  const place = report.shown.findIndex((event) => event.number === number);
  if (place < 0) return;
  chosen.event = place;
  everythingAnew();
}

startTheme();
redraws.push(drawn(find("course-figure"), (width) => courseFigure(width, chooseNumber)));
if (report.shown.length) {
  redraws.push(drawn(find("event-figure"), (width) => eventFigure(width, report.shown[chosen.event])));
  redraws.push(
    drawn(find("event-numbers"), () => {
      const event = report.shown[chosen.event];
      const rows = () => event.times.flatMap((time, step) => event.channels.map((name, place) => [time, name, event.values[place][step] ?? "–", event.expected[place][step] ?? "–", event.relevance[place][step] ?? "–"]));
      return [numbersBehind(["Time", "Channel", "Value", "Expected", "Relevance"], rows)];
    }),
  );
  find("event").addEventListener("change", (change) => {
    chosen.event = Number(change.target.value);
    everythingAnew();
  });
  document.querySelector(".filters").addEventListener("submit", (submitted) => submitted.preventDefault());
}
everythingAnew();
