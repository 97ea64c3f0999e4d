// Reliability: how often answers are right over how sure they are, and above it how many are how sure.

const RELIABILITY = { left: 48, right: 12, top: 10, counts: 44, gap: 20, bottom: 36 };

function drawReliability(holder) {
  const { edges, counts, confidence, accuracy, low, high } = report.calibration;
  const bins = counts.map((_, bin) => bin).filter((bin) => counts[bin]);
  const off = (bin) => confidence[bin] < low[bin] || confidence[bin] > high[bin];
  const told = (bin) => `of ${cases(counts[bin])} that are ${percent(confidence[bin])} sure ${percent(accuracy[bin])} are right`;
  const label = `Reliability diagram, accuracy over confidence: ${bins.map(told).join("; ")}.`;
  drawn(holder, (width) => {
    const { left, top, gap, bottom } = RELIABILITY;
    const side = Math.min(width - left - RELIABILITY.right, 340);
    const start = top + RELIABILITY.counts + gap;
    const sheet = picture(width, start + side + bottom, label);
    const x = scale(0, 1, left, left + side);
    const y = scale(0, 1, start + side, start);
    const height = scale(0, Math.max(...counts), start - gap, top);
    const shares = [0, 0.2, 0.4, 0.6, 0.8, 1];
    const name = (share) => `${Math.round(100 * share)} %`;
    sheet.append(
      ...bins.map((bin) => svg("rect", { x: x(edges[bin]) + 0.5, width: Math.max(1, x(edges[bin + 1]) - x(edges[bin]) - 1), y: height(counts[bin]), height: height(0) - height(counts[bin]), class: "count-area" })),
      svg("line", { x1: left, x2: left + side, y1: height(0), y2: height(0), class: "axis" }),
      svg("text", { x: left - 6, y: top + 9, "text-anchor": "end", class: "small" }, Math.max(...counts).toLocaleString("en")),
      svg("text", { x: left - 6, y: height(0), "text-anchor": "end", class: "small" }, "cases"),
      ...shares.flatMap((share) => [
        svg("line", { x1: left, x2: left + side, y1: y(share), y2: y(share), class: share ? "grid" : "axis" }),
        svg("text", { x: left - 6, y: y(share) + 4, "text-anchor": "end" }, name(share)),
        svg("text", { x: x(share), y: start + side + 16, "text-anchor": "middle" }, name(share)),
      ]),
      svg("text", { x: left, y: start - 4 }, "share of right answers"),
      svg("text", { x: left + side, y: start + side + 32, "text-anchor": "end" }, "probability of the answer"),
      svg("line", { x1: x(0), y1: y(0), x2: x(1), y2: y(1), class: "line c3" }),
      ...bins.map((bin) => svg("line", { x1: x(confidence[bin]), x2: x(confidence[bin]), y1: y(low[bin]), y2: y(high[bin]), class: off(bin) ? "reach off" : "reach" })),
      ...bins.map((bin) => svg("circle", { cx: x(confidence[bin]), cy: y(accuracy[bin]), r: 4.5, class: off(bin) ? "right-share off" : "right-share" })),
    );
    const rows = () => bins.map((bin) => [`${name(edges[bin])} to ${name(edges[bin + 1])}`, counts[bin], confidence[bin], accuracy[bin], low[bin], high[bin]]);
    return [sheet, numbersBehind(["Sure", "Cases", "Mean sureness", "Share of right answers", "From", "To"], rows)];
  });
}
