// Fills a server with clients as fast as it takes them: many lines in each message, over a few connections.

import { LineLoad } from "./line-load.ts";
import type { RunningHerd } from "./running-herd.ts";
import { clientName, iamatLine } from "./workload.ts";

const LINES_PER_MESSAGE = 500;

/** Makes the server hold the clients with numbers below `clients`. Does nothing if it holds them already. */
export async function seed(herd: RunningHerd, server: string, clients: number): Promise<void> {
  if ((await herd.status(server)).clients === clients) return;
  let index = 0;
  const load = await LineLoad.open(
    herd.socketUrl(server),
    { connections: 4, outstanding: 1, linesPerMessage: LINES_PER_MESSAGE },
    { next: () => iamatLine(clientName(index++)), isAnswer: (answer) => answer.startsWith(`AT ${server} `) },
  );
  await load.runLines(clients);
  await load.close();
  await herd.expectClients(server, clients);
}
