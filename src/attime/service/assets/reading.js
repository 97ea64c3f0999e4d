// Numbers from a file or a field: rows of steps, or one row for a series.

const MISSING = new Set(["", "nan", "na", "null", "none", "?"]);

/** Return channels of numbers, or an error that says what is wrong. */
function readSeries(written, nChannels) {
  if (!written.trim()) throw new Error("Nothing arrived; give a row of numbers for each step.");
  const all = written.split(/\r?\n/);
  const mark = [";", "\t", ","].find((one) => all.find((line) => line.trim()).includes(one)) || /\s+/;
  const isEmpty = (line) => !line.trim() && !(mark === "\t" && line.includes(mark)); // tabs alone are a row of missing values
  const first = all.findIndex((line) => !isEmpty(line));
  const last = all.findLastIndex((line) => !isEmpty(line));
  const lines = all.slice(first, last + 1).filter((line) => !isEmpty(line) || nChannels === 1); // of one channel, an empty row is a missing value
  let rows = lines.map((line) => (typeof mark === "string" ? line : line.trim()).split(mark).map((cell) => cell.trim()));
  const isNumber = (cell) => MISSING.has(cell.toLowerCase()) || Number.isFinite(Number(cell));
  if (rows.length > 1 && !rows[0].every(isNumber)) rows = rows.slice(1); // a row of names
  rows.forEach((row, number) => row.forEach((cell) => {
    if (!isNumber(cell)) throw new Error(`“${cell.slice(0, 30)}” arrived in row ${number + 1}, expected a number, or nothing where none was measured.`);
  }));
  const table = rows.map((row) => row.map((cell) => (MISSING.has(cell.toLowerCase()) ? null : Number(cell))));
  const width = table[0].length;
  if (table.some((row) => row.length !== width)) throw new Error("Rows of different lengths arrived; give as many columns in each.");
  if (width === nChannels && (nChannels > 1 || table.length > 1)) return Array.from({ length: width }, (_, channel) => table.map((row) => row[channel]));
  if (table.length === nChannels) return table;
  throw new Error(`${table.length} rows of ${width} columns arrived, the model takes ${nChannels} ${nChannels === 1 ? "channel" : "channels"}; give a column for each.`);
}
