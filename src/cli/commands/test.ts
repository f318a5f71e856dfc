// `test`: shows the flood. Five clients, one at each server: three report, and the other two ask about them. The paper's testservers.
//
// For each report and each server that did not hear it from its client it prints whether the report arrived, over how many links
// at least, and how long after the answer. Each run has clients of its own, because a WHATSAT about an unknown client costs no
// request for places. Keeps HC24.

import { Command } from "commander";
import { hopsFrom } from "../../core/config/topology.ts";
import { parseRefusal } from "../../core/protocol/refusal.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, positiveNumber, quietOption, tokenOption, urlOption } from "../terminal/options.ts";
import { printJson, printNote } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";
import { fetchHerd } from "../net/herd-http.ts";
import { LineSocket } from "../net/line-socket.ts";
import { explainRefusal } from "../prompt/explain-refusal.ts";

/** Pause between two WHATSAT about the same report. */
const ASK_AGAIN_MILLIS = 5;

interface Options {
  readonly url: string;
  readonly token?: string;
  readonly seconds: number;
  readonly json?: true;
  readonly quiet?: true;
}

interface Client {
  readonly name: string;
  readonly server: string;
  readonly socket: LineSocket;
}

/** One report, at one server that did not hear it from its client. */
interface Arrival {
  readonly from: string;
  readonly to: string;
  readonly hops: number | undefined;
  readonly isArrived: boolean;
  readonly millis: number;
}

export function test(): Command {
  const command = new Command("test")
    .description("checks that reports reach the servers that did not hear them from clients")
    .addOption(urlOption())
    .addOption(tokenOption())
    .option("--seconds <seconds>", "how long a report may take to arrive", positiveNumber, 10)
    .addOption(jsonOption("when each report arrived"))
    .addOption(quietOption())
    .action(async (options: Options) => {
      const { json, quiet } = options;
      const say = json || quiet ? () => {} : (text: string) => console.log(text);
      const { arrivals, clients } = await testFlood(options, say);
      const isAllWell = arrivals.every(({ isArrived }) => isArrived);
      if (json) for (const arrival of arrivals) printJson(arrival);
      const left = `The clients of this test stay known to the herd until you say: ${PROGRAM} forget ${clients.join(" ")}`;
      if (json) printNote(left, { json, ...(quiet && { quiet }) });
      say(`\n${left}`);
      say(isAllWell ? "Every report arrived." : "Some reports did not arrive in time: see the servers' logs.");
      if (!isAllWell) process.exitCode = EXIT.refused;
    });
  return addExamples(
    command,
    [`${PROGRAM} test --seconds 2`],
    "If the herd asks for a token, give an operator's: the clients of this test are invented.",
  );
}

interface TestedFlood {
  readonly arrivals: readonly Arrival[];
  /** Those that reported. */
  readonly clients: readonly string[];
}

async function testFlood({ url, token, seconds }: Options, say: (text: string) => void): Promise<TestedFlood> {
  const servers = await fetchHerd(url);
  const run = Date.now().toString(36);
  const clients = await Promise.all(
    servers.map(async ({ name: server }, index): Promise<Client> => ({
      name: `client${index + 1}.${run}.testservers`,
      server,
      socket: await LineSocket.open({ url, server, token }),
    })),
  );
  // Three of five report, as in the paper. In another herd all but the last two report, and at least one.
  const reporting = clients.slice(0, Math.max(1, clients.length - 2));
  const asking = clients.slice(reporting.length);
  const arrivals: Arrival[] = [];
  try {
    for (const [index, reporter] of reporting.entries()) {
      const atLine = await report(reporter, index, say);
      const hops = hopsFrom(servers, reporter.server);
      const since = performance.now();
      const found = asking.map(async (asker) => {
        const sighting = await find(asker, reporter.name, atLine, since, seconds * 1000);
        const arrival = { from: reporter.server, to: asker.server, hops: hops.get(asker.server), ...sighting };
        say(arrivalText(arrival, seconds));
        return arrival;
      });
      arrivals.push(...(await Promise.all(found)));
    }
  } finally {
    for (const { socket } of clients) socket.close();
  }
  return { arrivals, clients: reporting.map(({ name }) => name) };
}

/** Sends a client's IAMAT and returns the AT line of the answer. */
async function report({ name, server, socket }: Client, index: number, say: (text: string) => void): Promise<string> {
  const line = `IAMAT ${name} +34.06893${index}-118.445127 ${(Date.now() / 1000).toFixed(3)}`;
  const answer = (await socket.ask(line)).replace(/\n$/, "");
  say(`${server} <- ${line}\n${server} -> ${answer}`);
  if (!answer.startsWith(`AT ${server} `))
    throw refused(`Cannot test the flood: ${server} did not take the report`, answer);
  return answer;
}

/** Asks until the server answers with the report, or for `millisMax`. */
async function find(
  asker: Client,
  name: string,
  atLine: string,
  since: number,
  millisMax: number,
): Promise<Pick<Arrival, "isArrived" | "millis">> {
  for (;;) {
    const answer = await asker.socket.ask(`WHATSAT ${name} 10 5`);
    const millis = performance.now() - since;
    // An arrival that is late is none, though it was seen before it was missed.
    if (answer.startsWith(`${atLine}\n`)) return { isArrived: millis <= millisMax, millis };
    const refusal = parseRefusal(answer);
    if (refusal !== undefined && refusal.code !== "unknown" && refusal.code !== "pace" && refusal.code !== "refused")
      throw refused(`Cannot test the flood: a server did not take the question`, answer);
    if (millis > millisMax) return { isArrived: false, millis };
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MILLIS));
  }
}

function refused(what: string, answer: string): CommandFailure {
  const refusal = parseRefusal(answer.replace(/\n$/, ""));
  const why = refusal === undefined ? answer : explainRefusal(refusal, Date.now());
  return new CommandFailure(EXIT.refused, `${what}. ${why}`, { ...(refusal && { code: refusal.code }) });
}

function arrivalText({ from, to, hops, isArrived, millis }: Arrival, seconds: number): string {
  const links = `${hops} ${hops === 1 ? "hop" : "hops"}`;
  const late = `did NOT arrive within ${seconds} s`;
  const outcome = isArrived ? `arrived in ${millis.toFixed(1)} ms` : late;
  return `  ${from} -> ${to.padEnd(9)} ${links}  ${outcome}`;
}
