// Numbers from a file or a field: rows of steps, or one row for a series.

const MISSING = new Set(["", "nan", "na", "null", "none", "?"]);

/** Whether a cell is a name, and not a number that was mistyped. */
const isName = (cell) => !isNumber(cell) && !/^[-+−.,]*(\d|inf(inity)?$)/i.test(cell);
const isMissing = (cell) => MISSING.has(cell.toLowerCase());
const isNumber = (cell) => isMissing(cell) || Number.isFinite(Number(cell));

/** Return channels of numbers, or an error that says what is wrong. */
function readSeries(written, nChannels) {
  if (!written.trim()) throw new Error("Nothing arrived; give a row of numbers for each step.");
  const all = written.split(/\r?\n/);
  const mark = [";", "\t", ","].find((one) => all.find((line) => line.trim()).includes(one)) || /\s+/;
  const isEmpty = (line) => !line.trim() && !(mark === "\t" && line.includes(mark)); // tabs alone are a row of missing values
  const first = all.findIndex((line) => !isEmpty(line));
  const last = all.findLastIndex((line) => !isEmpty(line));
  const cellsOf = (line) => (typeof mark === "string" ? line : line.trim()).split(mark).map((cell) => cell.trim());
  const names = cellsOf(all[first]);
  const hasNames = first < last && names.some(isName) && names.every((cell) => isName(cell) || isMissing(cell));
  const table = [];
  for (let row = hasNames ? first + 1 : first; row <= last; row += 1) {
    if (isEmpty(all[row]) && nChannels > 1) continue; // of one channel, an empty row is a missing value
    const cells = cellsOf(all[row]);
    const wrong = cells.find((cell) => !isNumber(cell));
    if (wrong !== undefined) throw new Error(`“${wrong.slice(0, 30)}” arrived in row ${row + 1}, expected a number, or nothing where none was measured.`);
    table.push(cells.map((cell) => (isMissing(cell) ? null : Number(cell))));
  }
  const width = table[0].length;
  if (table.some((row) => row.length !== width)) throw new Error("Rows of different lengths arrived; give as many columns in each.");
  if (width === nChannels && (nChannels > 1 || table.length > 1)) return Array.from({ length: width }, (_, channel) => table.map((row) => row[channel]));
  if (table.length === nChannels) return table;
  throw new Error(`${table.length} rows of ${width} columns arrived, the model takes ${nChannels} ${nChannels === 1 ? "channel" : "channels"}; give a column for each.`);
}
