// Series of any length: their limits, and no more points than a figure has room for.

/** Return the lowest and the highest of the numbers in some lists, those that are none aside; undefined if none is. */
function extremes(...lists) {
  let found;
  for (const values of lists) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (!found) found = [value, value];
      else if (value < found[0]) found[0] = value;
      else if (value > found[1]) found[1] = value;
    }
  }
  return found;
}

const highest = (values, least) => Math.max(least, (extremes(values) || [least])[1]);

/** Return [step, value] of a line: of each of so many pixels the lowest and the highest value, in their order. */
function thinned(values, pixels) {
  const together = Math.floor(values.length / Math.max(1, pixels));
  if (together <= 2) return values.map((value, step) => [step, value]);
  const points = [];
  for (let start = 0; start < values.length; start += together) {
    const end = Math.min(start + together, values.length);
    let low = -1;
    let high = -1;
    for (let step = start; step < end; step += 1) {
      if (!Number.isFinite(values[step])) continue;
      if (low < 0 || values[step] < values[low]) low = step;
      if (high < 0 || values[step] > values[high]) high = step;
    }
    if (low < 0) points.push([start, NaN]);
    else for (const step of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) points.push([step, values[step]]);
  }
  return points;
}
