// The bill as a terminal shows it: a table, and under it what the figures rest on. Keeps CM2, CM4 and CM5.

import { plainTable } from "../../src/cli/terminal/plain-table.ts";
import { STORED_BYTES_PER_CLIENT } from "./bill.ts";
import type { CostReport } from "./cost-report.ts";
import { AS_OF, MESSAGES_PER_REQUEST, OBJECT_GB, PRICES, SOURCE } from "./prices.ts";

const SCALES: readonly (readonly [least: number, scale: number, word: string])[] = [
  [1e11, 1e9, " billion"],
  [1e6, 1e6, " million"],
  [0, 1, ""],
];

/** A count with three significant digits, in millions or billions where it is large. */
export function countText(count: number, unit = ""): string {
  const [, scale, word] = SCALES.find(([least]) => count >= least) ?? [0, 1, ""];
  const number = (count / scale).toLocaleString("en", { maximumSignificantDigits: 3 });
  return `${number}${word}${unit === "" ? "" : ` ${unit}`}`;
}

/** Whole dollars, and cents where there are few. */
export function dollarText(dollars: number): string {
  const digits = Math.abs(dollars) < 100 ? 2 : 0;
  return dollars.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function billText({ load, bill }: Pick<CostReport, "load" | "bill">): string {
  const { reportsPerMonth, rows, planDollars, dollars, atOnce } = bill;
  const eachOf = (perMonth: number) => countText(perMonth / reportsPerMonth);
  const { servers, links } = load.herd;
  const title = [
    `${load.clients.toLocaleString("en")} clients, a report every ${load.everySeconds.toLocaleString("en")} s each`,
    `${countText(reportsPerMonth)} reports in 30 days`,
    `${servers.length} servers, ${links.length} links`,
  ];
  const table = plainTable(
    [
      { title: "" },
      { title: "a report", align: "right" },
      { title: "a month", align: "right" },
      { title: "$ a month", align: "right" },
    ],
    [
      ...rows.map(({ what, unit, perMonth, dollars }) => [
        what,
        unit === undefined ? eachOf(perMonth) : "",
        countText(perMonth, unit),
        dollarText(dollars),
      ]),
      ...(planDollars === 0 ? [] : [["paid plan, less what it includes", "", "", dollarText(planDollars)]]),
      ["total", "", "", dollarText(dollars)],
      [
        "if each report were written at once",
        countText(atOnce.rowsPerReport),
        countText(atOnce.rowsPerMonth),
        dollarText(atOnce.dollars),
      ],
    ],
  );
  return `${title.join("; ")}\n\n${table}`;
}

/** From this rate on, many reports of a server come within one millisecond. */
const SHARING_PER_SERVER = 500;

/** Each assumption in a sentence. */
export function assumptions({ load, counted, counts }: Omit<CostReport, "bill">): string[] {
  const { servers } = load.herd;
  const rate = counted.reportsPerSecond.toLocaleString("en", { maximumSignificantDigits: 3 });
  const awake = counts.awakeSeconds / counts.seconds;
  return [
    `Counted, not modelled: ${counts.reports.toLocaleString("en")} reports in ${spanText(counted.windowSeconds)} of a simulated herd, after a warm-up.`,
    ...(counted.isSlowed
      ? [
          `Extrapolated: counted at ${rate} reports a second, as more would leave the window too short. More share their rows and frames, so this is an upper bound.`,
        ]
      : []),
    ...(counted.reportsPerSecond > SHARING_PER_SERVER * servers.length
      ? [
          "Reports that reach a server within a millisecond share a commit and a frame: the simulator's clock has no smaller time.",
        ]
      : []),
    "Folding is counted by itself, in the store of one server over several rounds: it comes too seldom to be seen in such a time.",
    `Clients stay connected by WebSocket. A report is one message, and ${MESSAGES_PER_REQUEST} received messages are billed as one request.`,
    `Awake: ${awake.toLocaleString("en", { maximumSignificantDigits: 3 })} of ${servers.length} servers on average. Each is billed for ${OBJECT_GB * 1000} MB.`,
    `Storage: ${STORED_BYTES_PER_CLIENT} bytes a client at each server. Reading is not counted: a million rows read cost $${PRICES["rows read"].dollars}.`,
    `Prices: ${SOURCE} as of ${AS_OF}.`,
  ];
}

function spanText(seconds: number): string {
  return `${seconds.toLocaleString("en", { maximumSignificantDigits: 3 })} s`;
}
