// What is asked of each contestant: how fast it answers, and what is left after something went wrong.

import { setTimeout as sleep } from "node:timers/promises";
import type { Contestant } from "./contestant.ts";
import { TcpClient } from "./tcp-client.ts";

/** Reports that are not found count as lost when none was found for so long. */
const PATIENCE_MILLIS = 3000;

const ASK_AGAIN_MILLIS = 100;

/** IAMATs a second of one connection with so many outstanding; each answer is checked. */
export async function iamatsPerSecond(contestant: Contestant, outstanding: number, millis: number): Promise<number> {
  const client = await TcpClient.open(contestant.tcpPort("Alford"));
  const since = performance.now();
  const run = Math.floor(since * 1000);
  let answers = 0;
  const talk = async (talker: number) => {
    for (let count = 0; performance.now() - since < millis; count++) {
      const said = `talker-${run}-${talker} +34.068930-118.445127 ${1_400_000_000 + count}`;
      const answer = await client.ask(`IAMAT ${said}`);
      if (!answer.startsWith("AT Alford ") || !answer.endsWith(` ${said}`)) throw new Error(`Wrong answer: ${answer}`);
      answers++;
    }
  };
  await Promise.all(Array.from({ length: outstanding }, (_, talker) => talk(talker)));
  client.close();
  return (answers / (performance.now() - since)) * 1000;
}

/** Of so many clients that were reported to Alford and answered, how many it knows after a power cut. */
export async function keptThroughPowerCut(contestant: Contestant, count: number): Promise<number> {
  const clients = await report(contestant, "cut", count);
  await contestant.kill();
  await contestant.start();
  return countFound(contestant, "Alford", clients);
}

/** Of so many that were reported to Alford while Parker was away, how many Hamilton, behind Parker, knows afterwards. */
export async function foundAfterAbsence(contestant: Contestant, count: number): Promise<number> {
  await contestant.takeAway("Parker");
  const clients = await report(contestant, "away", count);
  // Along the way that is left, over Powell: by then the flood is over.
  const arrived = await countFound(contestant, "Bolden", clients);
  if (arrived < count) throw new Error(`${contestant.name} took only ${arrived} of ${count} reports to Bolden`);
  await contestant.bringBack("Parker");
  return countFound(contestant, "Hamilton", clients);
}

/** Whether the server still believes an honest time after its client once sent one of the year 2096. */
export async function survivesBadClock(contestant: Contestant): Promise<boolean> {
  const client = await TcpClient.open(contestant.tcpPort("Alford"));
  await client.ask("IAMAT bad-clock +1+1 4000000000");
  const answer = await client.ask("IAMAT bad-clock +2+2 1400794645");
  client.close();
  return answer.includes("+2+2");
}

async function report(contestant: Contestant, what: string, count: number): Promise<string[]> {
  const clients = Array.from({ length: count }, (_, index) => `${what}-${index}`);
  const client = await TcpClient.open(contestant.tcpPort("Alford"));
  await Promise.all(clients.map((id) => client.ask(`IAMAT ${id} +34.068930-118.445127 1400794645`)));
  client.close();
  return clients;
}

/** Asks again and again, until all are known or no more come. */
async function countFound(contestant: Contestant, server: string, clients: readonly string[]): Promise<number> {
  const client = await TcpClient.open(contestant.tcpPort(server));
  const questions = clients.map((id) => `WHATSAT ${id} 0.001 1`);
  let most = 0;
  let since = performance.now();
  while (most < clients.length && performance.now() - since < PATIENCE_MILLIS) {
    const found = (await client.askAll(questions)).filter((line) => line.startsWith("AT ")).length;
    if (found > most) since = performance.now();
    most = Math.max(most, found);
    if (most < clients.length) await sleep(ASK_AGAIN_MILLIS);
  }
  client.close();
  return most;
}
