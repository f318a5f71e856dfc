// A table of an earlier version, with a row for each client, is brought over: killed in the middle, and then to its end.
//
// For more clients than the suite has: MOVED_CLIENTS=1000000 npx vitest run --project herd test/herd/moved-table.test.ts

import { expect, onTestFinished, test, vi } from "vitest";
import type { ReportsPage } from "../../src/core/store/reports-page.ts";
import { LineLoad } from "../../scripts/bench/testbed/line-load.ts";
import { clientName, iamatLine } from "../../scripts/bench/testbed/workload.ts";
import type { EarlierVersion } from "../support/earlier-version.ts";
import { HerdApart } from "../support/herd-apart.ts";

const CLIENTS = Number(process.env["MOVED_CLIENTS"] ?? 20_000);

/** So many that the move takes some hundred steps, and the kill comes before its end. */
const SCAN_REPORTS = Math.min(512, Math.ceil(CLIENTS / 300));

/** Clients that report again in the middle of the move, each time. */
const REPORTING = 100;

/** Clients that report for the first time in the middle of the move, each time. */
const NEW = 10;

const LOAD = { connections: 4, outstanding: 1, linesPerMessage: 500 };

const TIMEOUT_MILLIS = 120_000 + CLIENTS / 2;

/** Of layouts 2 and 4. */
const VERSIONS = ["fixed lines", "a row a client"] as const;

test.each(VERSIONS)(
  `[HD63] [HD25] a table of ${CLIENTS.toLocaleString("en")} clients, stored by that with %s, is brought over, with a kill in the middle`,
  { timeout: TIMEOUT_MILLIS },
  async (version) => {
    const herd = await aloneWithEarlier(version);
    /** The line of each client, as the server answered it last. */
    const lines = new Map<string, string>();
    const everyone = Array.from({ length: CLIENTS }, (_, index) => clientName(index));
    await report(herd, everyone, lines);
    await herd.kill("Alford");

    herd.earlier.clear();
    let since = performance.now();
    await herd.start("Alford");
    expect(await herd.status("Alford")).toMatchObject({ isMoving: true, clients: CLIENTS });
    const serves = performance.now() - since;
    await reportMeanwhile(herd, 0, lines);
    // This takes a while, in which the move goes on.
    const first = inOrder(lines).slice(0, CLIENTS / 5);
    expect(await differences(herd, first, lines)).toEqual([]);
    expect((await herd.status("Alford")).isMoving).toBe(true);
    await herd.kill("Alford");

    since = performance.now();
    await herd.start("Alford");
    expect(await herd.status("Alford")).toMatchObject({ isMoving: true, clients: CLIENTS + NEW });
    const servesAgain = performance.now() - since;
    await reportMeanwhile(herd, 1, lines);
    expect((await herd.status("Alford")).isMoving).toBe(true);
    await vi.waitUntil(async () => !(await herd.status("Alford")).isMoving, { timeout: TIMEOUT_MILLIS, interval: 100 });
    const moved = performance.now() - since;

    const clients = inOrder(lines);
    expect(await differences(herd, clients, lines)).toEqual([]);
    expect((await herd.status("Alford")).clients).toBe(CLIENTS + 2 * NEW);
    console.log(
      `${CLIENTS.toLocaleString("en")} clients, ${version}: served ${seconds(serves)} s after it was started, and ` +
        `${seconds(servesAgain)} s after it was started again; all moved ${seconds(moved)} s after that start`,
    );

    // What was moved is what the next life starts from.
    await herd.kill("Alford");
    await herd.start("Alford");
    expect(await herd.status("Alford")).toMatchObject({ isMoving: false, clients: CLIENTS + 2 * NEW });
    expect(await differences(herd, clients, lines)).toEqual([]);
  },
);

/** Alford without neighbours, of an earlier version. */
async function aloneWithEarlier(version: EarlierVersion): Promise<HerdApart> {
  const herd = await HerdApart.create({ scanReports: SCAN_REPORTS });
  onTestFinished(() => herd.remove());
  const [alford] = herd.config.servers;
  if (alford === undefined) throw new Error("Cannot start a herd without servers");
  herd.config = { ...herd.config, servers: [{ ...alford, neighbours: [] }] };
  herd.earlier.set("Alford", version);
  await herd.start("Alford");
  return herd;
}

/** Each of these clients reports once; `lines` gets the answers. */
async function report(herd: HerdApart, clients: readonly string[], lines: Map<string, string>): Promise<void> {
  let index = 0;
  const url = `${herd.url("Alford").replace("http", "ws")}/servers/Alford`;
  const load = await LineLoad.open(url, LOAD, {
    next: () => iamatLine(clients[index++] ?? ""),
    isAnswer: (answer, asked) => {
      const client = asked.split(" ", 2)[1] ?? "";
      lines.set(client, answer);
      return answer.startsWith("AT Alford ") && answer.split(" ", 4)[3] === client;
    },
  });
  await load.runLines(clients.length);
  await load.close();
}

/** In the middle of the move, clients all over the table and new ones report, and all of them are answered as ever. */
async function reportMeanwhile(herd: HerdApart, time: 0 | 1, lines: Map<string, string>): Promise<void> {
  const every = Math.floor(CLIENTS / REPORTING);
  // Each time others, so that what came before the kill is not written over.
  const again = Array.from({ length: REPORTING }, (_, index) => clientName(index * every + time));
  const added = Array.from({ length: NEW }, (_, index) => `added-${time}-${index}`);
  await report(herd, [...again, ...added], lines);
  const asked = [...again, ...added, clientName(2), clientName(CLIENTS - 1)];
  expect(await herd.held("Alford", asked)).toEqual(asked.map((client) => lines.get(client)));
}

/** The first places, at most ten, where the server's pages do not begin with the lines of these clients, each once. */
async function differences(
  herd: HerdApart,
  clients: readonly string[],
  lines: ReadonlyMap<string, string>,
): Promise<string[]> {
  const different: string[] = [];
  let index = 0;
  for (let after: string | null = ""; after !== null && index < clients.length && different.length < 10;) {
    const response = await fetch(`${herd.url("Alford")}/servers/Alford/reports?after=${encodeURIComponent(after)}`);
    const page = (await response.json()) as ReportsPage;
    for (const line of page.reports.slice(0, clients.length - index)) {
      const client = clients[index++] ?? "";
      if (line !== lines.get(client)) different.push(`${client}: ${line}`);
    }
    after = page.next;
    const isMore = index === lines.size && (page.reports.at(-1) !== lines.get(clients.at(-1) ?? "") || after !== null);
    if (isMore) different.push("more reports after the last one");
    if (after === null && index < clients.length) different.push(`${index} reports, and not ${clients.length}`);
  }
  return different;
}

/** The server has them in the order of their bytes, which is that of JavaScript for these names. */
function inOrder(lines: ReadonlyMap<string, string>): string[] {
  return [...lines.keys()].toSorted();
}

function seconds(millis: number): string {
  return (millis / 1000).toFixed(1);
}
