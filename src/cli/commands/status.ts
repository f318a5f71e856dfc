// `status`: the state of each server, as a table that is drawn again in place each second.
//
// A rate is the difference of a server's own counters between two drawings. A server that started again in between has no rate
// yet. If the output is not a terminal, the table is printed once. Keeps HC4, HC25 and HC61.

import { clearScreenDown, moveCursor } from "node:readline";
import { styleText, stripVTControlCharacters } from "node:util";
import { Command } from "commander";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, namedServer, quietOption, serverOption, urlOption } from "../terminal/options.ts";
import { plainTable, type Column } from "../terminal/plain-table.ts";
import { printable, printJson } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { asSeconds } from "../terminal/time-argument.ts";
import { pause, untilInterrupted } from "../terminal/until-interrupted.ts";
import { agreementOf } from "../../core/contract/agreement.ts";
import { fetchHerd, findServer, statusOf, type ListedServer } from "../net/herd-http.ts";
import type { ServerStatus } from "../../core/contract/status.ts";

interface Options {
  readonly url: string;
  readonly server?: string;
  readonly once?: true;
  readonly every?: number;
  readonly json?: true;
  readonly quiet?: true;
}

interface Sample {
  readonly atMillis: number;
  readonly servers: readonly ListedServer[];
}

const COLUMNS: readonly Column[] = [
  { title: "server" },
  { title: "state" },
  { title: "clients", align: "right" },
  { title: "connections", align: "right" },
  { title: "reports", align: "right" },
  { title: "a second", align: "right" },
  { title: "start", align: "right" },
  { title: "neighbours behind" },
];

export function status(): Command {
  const command = new Command("status")
    .description("prints the state of each server; on a terminal again each second, until Ctrl-C")
    .argument("[server]", "only this server; by default all")
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .option("--every <time>", "print it again after this time, such as 5s; 1s on a terminal", asSeconds)
    .option("--once", "print it once")
    .addOption(jsonOption("the whole status of each server"))
    .addOption(quietOption())
    .action(async (argument: string | undefined, { server: named, ...given }: Options) => {
      const server = namedServer(argument, named);
      const options = { ...given, ...(server !== undefined && { server }) };
      const { once, json, quiet, every } = options;
      const isAgain = every !== undefined || (process.stdout.isTTY && json !== true);
      const isLive = once !== true && quiet !== true && isAgain;
      if (isLive) return showAgain(options, (every ?? 1) * 1000);
      const { servers } = await sample(options);
      if (json) for (const each of servers) printJson(each);
      else if (!quiet) console.log(tableOf(servers));
      if (servers.some((server) => statusOf(server) === undefined)) process.exitCode = EXIT.refused;
    });
  return addExamples(
    command,
    [`${PROGRAM} status`, `${PROGRAM} status Alford --once`],
    `If it prints once, it ends with ${EXIT.refused} if a server does not answer. A drained server does answer.

Columns: clients that the server knows; connections of clients; reports accepted since the last start, from clients and
neighbours, and how many a second now; how often the server has started; neighbours where this server's reports are not durable
yet, and for how long (they collect reports for up to peers.writeBehindSeconds to save writes).`,
  );
}

async function sample({ url, server }: Options, signal?: AbortSignal): Promise<Sample> {
  const servers =
    server === undefined
      ? await fetchHerd(url, signal)
      : [await findServer(url, server, `read the status of "${server}"`)];
  return { atMillis: performance.now(), servers };
}

/** Waits for a herd that was reached once and is away now. Ends with an error if it was never reached. */
async function showAgain(options: Options, everyMillis: number): Promise<void> {
  const interrupted = untilInterrupted();
  let last = await sample(options, interrupted);
  if (options.json) return printAgain(options, everyMillis, last, interrupted);
  let lines = draw(tableOf(last.servers), 0);
  while (!interrupted.aborted) {
    await pause(everyMillis, interrupted);
    if (interrupted.aborted) break;
    try {
      const next = await sample(options, interrupted);
      lines = draw(tableOf(next.servers, ratesOf(last, next)), lines);
      last = next;
    } catch (error) {
      if (interrupted.aborted) break;
      if (!(error instanceof CommandFailure)) throw error;
      lines = draw(`${tableOf(last.servers)}\n\n${error.message}`, lines);
    }
  }
}

