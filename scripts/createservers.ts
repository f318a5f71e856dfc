// The paper's createservers: makes the named servers exist, all of them by default, and reports how each one stands.
//
// A Durable Object comes to be with the first request to it; its status is such a request.

import { Command } from "commander";
import { fetchHerd, fetchServer, fetchWhereabouts, urlOption } from "./herd-http.ts";
import { runScript } from "./run-script.ts";

const program = new Command("npm run createservers --")
  .description("Makes servers of the herd exist and reports how each one stands.")
  .argument("[names...]", "the servers; all of the herd by default")
  .addOption(urlOption())
  .option("--where", "say in which data centre each one runs; a herd on this machine is not asked by itself")
  .parse();

await runScript(async () => {
  const { url, where: isAsked = false } = program.opts<{ readonly url: string; readonly where?: boolean }>();
  const isWhereAsked = isAsked || !["localhost", "127.0.0.1"].includes(new URL(url).hostname);
  const names = program.args.length > 0 ? program.args : (await fetchHerd(url)).map(({ name }) => name);
  const outcomes = await Promise.allSettled(names.map((name) => fetchServer(url, name)));
  for (const [index, outcome] of outcomes.entries()) {
    const name = (names[index] ?? "").padEnd(9);
    if (outcome.status === "rejected") console.log(`${name} failed: ${(outcome.reason as Error).message}`);
    else {
      const { isDown, clients, connections, starts, neighbours } = outcome.value;
      const behind = neighbours
        .filter(({ behindSinceMillis }) => behindSinceMillis !== null)
        .map(({ neighbour }) => neighbour);
      const feeds = behind.length === 0 ? "no neighbour behind" : `behind: ${behind.join(", ")}`;
      const where = isWhereAsked ? await whereText(url, outcome.value.server) : "";
      console.log(
        `${name} is ${isDown === true ? "out of service" : "up"}${where}: ${clients} clients known, ${connections} connections, start ${starts}, ${feeds}`,
      );
    }
  }
  return outcomes.every(({ status }) => status === "fulfilled");
});

async function whereText(url: string, name: string): Promise<string> {
  const where = await fetchWhereabouts(url, name);
  return where === undefined ? ", nobody knows where" : ` in ${where}`;
}
