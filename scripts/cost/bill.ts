// What a month costs: the counts of a window, times the windows of a month, times the prices. Keeps CM3 to CM6.

import type { Counts } from "./count.ts";
import type { Load } from "./counted-load.ts";
import { MESSAGES_PER_REQUEST, MONTH_SECONDS, OBJECT_GB, PLAN_DOLLARS, PRICES, type Billed } from "./prices.ts";

/** A client's row in the table of reports, with its share of half-empty pages. */
export const STORED_BYTES_PER_CLIENT = 200;

interface BillRow {
  readonly what: string;
  /** Of the counts, if they are not mere numbers. */
  readonly unit?: string;
  readonly perMonth: number;
  readonly billedAs: Billed;
  /** So many of those. */
  readonly billed: number;
  readonly dollars: number;
}

export interface Bill {
  readonly reportsPerMonth: number;
  readonly rows: readonly BillRow[];
  /** The price of the paid plan less what it includes; 0 if the bill is without the plan. */
  readonly planDollars: number;
  readonly dollars: number;
  /** The same herd, if it made each report durable by itself at every server. */
  readonly atOnce: { readonly rowsPerReport: number; readonly rowsPerMonth: number; readonly dollars: number };
}

/** `isWithPlan`: whether to add what the paid plan costs, and to take off what it includes. */
export function billOf(load: Load, counts: Counts, isWithPlan = false): Bill {
  const { servers } = load.herd;
  const reportsPerMonth = (load.clients * MONTH_SECONDS) / load.everySeconds;
  const perMonth = (count: number) => (count / counts.reports) * reportsPerMonth;
  // Time goes on whether there are reports or not, so it is not counted by the report.
  const awakeSeconds = (counts.awakeSeconds / counts.seconds) * MONTH_SECONDS;
  const gigabytes = (load.clients * STORED_BYTES_PER_CLIENT * servers.length) / 1e9;
  const written = [
    billRow("rows written", perMonth(counts.rowsWritten), "rows written"),
    billRow("rows written by folding", perMonth(counts.rowsFolded), "rows written"),
  ];
  const others = [
    billRow("messages of clients", perMonth(counts.reports), "requests", { perUnit: 1 / MESSAGES_PER_REQUEST }),
    billRow("messages between servers", perMonth(counts.messages), "requests", { perUnit: 1 / MESSAGES_PER_REQUEST }),
    billRow("connections between servers, alarms", perMonth(counts.requests), "requests"),
    billRow("time awake", awakeSeconds, "GB-seconds", { unit: "s", perUnit: OBJECT_GB }),
    billRow("storage", gigabytes, "GB stored", { unit: "GB" }),
  ];
  const rowsPerReport = rowsAtOnce(load);
  const rowsPerMonth = rowsPerReport * reportsPerMonth;
  const atOnce = [billRow("rows written", rowsPerMonth, "rows written"), ...others];
  const rows = [...written, ...others];
  const planOf = (ofBill: readonly BillRow[]) => (isWithPlan ? PLAN_DOLLARS - includedDollars(ofBill) : 0);
  return {
    reportsPerMonth,
    rows,
    planDollars: planOf(rows),
    dollars: dollarsOf(rows) + planOf(rows),
    atOnce: { rowsPerReport, rowsPerMonth, dollars: dollarsOf(atOnce) + planOf(atOnce) },
  };
}

interface RowOptions {
  readonly unit?: string;
  /** How much of what is billed one unit of the count is. */
  readonly perUnit?: number;
}

function billRow(what: string, perMonth: number, billedAs: Billed, { unit, perUnit = 1 }: RowOptions = {}): BillRow {
  const billed = perMonth * perUnit;
  const { dollars, per } = PRICES[billedAs];
  return { what, ...(unit !== undefined && { unit }), perMonth, billedAs, billed, dollars: (billed / per) * dollars };
}

/**
 * Each server writes a row for the report and one for the head of its numbering, and a cursor each time that a neighbour
 * brings the report. A flood brings it once to every server but the first, and once more over each link that closes a circle, in
 * both directions.
 */
function rowsAtOnce({ herd: { servers, links } }: Load): number {
  const brought = 2 * links.length - (servers.length - 1);
  return 2 * servers.length + brought;
}

function dollarsOf(rows: readonly BillRow[]): number {
  return rows.reduce((sum, { dollars }) => sum + dollars, 0);
}

/** What the paid plan includes is for all rows of the bill together that are billed as the same. */
function includedDollars(rows: readonly BillRow[]): number {
  const used = Map.groupBy(rows, ({ billedAs }) => billedAs);
  return [...used].reduce((sum, [billedAs, alike]) => {
    const { included, dollars, per } = PRICES[billedAs];
    const billed = alike.reduce((total, row) => total + row.billed, 0);
    return sum + (Math.min(billed, included) / per) * dollars;
  }, 0);
}