/** The same as lines of JSON. While the herd is away there are none. */
async function printAgain(
  options: Options,
  everyMillis: number,
  first: Sample,
  interrupted: AbortSignal,
): Promise<void> {
  for (let next = first; !interrupted.aborted;) {
    for (const each of next.servers) printJson(each);
    next = { ...next, servers: [] };
    await pause(everyMillis, interrupted);
    if (interrupted.aborted) break;
    try {
      next = await sample(options, interrupted);
    } catch (error) {
      if (!interrupted.aborted && !(error instanceof CommandFailure)) throw error;
    }
  }
}

/** On a terminal, draws over the last drawing. Returns how many lines this drawing takes. */
function draw(text: string, linesBefore: number): number {
  if (!process.stdout.isTTY) {
    console.log(text);
    return 0;
  }
  moveCursor(process.stdout, 0, -linesBefore);
  clearScreenDown(process.stdout);
  console.log(text);
  // Some terminals do not tell their width. Nothing is assumed to wrap there.
  const columns = process.stdout.columns || Infinity;
  return text
    .split("\n")
    .map((line) => Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)))
    .reduce((sum, rows) => sum + rows, 0);
}

function ratesOf(before: Sample, after: Sample): ReadonlyMap<string, number> {
  const seconds = (after.atMillis - before.atMillis) / 1000;
  const rates = new Map<string, number>();
  for (const server of after.servers) {
    const now = statusOf(server);
    const then = before.servers.find(({ name }) => name === server.name);
    const earlier = then && statusOf(then);
    if (now !== undefined && earlier?.incarnation === now.incarnation)
      rates.set(server.name, (acceptedOf(now) - acceptedOf(earlier)) / seconds);
  }
  return rates;
}

function acceptedOf({ counters }: ServerStatus): number {
  return (counters.commands["IAMAT accepted"] ?? 0) + counters.feedAccepted;
}

function tableOf(servers: readonly ListedServer[], rates: ReadonlyMap<string, number> = new Map()): string {
  const rows = servers.map((server) => rowOf(server, rates.get(server.name)));
  return [plainTable(COLUMNS, rows, true), ...agreementLines(servers)].join("\n");
}

/** Says whether the servers that answer hold the same reports, once that is known. */
function agreementLines(servers: readonly ListedServer[]): string[] {
  const statuses = servers.flatMap((server) => statusOf(server) ?? []);
  const agreement = agreementOf(statuses);
  if (agreement === "unknown") return [];
  if (agreement === "same") return ["", "They hold the same reports."];
  const digests = statuses.map(({ server, digest }) => `${server} ${digest}`).join(", ");
  return ["", styled("red", `They hold different reports, and nothing is under way: ${digests}`)];
}

function rowOf(server: ListedServer, rate: number | undefined): string[] {
  const { name } = server;
  const status = statusOf(server);
  if (status === undefined) return [name, styled("red", "silent"), "", "", "", "", "", errorOf(server)];
  const { clients, connections, starts, neighbours } = status;
  const behind = neighbours.filter(({ behindSinceMillis }) => behindSinceMillis !== null).map(behindText);
  return [
    name,
    stateText(status),
    count(clients),
    count(connections),
    count(acceptedOf(status)),
    rate === undefined ? "" : count(Math.round(rate)),
    count(starts),
    behind.join(", "),
  ];
}

function stateText({ isDrained, storage }: ServerStatus): string {
  if (isDrained) return styled("yellow", "drained");
  return storage === "has room" ? styled("green", "up") : styled("red", storage);
}

function behindText({ neighbour, behindAtMost, behindSinceMillis }: ServerStatus["neighbours"][number]): string {
  const reports = behindAtMost === null || behindAtMost === undefined ? "" : ` by ${count(behindAtMost)}`;
  const seconds = Math.max(0, Math.round((Date.now() - (behindSinceMillis ?? 0)) / 1000));
  return styled("yellow", `${neighbour}${reports} for ${count(seconds)} s`);
}

function errorOf({ status }: ListedServer): string {
  const isProblem = typeof status === "object" && status !== null && "error" in status;
  return isProblem ? printable(String(status.error)) : "";
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function styled(style: "red" | "yellow" | "green", text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
