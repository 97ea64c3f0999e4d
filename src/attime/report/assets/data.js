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

const packedValues = unpack(report.gallery.values);
const packedEvidence = unpack(report.gallery.evidence);
const packedAttention = unpack(report.gallery.attention);
const packedTimes = unpack(report.gallery.times);

/** Return the lowest and highest values of a channel, one after the other in order of time: two for each bin. */
const valuesOf = (row, channel) => packedValues(row * report.channels.length + channel);
const attentionOf = (row) => packedAttention(row);
const timesOf = (row) => packedTimes && packedTimes(row);

/** Return the evidence for a class as a list of channels, or of one for all of them. */
function evidenceOf(row, target) {
  const { evidenceChannels, bins } = report.gallery;
  const all = packedEvidence(row);
  return Array.from({ length: evidenceChannels }, (_, channel) => {
    const start = (target * evidenceChannels + channel) * bins;
    return all.subarray(start, start + bins);
  });
}

/** Return what each static covariate adds to the logit of a class; nothing where none are known. */
const knownOf = (row, target) => (report.gallery.known ? report.gallery.known.evidence[row][target] : []);
/** Return what all steps together add to it. */
const fromSteps = (row, target) => report.gallery.logits[row][target] - report.gallery.bias[target] - sum(knownOf(row, target));

const binsOf = (row) => Math.ceil(report.gallery.lengths[row] / report.gallery.width);
const largest = (row) => packedEvidence(row).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const sum = (values) => values.reduce((total, value) => total + (Number.isNaN(value) ? 0 : value), 0);
