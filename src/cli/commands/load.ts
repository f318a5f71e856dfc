// `load`: simulated clients that move and report at a chosen rate. Keeps HC9 and HC33.

import { Presets, SingleBar } from "cli-progress";
import { Command } from "commander";
import { connect, type Herd } from "../../client/index.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addressOf, asFailure, checkHerd, type HerdClientOptions } from "../net/herd-client.ts";
import { addExamples } from "../terminal/help-text.ts";
import {
  jsonOption,
  namedServer,
  nearOption,
  positiveNumber,
  quietOption,
  serverOption,
  tokenOption,
  urlOption,
  wholeNumber,
} from "../terminal/options.ts";
import { printJson, printNote } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { asSeconds } from "../terminal/time-argument.ts";
import { untilInterrupted } from "../terminal/until-interrupted.ts";
import { checkClientToken, fetchHerd, statusOf } from "../net/herd-http.ts";
import { MovingClient } from "../load/moving-client.ts";
import { runLoad, type LoadResult } from "../load/run-load.ts";

interface Options extends HerdClientOptions {
  readonly clients: number;
  readonly rate: number;
  readonly for: number;
  readonly connections?: number;
  readonly json?: true;
  readonly quiet?: true;
}

export function load(): Command {
  const command = new Command("load")
    .description("lets simulated clients move and report, and prints how long their answers took")
    .argument("[server]", "all clients at this server; by default they spread over the servers in service")
    .addOption(urlOption())
    .addOption(serverOption("the same as the argument"))
    .addOption(nearOption())
    .addOption(tokenOption())
    .option("--clients <number>", "how many clients move", wholeNumber(1, 1_000_000), 100)
    .option("--rate <number>", "reports a second, of all clients together", positiveNumber, 50)
    .option("--for <time>", "how long, such as 30s or 5m", asSeconds, 10)
    .option(
      "--connections <number>",
      "connections that they share; by default one for each server",
      wholeNumber(1, 10_000),
    )
    .addOption(jsonOption("the summary"))
    .addOption(quietOption())
    .action(async (argument: string | undefined, { server: named, ...given }: Options) => {
      const server = namedServer(argument, named);
      const options = { ...given, ...(server !== undefined && { server }) };
      await checkHerd(options, "load the herd");
      const herds = await openConnections(options);
      try {
        await run(options, herds);
      } catch (error) {
        throw asFailure(error, options);
      } finally {
        await Promise.all(herds.map((herd) => herd.close()));
      }
    });
  return addExamples(
    command,
    [`${PROGRAM} load --clients 1000 --rate 200 --for 1m`],
    `Ends with ${EXIT.refused} if a report was not answered. Ctrl-C ends it early, with the summary so far. A deployed herd refuses
more than limits.commandsPerSecond of a connection. A herd on this machine logs each line, which takes most of its time: start
it with --log-level events.`,
  );
}

async function openConnections(options: Options): Promise<Herd[]> {
  const { server, near, url, token, connections } = options;
  const isSpread = server === undefined && near === undefined;
  const names = isSpread ? await namesInService(url) : [server];
  const [first] = names;
  // A wrong token is reported once here, and not by each report.
  if (first !== undefined) await checkClientToken(url, first, token);
  const count = connections ?? names.length;
  return Array.from({ length: count }, (_, index) => {
    const name = names[index % names.length];
    return connect(addressOf({ ...options, ...(name !== undefined && { server: name }) }));
  });
}

async function namesInService(url: string): Promise<string[]> {
  const servers = await fetchHerd(url);
  const names = servers
    .filter((server) => server.url === undefined && statusOf(server)?.isDrained !== true)
    .map(({ name }) => name);
  if (names.length === 0)
    throw new CommandFailure(EXIT.refused, "Cannot load the herd: none of its servers is in service here");
  return names;
}

async function run(
  { clients: count, rate, for: seconds, json, quiet }: Options,
  herds: readonly Herd[],
): Promise<void> {
  const reports = Math.max(1, Math.round(rate * seconds));
  // Each run has clients of its own, because the reports of an earlier run may be later.
  const run = Date.now().toString(36);
  const clients = Array.from({ length: count }, (_, index) => new MovingClient(`load${index + 1}.${run}`, Math.random));
  const bar = startBar(reports, quiet === true || json === true);
  const interrupted = untilInterrupted();
  const plan = { clients, connections: herds, reportsPerSecond: rate, reports };
  const result = await runLoad(plan, () => bar?.increment(), interrupted).finally(() => bar?.stop());
  if (json) printJson(summaryOf(result, count));
  else if (!quiet) console.log(textOf(result, count));
  const left = Math.min(count, result.sent);
  const whose = left === 1 ? "The client" : `The ${number(left)} clients`;
  if (left > 0)
    printNote(
      `${whose} load….${run} of this run ${left === 1 ? "stays" : "stay"} known to the herd until you say ${PROGRAM} forget.`,
      {
        ...(json && { json }),
        ...(quiet && { quiet }),
      },
    );
  if (Object.keys(result.failures).length > 0) process.exitCode = EXIT.refused;
}

/** Only on a terminal, and on the standard error output, so that a pipe gets the summary alone. */
function startBar(reports: number, isQuiet: boolean): SingleBar | undefined {
  if (isQuiet || !process.stderr.isTTY) return undefined;
  const bar = new SingleBar(
    { format: "{bar} {percentage}%  {value} of {total} reports  {eta_formatted} to go", stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(reports, 0);
  return bar;
}

function summaryOf({ answered, failures, seconds, latency }: LoadResult, clients: number) {
  const [median, p90, p99] = [50, 90, 99].map((percent) => millisOf(latency.percentile(percent)));
  const answerMillis = answered === 0 ? null : { median, p90, p99, longest: millisOf(latency.max) };
  return { clients, answered, failures, seconds: Number(seconds.toFixed(3)), answerMillis };
}

function millisOf(micros: number): number {
  return Number((micros / 1000).toFixed(1));
}

function textOf(result: LoadResult, count: number): string {
  const { answered, failures, seconds, answerMillis } = summaryOf(result, count);
  const lines = [
    `${number(answered)} reports of ${number(count)} clients answered in ${seconds.toFixed(1)} s: ${number(answered / seconds)} a second`,
  ];
  if (answerMillis !== null) {
    const { median, p90, p99, longest } = answerMillis;
    lines.push(`answered after: median ${median} ms, 90 % ${p90} ms, 99 % ${p99} ms, longest ${longest} ms`);
  }
  for (const [reason, times] of Object.entries(failures)) lines.push(`not answered: ${number(times)} (${reason})`);
  return lines.join("\n");
}

function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}
