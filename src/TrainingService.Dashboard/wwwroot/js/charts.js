// Line charts over ECharts, which comes with the package Vizor.ECharts and is loaded when the first chart is shown.
const script = "_content/Vizor.ECharts/js/vizor-echarts-bundle-min.js";
let loading;

function load() {
  return loading ??= new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = new URL(script, document.baseURI).href;
    element.onload = () => resolve(window.echarts);
    element.onerror = () => { loading = undefined; reject(new Error(`${script} could not be loaded.`)); };
    document.head.appendChild(element);
  });
}

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function figure(value) {
  if (value === null || value === undefined) return "–";
  return value !== 0 && Math.abs(value) < 0.0001 ? value.toExponential(2) : Number(value).toFixed(4);
}

function tooltip(points) {
  const rows = points
    .filter(point => point.seriesId !== "running")
    .map(point => `<div class="chart-tip-row">${point.marker}<span>${point.seriesName}</span><b>${figure(point.value[1])}</b></div>`);
  return rows.length === 0 ? "" : `<div class="chart-tip-title">Epoch ${points[0].value[0]}</div>${rows.join("")}`;
}

function options(data) {
  const text = css("--mud-palette-text-secondary"), line = css("--chart-grid");
  const colors = { training: css("--chart-training"), validation: css("--chart-validation") };
  const few = Math.max(data.training.length, data.validation.length) <= 40;
  const series = (id, name, points, color) => ({
    id, name, type: "line", data: points, color, smooth: 0.2, showSymbol: few, symbol: "circle", symbolSize: 6,
    sampling: "lttb", lineStyle: { width: 2.5 }, emphasis: { disabled: true }, z: 3,
  });
  return {
    animationDuration: 250, animationDurationUpdate: 250,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 4, right: 14, top: 14, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis", confine: true, formatter: tooltip, padding: [8, 12], borderWidth: 1,
      backgroundColor: css("--mud-palette-surface"), borderColor: line, textStyle: { color: css("--mud-palette-text-primary"), fontSize: 13 },
      axisPointer: { type: "line", lineStyle: { color: text, type: "dashed", opacity: 0.6 } },
    },
    xAxis: {
      type: "value", min: data.training.length + data.validation.length > 0 || data.running.length > 0 ? data.first : 0, max: data.last, minInterval: 1,
      axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false }, axisLabel: { color: text, fontSize: 12 },
    },
    yAxis: {
      type: "value", scale: true, splitNumber: 4, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: text, fontSize: 12 }, splitLine: { lineStyle: { color: line } },
    },
    series: [
      {
        id: "running", name: "running", type: "line", data: data.running, color: colors.training, showSymbol: false, silent: true,
        animation: false, sampling: "lttb", lineStyle: data.training.length > 0 ? { width: 1.5, opacity: 0.35 } : { width: 2.5, opacity: 0.9 }, z: 2,
      },
      series("training", data.name, data.training, colors.training),
      series("validation", `val_${data.name}`, data.validation, colors.validation),
    ],
  };
}

export async function create(element) {
  const echarts = await load();
  const chart = echarts.init(element, null, { renderer: "canvas" });
  let last = null, frame = 0;
  const draw = () => { frame = 0; if (last && !chart.isDisposed()) chart.setOption(options(last), { lazyUpdate: true }); };
  const request = () => { frame ||= requestAnimationFrame(draw); };
  const resized = new ResizeObserver(() => chart.resize());
  resized.observe(element);
  const themed = new MutationObserver(request);
  themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return {
    update: data => { last = data; request(); },
    dispose: () => { cancelAnimationFrame(frame); resized.disconnect(); themed.disconnect(); chart.dispose(); },
  };
}
