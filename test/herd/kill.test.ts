// kill -9 under load: in the end every server holds every report that was acknowledged.
//
// For more rounds than the suite runs: KILL_ROUNDS=50 npx vitest run --project herd test/herd/kill.test.ts

import { afterAll, beforeAll, expect, test } from "vitest";
import { HerdApart } from "../support/herd-apart.ts";

const ROUNDS = Number(process.env["KILL_ROUNDS"] ?? 3);
const CLIENTS = 200;
/** Reports in one POST. */
const BATCH = 50;

let herd: HerdApart;
/** How many reports were acknowledged, and the callbacks that wait for more. */
let count = 0;
const waits = new Set<() => void>();

beforeAll(async () => {
  herd = await HerdApart.create({ retrySecondsMax: 2, answerSeconds: 2 });
  await herd.start();
});

afterAll(() => herd.remove());

test(
  `[RP7] [CU14] [CU4] ${ROUNDS} times a server is killed under load: no acknowledged report is lost`,
  { timeout: 60_000 + ROUNDS * 30_000 },
  async () => {
    const acknowledged = new Map<string, number>();
    const catchUpSeconds: number[] = [];
    let time = 1_400_000_000;
    for (let round = 0; round < ROUNDS; round++) {
      const victim = herd.names[round % herd.names.length] ?? "";
      const load = new AbortController();
      const writers = herd.names.map((name) => keepReporting(name, load.signal));
      await untilAcknowledged(acknowledged.size === 0 ? 500 : 200);
      await herd.kill(victim);
      await untilAcknowledged(200);
      await herd.start(victim);
      const since = performance.now();
      await untilAcknowledged(200);
      load.abort();
      await Promise.all(writers);
      const clients = [...acknowledged.keys()];
      for (const name of herd.names) {
        // A later report is right too: the server may have kept one whose answer the kill cut off.
        await expect
          .poll(async () => missing(clients, await herd.held(name, clients)), { timeout: 30_000 })
          .toEqual([]);
      }
      catchUpSeconds.push((performance.now() - since) / 1000);
    }
    console.log(
      `${ROUNDS} rounds, ${count} reports acknowledged, 0 lost; ` +
        `all caught up ${Math.max(...catchUpSeconds).toFixed(1)} s after the restart at the latest`,
    );

    function missing(clients: readonly string[], held: readonly (string | undefined)[]): string[] {
      return clients.filter((client, index) => {
        const heldTime = Number(held[index]?.split(" ").at(-1) ?? -1);
        return heldTime < (acknowledged.get(client) ?? Infinity);
      });
    }

    async function keepReporting(name: string, signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const from = time;
        time += BATCH;
        const clients = Array.from({ length: BATCH }, (_, index) => `client-${(from + index) % CLIENTS}`);
        try {
          const answers = await herd.report(name, clients, from, 1);
          for (const answer of answers) acknowledge(answer);
        } catch {
          // The server was killed, so this batch was not acknowledged. The server may be back at any moment.
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    }

    function acknowledge(answer: string): void {
      const [, , , client = "", , at] = answer.split(" ");
      acknowledged.set(client, Math.max(Number(at), acknowledged.get(client) ?? 0));
      count++;
      for (const waiting of waits) waiting();
    }

    async function untilAcknowledged(more: number): Promise<void> {
      const wanted = count + more;
      await new Promise<void>((resolve) => {
        const look = () => {
          if (count < wanted) return;
          waits.delete(look);
          resolve();
        };
        waits.add(look);
      });
    }
  },
);
