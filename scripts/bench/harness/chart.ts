// The results as a picture for the README: a bar for each subject with a target, and a line that each bar should reach.
//
// Targets are of several kinds, so a bar shows the part of its target that is reached: the measured number divided by the least
// that is allowed, or the most that is allowed divided by the measured number. A bar far beyond the line is cut; its label is not.
// Keeps BM5.

import { BarChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Result } from "./result.ts";
import { judgedText } from "./result-table.ts";

use([BarChart, GridComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

const REACH_SHOWN_MAX = 2.5;

const WIDTH = 900;
const ROW_HEIGHT = 30;
const HEAD_HEIGHT = 90;

const PAPER = "#ffffff";
const HOLDS = "#2a9d64";
const FAILS = "#d1495b";

/** `where`: the machine, in a few words. Results without a target get no bar. */
export function chartOf(results: readonly Result[], where: string): string {
  const bars = results.flatMap((result) => (result.reach === null ? [] : [{ ...result, reach: result.reach }]));
  const chart = init(null, null, {
    renderer: "svg",
    ssr: true,
    width: WIDTH,
    height: HEAD_HEIGHT + ROW_HEIGHT * bars.length,
  });
  chart.setOption({
    animation: false,
    backgroundColor: PAPER,
    title: { text: "How much of each target is reached", subtext: where, left: "center" },
    grid: { left: 250, right: 260, top: 70, bottom: 10 },
    xAxis: { type: "value", min: 0, max: REACH_SHOWN_MAX, show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: bars.map(({ subject }) => subject),
      axisTick: { show: false },
      axisLabel: { color: "#222222" },
    },
    series: {
      type: "bar",
      data: bars.map((bar) => ({
        value: Math.min(bar.reach, REACH_SHOWN_MAX),
        itemStyle: { color: bar.holds === true ? HOLDS : FAILS },
        label: {
          show: true,
          position: "right",
          color: "#222222",
          backgroundColor: PAPER,
          formatter: `${judgedText(bar)}  (${bar.target})`,
        },
      })),
      markLine: {
        silent: true,
        symbol: "none",
        lineStyle: { color: "#222222" },
        label: { show: false },
        data: [{ xAxis: 1 }],
      },
    },
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
