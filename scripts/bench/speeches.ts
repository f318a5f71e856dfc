// What load connections say: IAMATs of many clients, each later than the one before, and questions about them.
//
// Times grow by a microsecond a line from a minute before the start, so that no line is stale, none is ahead, and every line
// of a speech is as long as any other. The echo of the floor is as much longer than its line as a server's answer is.

import type { Speech } from "./line-load.ts";
import type { RunningHerd } from "./running-herd.ts";

const startMicros = BigInt(Date.now() - 60_000) * 1000n;
const START_SECONDS = Number(startMicros / 1_000_000n);
let micros = 0;

/** By how many bytes `AT Alford +61.123456000 …` is longer than `IAMAT …`. */
export const ANSWER_LONGER_BYTES = "AT Alford +61.123456000 ".length - "IAMAT ".length;

/** A time later than all before, POSIX seconds. */
function nextTime(): string {
  micros++;
  return `${START_SECONDS + Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, "0")}`;
}

/** Names of clients, all of one length, in the order of their numbers. */
export function clientName(index: number): string {
  return `client-${String(index).padStart(7, "0")}.bench`;
}

export function iamatLine(client: string): string {
  return `IAMAT ${client} +34.068930-118.445127 ${nextTime()}\n`;
}

/** A speech of IAMATs that remembers how it was answered last. */
export interface Iamats extends Speech {
  /** Throws unless the server holds what it answered last. */
  check(herd: RunningHerd): Promise<void>;
}

/** How many answers are checked against what the server holds in the end. */
const CHECKED = 100;

/** Walks over that many clients, again and again. With a step they come in an order of their own, each as often. */
export function iamats(server: string, clients: number, step = 1): Iamats {
  const names = clients > 100_000 ? undefined : Array.from({ length: clients }, (_, index) => clientName(index));
  const prefix = `AT ${server} `;
  const checked: string[] = [];
  let index = 0;
  let answers = 0;
  return {
    next() {
      index = (index + step) % clients;
      return iamatLine(names?.[index] ?? clientName(index));
    },
    isAnswer(answer, asked) {
      checked[answers++ % Math.min(CHECKED, clients)] = answer;
      // The answer ends as the line does: client, location, time.
      return answer.startsWith(prefix) && asked.endsWith(`${answer.slice(answer.indexOf(" ", prefix.length))}\n`);
    },
    async check(herd) {
      const asked = checked.map((line) => `WHATSAT ${line.split(" ")[3]} 0.001 1\n`).join("");
      const held = new Set((await herd.say(server, asked)).split("\n"));
      const lost = checked.find((line) => !held.has(line));
      if (lost !== undefined) throw new Error(`${server} has answered ${lost}, but holds another report`);
    },
  };
}

/** The same lines to a floor that sends each back with spaces behind it. */
export function echoes(clients: number): Speech {
  const lines = iamats("", clients);
  return { next: () => lines.next(), isAnswer: (answer, asked) => answer.startsWith(asked.slice(0, -1)) };
}
