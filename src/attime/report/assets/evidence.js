// What the page holds of each case: values, evidence, attention and times, unpacked when they are looked at.

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
