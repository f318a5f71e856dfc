// The paper's testservers: five clients, one a server; the first three say where they are, the last two ask about them.
//
// What it shows is the flood: for each report and each server that did not hear it from its client, whether it arrived,
// over how many links at least, and how long after the answer. Each run uses clients of its own, as a WHATSAT about a
// client that is not known yet asks nobody for places.

import { Command } from "commander";
import { hopsFrom } from "../src/core/topology.ts";
import { fetchHerd, urlOption } from "./herd-http.ts";
import { LineSocket } from "./line-socket.ts";
import { runScript } from "./run-script.ts";

/** Pause between two questions about the same report. */
const ASK_AGAIN_MILLIS = 5;

interface Client {
  readonly name: string;
  readonly server: string;
  readonly socket: LineSocket;
}

interface Sighting {
  readonly isArrived: boolean;
  readonly millis: number;
}

const program = new Command("npm run testservers --")
  .description("Tests that reports reach the servers that did not hear them from their clients.")
  .addOption(urlOption())
  .option("--seconds <seconds>", "time that a report has to arrive", "10")
  .parse();

await runScript(async () => {
  const { url, seconds } = program.opts<{ readonly url: string; readonly seconds: string }>();
  const servers = await fetchHerd(url);
  const run = Date.now().toString(36);
  const clients = await Promise.all(
    servers.map(async ({ name: server }, index): Promise<Client> => ({
      name: `client${index + 1}.${run}.testservers`,
      server,
      socket: await LineSocket.open(url, server),
    })),
  );
  // Three of five, as in the paper; of another herd all but the last two, and at least one.
  const reporting = clients.slice(0, Math.max(1, clients.length - 2));
  const asking = clients.slice(reporting.length);
  let isAllWell = true;
  for (const [index, reporter] of reporting.entries()) {
    const atLine = await report(reporter, index);
    const hops = hopsFrom(servers, reporter.server);
    const since = performance.now();
    const sightings = asking.map(async (asker) => {
      const { isArrived, millis } = await find(asker, reporter.name, atLine, since, Number(seconds) * 1000);
      if (!isArrived) isAllWell = false;
      const links = `${hops.get(asker.server)} ${hops.get(asker.server) === 1 ? "hop" : "hops"}`;
      const outcome = isArrived ? `arrived in ${millis.toFixed(1)} ms` : `did NOT arrive within ${seconds} s`;
      console.log(`  ${reporter.server} -> ${asker.server.padEnd(9)} ${links}  ${outcome}`);
    });
    await Promise.all(sightings);
  }
  for (const { socket } of clients) socket.close();
  console.log(isAllWell ? "\nEvery report arrived." : "\nSome reports did not arrive: see the servers' logs.");
  return isAllWell;
});

/** Sends a client's IAMAT and gives the AT line of the answer. */
async function report({ name, server, socket }: Client, index: number): Promise<string> {
  const line = `IAMAT ${name} +34.06893${index}-118.445127 ${(Date.now() / 1000).toFixed(3)}`;
  const answer = (await socket.ask(line)).trimEnd();
  console.log(`${server} <- ${line}\n${server} -> ${answer}`);
  if (!answer.startsWith(`AT ${server} `)) throw new Error(`${server} did not take the report: ${answer}`);
  return answer;
}

/** Asks until the server answers with the report, or the time is up. */
async function find(asker: Client, name: string, atLine: string, since: number, millisMax: number): Promise<Sighting> {
  for (;;) {
    const answer = await asker.socket.ask(`WHATSAT ${name} 10 5`);
    const millis = performance.now() - since;
    if (answer.startsWith(`${atLine}\n`)) return { isArrived: true, millis };
    if (millis > millisMax) return { isArrived: false, millis };
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MILLIS));
  }
}
