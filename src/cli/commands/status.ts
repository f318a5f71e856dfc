// `status`: how each server stands, as a table that is drawn again in its place each second.
//
// Rates are differences of the servers' own counters, between two drawings; a server that began a new life between them has
// none yet. Output that is no terminal gets one table, as whoever reads it wants an answer. Keeps HC4.

import { clearScreenDown, moveCursor } from "node:readline";
import { styleText, stripVTControlCharacters } from "node:util";
import { Command } from "commander";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { asSeconds, jsonOption, quietOption, serverOption, urlOption } from "../terminal/options.ts";
import { plainTable, type Column } from "../terminal/plain-table.ts";
import { printable } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { pause, untilInterrupted } from "../terminal/until-interrupted.ts";
import { fetchHerd, findServer, statusOf, type ListedServer, type ServerSummary } from "../net/herd-http.ts";

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
  return new Command("status")
    .description("tells how each server stands: on a terminal again each second, until Ctrl-C")
    .addOption(urlOption())
    .addOption(serverOption("this server alone"))
    .option("--every <time>", "draw it again so often, such as 5s; 1s on a terminal", asSeconds)
    .option("--once", "draw it once")
    .addOption(jsonOption("all that the servers say, once,"))
    .addOption(quietOption())
    .addHelpText(
      "after",
      `\nEnds with ${EXIT.refused} if a server does not answer when it is told once; one out of service does answer.

Columns: clients known; connections of clients; reports accepted in this life, from clients and neighbours, and how many
a second just now; how many lives it had; the neighbours where reports of it are not durable yet, and since when (up to
peers.writeBehindSeconds is how they save writes).

Examples:
  ${PROGRAM} status
  ${PROGRAM} status --once --server Alford`,
    )
    .action(async (options: Options) => {
      const { once, json, quiet, every } = options;
      const isLive = once !== true && json !== true && quiet !== true && (every !== undefined || process.stdout.isTTY);
      if (isLive) return showAgain(options, (every ?? 1) * 1000);
      const { servers } = await sample(options);
      if (json) console.log(JSON.stringify(servers, null, 2));
      else if (!quiet) console.log(tableOf(servers));
      if (servers.some((server) => statusOf(server) === undefined)) process.exitCode = EXIT.refused;
    });
}

async function sample({ url, server }: Options, signal?: AbortSignal): Promise<Sample> {
  const servers =
    server === undefined
      ? await fetchHerd(url, signal)
      : [await findServer(url, server, `tell how "${server}" stands`)];
  return { atMillis: performance.now(), servers };
}

/** A herd that cannot be reached is waited for, once it was: that is what one looks at the table for. */
async function showAgain(options: Options, everyMillis: number): Promise<void> {
  const interrupted = untilInterrupted();
  let last = await sample(options, interrupted);
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

/** Draws over the lines of the last time, on a terminal; how many this took. */
function draw(text: string, linesBefore: number): number {
  if (!process.stdout.isTTY) {
    console.log(text);
    return 0;
  }
  moveCursor(process.stdout, 0, -linesBefore);
  clearScreenDown(process.stdout);
  console.log(text);
  // Some terminals do not tell how wide they are: nothing is known to wrap there.
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

function acceptedOf({ counters }: ServerSummary): number {
  return (counters.commands["IAMAT accepted"] ?? 0) + counters.feedAccepted;
}

function tableOf(servers: readonly ListedServer[], rates: ReadonlyMap<string, number> = new Map()): string {
  const rows = servers.map((server) => rowOf(server, rates.get(server.name)));
  return plainTable(COLUMNS, rows, true);
}

function rowOf(server: ListedServer, rate: number | undefined): string[] {
  const { name } = server;
  const status = statusOf(server);
  if (status === undefined) return [name, styled("red", "silent"), "", "", "", "", "", whyOf(server)];
  const { isDrained = false, clients, connections, starts, neighbours } = status;
  const behind = neighbours.filter(({ behindSinceMillis }) => behindSinceMillis !== null).map(behindText);
  return [
    name,
    isDrained ? styled("yellow", "down") : styled("green", "up"),
    count(clients),
    count(connections),
    count(acceptedOf(status)),
    rate === undefined ? "" : count(Math.round(rate)),
    count(starts),
    behind.join(", "),
  ];
}

function behindText({ neighbour, behindAtMost, behindSinceMillis }: ServerSummary["neighbours"][number]): string {
  const reports = behindAtMost === null || behindAtMost === undefined ? "" : ` by ${count(behindAtMost)}`;
  const seconds = Math.max(0, Math.round((Date.now() - (behindSinceMillis ?? 0)) / 1000));
  return styled("yellow", `${neighbour}${reports} for ${count(seconds)} s`);
}

function whyOf({ status }: ListedServer): string {
  const isProblem = typeof status === "object" && status !== null && "error" in status;
  return isProblem ? printable(String(status.error)) : "";
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function styled(style: "red" | "yellow" | "green", text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
