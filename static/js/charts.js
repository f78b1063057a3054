// Draws the charts of a page with ECharts, from data that stands in the page:
//
//   {{ chart|json_script:"size-data" }}
//   <div data-chart="size-data" role="img" aria-label="Members by quarter"></div>
//
// The data: {type: "line" | "bar", unit: "count" | "fraction", x: ["2026Q1", ...], stacked: false,
//   horizontal: false, series: [{name, data: [1, null, ...], low: [...], high: [...]}]}
// marks: [{x: "2026-11-22", name: "what happened"}] draws an upright line (line and bar charts).
// null is unknown and leaves a gap; `connect: true` draws the line on to the next known value.
// `low` and `high` (both or none) draw an interval around a line.
// Dots: {type: "scatter", unit, x_name, y_name, series: [{name, data: [[x, y], ...]}],
//   marks: [{x: 10000, label: "Micro"}]}; both axes are logarithmic.
//
// Flows: {type: "sankey", unit: "count", nodes: [{name: "then a", label: "A"}, ...],
//   links: [{source: "then a", target: "now b", value: 12}, ...]}
//
// Intervals, a line each: {type: "forest", unit: "fraction", x: ["A", "B"],
//   series: [{name, data: [0.1, 0.2], low: [...], high: [...]}]}; `plain: true` leaves out the
//   upright line at zero, which means no difference.
// Times on x are plain labels in order. Without JavaScript the data table beside the chart remains.
(() => {
  const drawn = new Map();
  const PALETTE = ["#066fd1", "#d6336c", "#0ca678", "#f59f00", "#7950f2", "#667382"];

  const words = (value, unit) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "not known";
    if (unit === "fraction") return `${(value * 100).toFixed(2)} %`;
    return Number.isInteger(value) ? value.toLocaleString("en") : value.toPrecision(3);
  };

  const short = (value, unit) => {
    if (unit === "fraction") return `${+(value * 100).toFixed(2)} %`;
    const steps = [[1e9, "B"], [1e6, "M"], [1e3, "k"]];
    const step = steps.find(([size]) => Math.abs(value) >= size);
    return step ? `${+(value / step[0]).toFixed(1)}${step[1]}` : `${value}`;
  };

  // The page's own text colour, which follows the theme; lines are the same, faint.
  const textColour = () => getComputedStyle(document.body).color;

  const band = (series, index) => {
    if (!series.low) return [];
    const common = {
      type: "line", stack: `interval-${index}`, symbol: "none", silent: true, animation: false,
      lineStyle: { opacity: 0 },
    };
    const width = series.high.map((high, at) =>
      high === null || series.low[at] === null ? null : high - series.low[at]);
    return [
      { ...common, name: `${series.name}, low`, data: series.low },
      {
        ...common, name: `${series.name}, high`, data: width,
        areaStyle: { color: PALETTE[index % PALETTE.length], opacity: 0.15 },
      },
    ];
  };

  const tip = (chart) => (points) => {
    const lines = chart.series.map((series) => {
      const point = points.find((found) => found.seriesName === series.name);
      if (!point) return "";
      const at = point.dataIndex;
      const known = series.low && series.low[at] !== null;
      const interval = known
        ? ` (${words(series.low[at], chart.unit)} to ${words(series.high[at], chart.unit)})` : "";
      return `${series.name}: ${words(series.data[at], chart.unit)}${interval}`;
    });
    return [points[0].axisValueLabel, ...lines.filter(Boolean)].join("\n");
  };

  // Upright lines where something happened; what it was is in the list beside the chart.
  const marked = (marks, text) => ({
    silent: true, symbol: "none", animation: false,
    lineStyle: { color: text, opacity: 0.35, type: "dashed" },
    label: { show: marks.length <= 8, formatter: ({ name }) => name, color: text, fontSize: 10 },
    data: marks.map(({ x, name }) => ({ xAxis: x, name })),
  });

  const option = (chart) => {
    const text = textColour();
    const labels = { color: text };
    const faint = { lineStyle: { color: text, opacity: 0.15 } };
    const categories = {
      type: "category", data: chart.x, axisLabel: labels, axisTick: { show: false },
      axisLine: faint, inverse: Boolean(chart.horizontal),
    };
    const values = {
      type: "value", splitLine: faint,
      axisLabel: { ...labels, formatter: (value) => short(value, chart.unit) },
    };
    const main = chart.series.map((series, index) => ({
      name: series.name, type: chart.type, data: series.data, connectNulls: Boolean(chart.connect),
      stack: chart.stacked ? "all" : undefined, symbolSize: 6, barMaxWidth: 26,
      itemStyle: { color: PALETTE[index % PALETTE.length] },
      markLine: index === 0 && chart.marks ? marked(chart.marks, text) : undefined,
    }));
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      color: PALETTE,
      grid: { left: 8, right: 16, top: chart.series.length > 1 ? 36 : 16, bottom: 8, containLabel: true },
      legend: chart.series.length > 1
        ? { type: "scroll", data: chart.series.map((series) => series.name), textStyle: labels, top: 0 }
        : undefined,
      // Drawn on the canvas: an HTML tooltip needs inline styles, which the page forbids.
      tooltip: { trigger: "axis", renderMode: "richText", formatter: tip(chart) },
      xAxis: chart.horizontal ? values : categories,
      yAxis: chart.horizontal ? categories : values,
      series: [...chart.series.flatMap(band), ...main],
    };
  };

  const flows = (chart) => {
    const labels = new Map(chart.nodes.map((node) => [node.name, node.label]));
    // One colour for a place, at the left and at the right.
    const places = [...new Set(labels.values())];
    const colour = (label) => PALETTE[places.indexOf(label) % PALETTE.length];
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      color: PALETTE,
      tooltip: {
        trigger: "item", renderMode: "richText",
        formatter: ({ data, dataType, name, value }) => dataType === "edge"
          ? `${labels.get(data.source)} → ${labels.get(data.target)}: ${words(data.value, chart.unit)}`
          : `${labels.get(name)}: ${words(value, chart.unit)}`,
      },
      series: [{
        type: "sankey", left: 4, right: 120, top: 8, bottom: 8, nodeGap: 8, nodeWidth: 12,
        draggable: false, layoutIterations: 0, emphasis: { focus: "adjacency" },
        label: { color: textColour(), formatter: ({ name }) => labels.get(name) },
        lineStyle: { color: "source", opacity: 0.3 },
        data: chart.nodes.map(({ name, label }) => ({ name, itemStyle: { color: colour(label) } })),
        links: chart.links,
      }],
    };
  };

  // Each line its value and interval, from left to right; the upright line is no difference. What is
  // not known leaves its line empty.
  const forest = (chart) => {
    const [series] = chart.series;
    const found = { low: [], high: [], ...series };
    const isKnown = (value) => value !== null && value !== undefined;
    const interval = (at) => isKnown(found.low[at])
      ? ` (${words(found.low[at], chart.unit)} to ${words(found.high[at], chart.unit)})` : "";
    const text = textColour();
    const labels = { color: text };
    const faint = { lineStyle: { color: text, opacity: 0.15 } };
    const draw = (_params, api) => {
      const [low, y] = api.coord([api.value(1), api.value(0)]);
      const [high] = api.coord([api.value(2), api.value(0)]);
      const line = (x1, y1, x2, y2) =>
        ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: PALETTE[0], lineWidth: 2 } });
      return {
        type: "group",
        children: [
          line(low, y, high, y), line(low, y - 5, low, y + 5), line(high, y - 5, high, y + 5),
        ],
      };
    };
    return {
      animation: false,
      color: PALETTE,
      grid: { left: 8, right: 24, top: 16, bottom: 8, containLabel: true },
      tooltip: {
        trigger: "item", renderMode: "richText",
        formatter: ({ value, seriesType }) => {
          const at = value[seriesType === "custom" ? 0 : 1];
          return `${chart.x[at]}: ${words(found.data[at], chart.unit)}${interval(at)}`;
        },
      },
      xAxis: {
        type: "value", scale: true, splitLine: faint,
        axisLabel: { ...labels, formatter: (value) => short(value, chart.unit) },
      },
      yAxis: {
        type: "category", data: chart.x, inverse: true, axisLabel: labels,
        axisTick: { show: false }, axisLine: { show: false },
      },
      series: [
        {
          type: "custom", renderItem: draw, encode: { x: [1, 2], y: 0 },
          data: found.low.map((low, at) => [at, low, found.high[at]]).filter(([, low]) => isKnown(low)),
        },
        {
          type: "scatter", symbolSize: 11,
          data: found.data.map((value, at) => [value, at]).filter(([value]) => isKnown(value)),
          itemStyle: { color: PALETTE[0] },
          markLine: chart.plain ? undefined : {
            silent: true, symbol: "none", label: { show: false }, data: [{ xAxis: 0 }],
            lineStyle: { color: text, type: "solid", opacity: 0.5 },
          },
        },
      ],
    };
  };

  const dots = (chart) => {
    const text = textColour();
    const labels = { color: text };
    const faint = { lineStyle: { color: text, opacity: 0.15 } };
    const axis = { type: "log", splitLine: faint, nameLocation: "middle", nameTextStyle: labels, scale: true };
    return {
      animation: false,
      color: PALETTE,
      grid: { left: 28, right: 16, top: 24, bottom: 24, containLabel: true },
      tooltip: {
        trigger: "item", renderMode: "richText",
        formatter: ({ value }) => `${value[0].toLocaleString("en")} followers: ${words(value[1], chart.unit)}`,
      },
      xAxis: { ...axis, name: chart.x_name, nameGap: 28, axisLabel: { ...labels, formatter: (value) => short(value, "count") } },
      yAxis: { ...axis, name: chart.y_name, nameGap: 48, axisLabel: { ...labels, formatter: (value) => short(value, chart.unit) } },
      series: chart.series.map((series, index) => ({
        name: series.name, type: "scatter", data: series.data, symbolSize: 5,
        itemStyle: { color: PALETTE[index % PALETTE.length], opacity: 0.5 },
        markLine: index ? undefined : {
          silent: true, symbol: "none", lineStyle: { color: text, opacity: 0.4 },
          label: { color: text, formatter: ({ name }) => name },
          data: chart.marks.map((mark) => ({ xAxis: mark.x, name: mark.label })),
        },
      })),
    };
  };

  const isEmpty = (chart) => chart.type === "sankey"
    ? !chart.links.length
    : chart.series.every((series) => series.data.every((value) => value === null));

  const height = (chart) => {
    if (chart.type === "sankey") return `${Math.max(14, Math.min(44, chart.nodes.length * 1.1))}rem`;
    if (chart.type === "scatter") return "24rem";
    return chart.horizontal || chart.type === "forest" ? `${Math.max(6, chart.x.length * 2 + 2)}rem` : "15rem";
  };

  const draw = (place) => {
    const source = document.getElementById(place.dataset.chart);
    if (!source || !window.echarts) return;
    const chart = JSON.parse(source.textContent);
    if (isEmpty(chart)) {
      // Empty axes look like a chart that broke.
      place.removeAttribute("role");
      place.textContent = "Nothing is known yet.";
      place.className = "text-secondary";
      return;
    }
    place.style.height = height(chart);
    drawn.get(place)?.dispose();
    const canvas = window.echarts.init(place);
    const kinds = { sankey: flows, forest, scatter: dots };
    canvas.setOption((kinds[chart.type] ?? option)(chart));
    drawn.set(place, canvas);
  };

  const drawAll = (root) => {
    for (const [place, canvas] of drawn) {
      if (!place.isConnected) {
        canvas.dispose();
        drawn.delete(place);
      }
    }
    root.querySelectorAll("[data-chart]").forEach(draw);
  };

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
  document.addEventListener("rapport:theme", () => drawAll(document));
  addEventListener("resize", () => drawn.forEach((canvas) => canvas.resize()));
})();
