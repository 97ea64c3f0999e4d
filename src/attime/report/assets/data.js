"use strict";
// The numbers of the page: read once, unpacked when they are looked at.

const report = JSON.parse(document.getElementById("numbers").textContent);
const MISSING = -32768;

/** Give a function from the number of a row to its values: offset + unit · whole number, NaN where missing. */
function unpack(packed) {
  if (!packed) return null;
  const bytes = Uint8Array.from(atob(packed.base64), (letter) => letter.charCodeAt(0));
  const whole = new DataView(bytes.buffer);
  const size = bytes.length / 2 / packed.unit.length;
  return (row) =>
    Float64Array.from({ length: size }, (_, place) => {
      const number = whole.getInt16(2 * (row * size + place), true);
      return number === MISSING ? NaN : packed.offset[row] + packed.unit[row] * number;
    });
}

const sum = (values) => values.reduce((total, value) => total + (Number.isNaN(value) ? 0 : value), 0);
