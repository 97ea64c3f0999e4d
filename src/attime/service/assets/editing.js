// What can be done with a stretch; each returns new channels and leaves the old ones alone.

const channelsChosen = () => (find("channel").value === "" ? null : Number(find("channel").value));
const isChosen = (channel) => channelsChosen() === null || channelsChosen() === channel;
const within = (step) => step >= state.stretch[0] && step <= state.stretch[1];
const known = (values) => values.filter((value) => value !== null);

/** Apply an edit to the chosen channels: `make` turns the values of a stretch, and its place, into others. */
function edited(make, channels) {
  const [first, last] = state.stretch;
  return state.current.map((values, channel) => {
    if (channels !== null && channel !== channels) return values;
    const made = make(values.slice(first, last + 1), values, first, last);
    return values.map((value, step) => (within(step) ? made[step - first] : value));
  });
}

const rounded = (value) => Number(value.toPrecision(15)); // .1 + .2 is .3

const EDITS = {
  blank: (part) => part.map(() => null),
  mean: (part) => {
    const there = known(part);
    const mean = there.length ? rounded(sumOf(there) / there.length) : null;
    return part.map((value) => (value === null ? null : mean));
  },
  // Between the values beside the stretch, or those at its ends where the series begins or ends there.
  line: (part, values, first, last) => {
    const there = known(part);
    const left = known(values.slice(0, first)).at(-1) ?? there[0] ?? 0;
    const right = known(values.slice(last + 1))[0] ?? there.at(-1) ?? left;
    const start = first === 0 ? right : left;
    const end = last === values.length - 1 ? left : right;
    return part.map((_, place) => rounded(start + ((place + 1) / (part.length + 1)) * (end - start)));
  },
};

const sumOf = (values) => values.reduce((total, value) => total + value, 0);
const shiftedBy = (amount, from) => (part, values, first) =>
  part.map((_, place) => (from[first + place] === null ? null : rounded(from[first + place] + amount)));

/** Blanking everything leaves nothing to ask about. */
const holdsSomething = (series) => series.some((values) => values.some((value) => value !== null));
