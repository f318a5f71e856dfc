// The lines that loads send: IAMATs of many clients, each later than the one before, and WHATSATs about them.
//
// Times begin a minute before the start and grow by a microsecond for each line. So no line is stale, no time lies ahead, and all
// lines are of one length. The echo of the floor is longer than its line by as much as a server's answer is.

import type { Workload } from "./line-load.ts";
import type { RunningHerd } from "./running-herd.ts";

const START_SECONDS = Math.floor(Date.now() / 1000) - 60;
let micros = 0;

/** By how many bytes `AT Alford +61.123456000 …` is longer than `IAMAT …`. */
export const ANSWER_LONGER_BYTES = "AT Alford +61.123456000 ".length - "IAMAT ".length;

/** A time later than all before, in POSIX seconds. */
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

/** A workload of IAMATs that remembers its last answers. */
export interface Iamats extends Workload {
  /** Throws unless that server holds the last answers. */
  check(herd: RunningHerd, server: string): Promise<void>;
}

/** How many answers are compared with what a server holds in the end. */
const CHECKED = 100;

/** Which clients a workload is about: `from`, `from + by`, … of that count, again and again. */
export interface Walk {
  readonly clients: number;
  readonly from?: number;
  readonly by?: number;
  /** Two clients that follow each other have ids that lie far apart. */
  readonly isScattered?: boolean;
}

export function iamats(server: string, walk: Walk): Iamats {
  const prefix = `AT ${server} `;
  const nextClient = clientsOf(walk);
  const checked: string[] = [];
  let answers = 0;
  return {
    next: () => iamatLine(nextClient()),
    isAnswer(answer, asked) {
      checked[answers++ % Math.min(CHECKED, walk.clients)] = answer;
      // After the skew it has the fields of the line: client, location, time.
      const rest = answer.slice(answer.indexOf(" ", prefix.length));
      return answer.startsWith(prefix) && asked === `IAMAT${rest}\n`;
    },
    async check(herd, asked) {
      const lines = checked.map((line) => `WHATSAT ${line.split(" ")[3]} 0.001 1\n`).join("");
      const held = new Set((await herd.say(asked, lines)).split("\n"));
      const lost = checked.find((line) => !held.has(line));
      if (lost !== undefined)
        throw new Error(`Cannot trust ${asked}: it does not hold the answer of ${server}: ${lost}`);
    },
  };
}

/** WHATSATs about the clients, which have all reported to that server. */
export function whatsats(server: string, walk: Walk): Workload {
  const nextClient = clientsOf(walk);
  const prefix = `AT ${server} `;
  return {
    next: () => `WHATSAT ${nextClient()} 10 5\n`,
    isAnswer: (answer, asked) =>
      answer.startsWith(prefix) &&
      answer.split(" ", 4)[3] === asked.split(" ", 2)[1] &&
      answer.endsWith(`"status": "OK",\n  "provider": "embedded"\n}`),
    end: "\n\n",
  };
}

function clientsOf({ clients, from = 0, by = 1, isScattered = false }: Walk): () => string {
  // Prime to every count that ends in a zero, and near the golden section of it.
  const step = isScattered ? Math.floor(clients * 0.0618) * 10 + 7 : 1;
  let index = 0;
  return () => {
    index = (index + step) % clients;
    return clientName(from + index * by);
  };
}

/** The same lines, for a floor that sends each back with spaces after it. */
export function echoes(walk: Walk): Workload {
  const lines = iamats("", walk);
  return { next: () => lines.next(), isAnswer: (answer, asked) => answer.startsWith(asked.slice(0, -1)) };
}
