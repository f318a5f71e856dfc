// Reports that are passed on before they are durable (CU6), on the real platform: in no table yet, and yet not lost.

import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { configure, eventually, freshId, postTo, SERVERS, statusOf, stubOf } from "../support/herd.ts";
import { storedReports } from "../support/stored-reports.ts";

// Nothing is written until somebody asks for it. A GOT waits for a quarter of `answerSeconds`.
configure({
  peers: { writeBehindSeconds: 600, writeBehindQuietSeconds: 600, retrySecondsMin: 0.05, answerSeconds: 8 },
});

async function storedAt(server: string): Promise<number> {
  return (await storedReports(server)).length;
}

/** Every server holds that many clients, durably or not. */
async function allHold(clients: number): Promise<void> {
  await eventually(
    () => Promise.all(SERVERS.map(statusOf)),
    (statuses) => statuses.every((status) => status.clients === clients),
  );
}

test("[CU25] [RP7] a report is everywhere, and durable where its client told it and where one is told of it", async () => {
  const id = freshId();
  const answer = await postTo("Alford", `IAMAT ${id} +1+1 1`);
  await allHold(1);
  expect(await Promise.all(SERVERS.map(storedAt))).toEqual(SERVERS.map((server) => (server === "Alford" ? 1 : 0)));
  const { neighbours } = await eventually(
    () => statusOf("Alford"),
    (status) => status.neighbours.every(({ received }) => received === 1),
  );
  for (const neighbour of neighbours) expect(neighbour).toMatchObject({ acknowledged: 0, isCaughtUp: false });

  expect(await postTo("Hamilton", `WHATSAT ${id} 1 1`)).toContain(answer);
  expect(await storedAt("Hamilton")).toBe(1);
  expect(await storedAt("Parker")).toBe(0);
});

test("[CU26] [CU14] aborted before it wrote them, a server is sent them again", async () => {
  const before = await statusOf("Parker");
  await postTo("Alford", `IAMAT ${freshId()} +1+1 1`);
  await allHold(2);
  expect(await storedAt("Parker")).toBe(0);
  await runInDurableObject(stubOf("Parker"), (_, ctx) => ctx.abort("with reports held back")).catch(() => undefined);
  await eventually(
    () => statusOf("Parker"),
    ({ incarnation, clients }) => incarnation !== before.incarnation && clients === 2,
  );
  await allHold(2);
});
