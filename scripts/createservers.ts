// The paper's createservers: makes the named servers exist, all of them by default, and reports how each one stands.
//
// A Durable Object comes to be with the first request to it; its status is such a request.

import { Command } from "commander";
import { fetchHerd, fetchServer, urlOption } from "./herd-http.ts";
import { runScript } from "./run-script.ts";

const program = new Command("npm run createservers --")
  .description("Makes servers of the herd exist and reports how each one stands.")
  .argument("[names...]", "the servers; all of the herd by default")
  .addOption(urlOption())
  .parse();

await runScript(async () => {
  const { url } = program.opts<{ readonly url: string }>();
  const names = program.args.length > 0 ? program.args : (await fetchHerd(url)).map(({ name }) => name);
  const outcomes = await Promise.allSettled(names.map((name) => fetchServer(url, name)));
  for (const [index, outcome] of outcomes.entries()) {
    const name = (names[index] ?? "").padEnd(9);
    if (outcome.status === "rejected") console.log(`${name} failed: ${(outcome.reason as Error).message}`);
    else {
      const { isDown, clients, connections, starts, neighbours } = outcome.value;
      const behind = neighbours.filter(({ isCaughtUp }) => isCaughtUp === false).map(({ neighbour }) => neighbour);
      const feeds = behind.length === 0 ? "no neighbour behind" : `behind: ${behind.join(", ")}`;
      console.log(
        `${name} is ${isDown === true ? "out of service" : "up"}: ${clients} clients known, ${connections} connections, start ${starts}, ${feeds}`,
      );
    }
  }
  return outcomes.every(({ status }) => status === "fulfilled");
});
