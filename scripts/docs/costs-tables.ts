// The parts of docs/costs.md, from the prices and from the counts of docs/costs.json.

import { assumptions, billText, countText, dollarText } from "../cost/bill-text.ts";
import { HAS_COMMIT_DELAY } from "../cost/commit-delay.ts";
import { MONTHS, RATES, readCost } from "../cost/cost-record.ts";
import { AS_OF, MESSAGES_PER_REQUEST, OBJECT_GB, PRICES, SOURCE } from "../cost/prices.ts";
import { markdownTable } from "./markdown-table.ts";

export function pricesTable(): string {
  const notes: Readonly<Record<string, string>> = {
    requests: `; ${MESSAGES_PER_REQUEST} WebSocket messages that are received count as one`,
    "GB-seconds": `; an object that is awake counts ${OBJECT_GB * 1000} MB`,
  };
  const rows = Object.entries(PRICES).map(([what, { dollars, per }]) => [
    `${per === 1 ? "one month of" : "a million"} ${what}${notes[what] ?? ""}`,
    `$${dollars < 0.01 ? dollars : dollars.toFixed(2)}`,
  ]);
  return `The prices that [Cloudflare published](${SOURCE}) in ${AS_OF}:\n\n${markdownTable(["", ""], rows)}`;
}

/** The command of the README's figure, as it is typed and what it prints. */
export async function billExample(): Promise<string> {
  const [first] = MONTHS;
  if (first === undefined) throw new Error("Cannot show a bill: no load is recorded");
  const report = await readCost(first);
  const typed = `npm run --silent cost -- --clients ${first.clients} --every ${first.everySeconds}`;
  const printed = `${billText(report)}\n\n${assumptions(report).join("\n")}`;
  return `\`\`\`console within 10%\n$ ${typed}\n${printed}\n\`\`\``;
}

export async function ratesTable(): Promise<string> {
  const rows = RATES.map(async (recorded) => {
    const { bill, counts } = await readCost(recorded);
    const each = (count: number) => countText(count / counts.reports);
    return [
      `${recorded.clients}, a report every ${recorded.everySeconds} s each`,
      each(counts.rowsWritten + counts.rowsFolded),
      each(counts.messages),
      countText(Math.round(counts.bytes / counts.reports)),
      countText((bill.dollars / bill.reportsPerMonth) * 1e6),
    ];
  });
  return markdownTable(
    ["clients", "rows a report", "messages between servers", "bytes between servers", "$ a million reports"],
    await Promise.all(rows),
  );
}

export async function monthsTable(): Promise<string> {
  const rows = MONTHS.map(async (recorded) => {
    const { bill } = await readCost(recorded);
    const of = (...names: readonly string[]) =>
      dollarText(
        bill.rows.filter(({ billedAs }) => names.includes(billedAs)).reduce((sum, { dollars }) => sum + dollars, 0),
      );
    return [
      recorded.clients.toLocaleString("en"),
      ...(HAS_COMMIT_DELAY ? [`${recorded.commitMillis} ms`] : []),
      `$${of("rows written")}`,
      `$${of("requests")}`,
      `$${of("GB-seconds", "GB stored")}`,
      `**$${dollarText(bill.dollars)}**`,
      `$${dollarText(bill.atOnce.dollars)}`,
    ];
  });
  return markdownTable(
    [
      "clients",
      ...(HAS_COMMIT_DELAY ? ["commits wait"] : []),
      "rows",
      "messages and requests",
      "awake, storage",
      "a month",
      "if each report were written at once",
    ],
    await Promise.all(rows),
  );
}
