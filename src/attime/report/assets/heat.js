// Rows of weights as colours: the sign gives the colour, the size how strong it is.

const SHADES = 12; // as many paths for each sign, however many cells: elements for each would be slow

/** Draw rows of numbers as cells; `x` and `y` say where a column and a row begin. */
function heatCells(rows, x, y, most) {
  const paths = new Map();
  rows.forEach((row, place) => {
    for (let column = 0; column < row.length; column += 1) {
      const shade = Math.round((SHADES * Math.abs(row[column] || 0)) / most);
      if (shade > 0) {
        const key = Math.sign(row[column]) * shade;
        const cell = `M${x(column).toFixed(1)},${y(place).toFixed(1)}H${(x(column + 1) + 0.3).toFixed(1)}V${y(place + 1).toFixed(1)}H${x(column).toFixed(1)}z`;
        paths.set(key, (paths.get(key) || "") + cell);
      }
    }
  });
  return svg("g", {}, [...paths].map(([key, d]) => svg("path", { d, class: key > 0 ? "for-area" : "against-area", opacity: (Math.abs(key) / SHADES).toFixed(3) })));
}

/** Return rows out of numbers that stand one after the other. */
const inRows = (values, n) => Array.from({ length: values.length / n }, (_, row) => values.subarray(row * n, (row + 1) * n));

/** Return the largest size of any number. */
const strongestOf = (rows) => Math.max(...rows.map((row) => row.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0))) || 1;
