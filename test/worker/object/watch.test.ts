// Watching a herd in workerd: over WebSocket and TCP, at another server than the one that is told, across hibernation.

import { evictDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { configure, eventually, freshId, postTo, settled, statusOf, stubOf } from "../support/herd.ts";
import { byteString, connect, openWebSocket, type TransportKind } from "../support/line-client.ts";

// Links close at once when they are quiet, as only then a server can hibernate.
configure({ peers: { idleSeconds: 0.05 }, limits: { watches: 3 } });

/** The server leaves memory, as soon as no link keeps it there. */
async function evict(server: string): Promise<void> {
  await eventually(
    () => statusOf(server),
    ({ neighbours }) => neighbours.every(({ link, isCaughtUp }) => link === "closed" && isCaughtUp),
  );
  await evictDurableObject(stubOf(server));
}

const TOLD_BY: readonly TransportKind[] = ["websocket", "tcp"];

describe.each(TOLD_BY)("over %s", (via) => {
  test("[WT1] [WT2] [WT3] is told of a client what is held, and then what any server of the herd hears", async () => {
    const id = freshId();
    const first = await postTo("Alford", `IAMAT ${id} +1+1 1`);
    await settled();
    const watcher = await connect(via, "Hamilton");
    await watcher.say(`  WATCH \t ${id}\n`);
    expect(await watcher.hears(/1\n$/)).toBe(`WATCH ${id}\n${first}`);
    await postTo("Hamilton", `IAMAT ${freshId()} +1+1 1`);
    const second = await postTo("Alford", `IAMAT ${id} +1+1 2`);
    expect(await watcher.hears(/\n/)).toBe(second);
    const third = await postTo("Hamilton", `IAMAT ${id} +1+1 3`);
    expect(await watcher.hears(/\n/)).toBe(third);
    await watcher.say(`UNWATCH ${id}\n`);
    expect(await watcher.hears(/\n/)).toBe(`UNWATCH ${id}\n`);
    await postTo("Hamilton", `IAMAT ${id} +1+1 4`);
    await watcher.say(`WATCH ${id} and more\n`);
    expect(await watcher.hears(/\n/)).toBe(`? WATCH ${id} and more\n`);
  });

  test("[WT18] [WT20] [WT21] is told of a silence, that the client is back, and of the next silence", async () => {
    const id = freshId();
    const watcher = await connect(via, "Hamilton");
    await watcher.say(`WATCH ${id} 1\n`);
    expect(await watcher.hears(/SILENT.*\n$/)).toBe(`WATCH ${id} 1\nSILENT ${id} 0\n`);
    const told = await postTo("Alford", `IAMAT ${id} +1+1 1`);
    const heard = await watcher.hears(/SILENT.*\n$/);
    const [, , skew = ""] = told.split(" ");
    expect(heard).toBe(`${told}SILENT ${id} ${Number((Number(skew) + 1).toFixed(3))}\n`);
  });

  test("[WT2] [WT3] [WT7] is told of everybody, and of no more clients than may be", async () => {
    // What the tests before reported is told to nobody any more.
    await settled();
    const watcher = await connect(via, "Bolden");
    await watcher.say("WATCH a\nWATCH b\nWATCH *\nWATCH c\nUNWATCH a\nUNWATCH b\n");
    expect(await watcher.hears(/UNWATCH b\n/)).toBe("WATCH a\nWATCH b\nWATCH *\n? WATCH c\nUNWATCH a\nUNWATCH b\n");
    const told = await postTo("Powell", `IAMAT ${freshId()} +1+1 1`);
    expect(await watcher.hears(/\n/)).toBe(told);
  });
});

test("[WT25] [WT26] a server that left memory is woken by its alarm, and tells a silence once", async () => {
  const id = freshId();
  const watcher = await openWebSocket("/servers/Powell");
  await watcher.say(`WATCH ${id} 12`);
  await watcher.hears(/\n/);
  const { incarnation } = await statusOf("Powell");
  await evict("Powell");
  // Nobody asks the server for anything.
  expect(await watcher.hears(/\n/)).toBe(`SILENT ${id} 0\n`);
  expect((await statusOf("Powell")).incarnation).not.toBe(incarnation);
  await evict("Powell");
  await watcher.say("HELLO");
  expect(await watcher.hears(/\n/)).toBe("? HELLO\n");
  const told = await postTo("Powell", `IAMAT ${id} +1+1 1`);
  expect(await watcher.hears(/\n/)).toBe(told);
});

test("[WT15] a POST watches nobody", async () => {
  expect(await postTo("Alford", "WATCH kiwi\nWATCH kiwi 5\nUNWATCH *")).toBe(
    "? WATCH kiwi\n? WATCH kiwi 5\n? UNWATCH *\n",
  );
});

test("[WT6] [WT13] a watch outlives the server's memory, which a connection that watches does not keep", async () => {
  const id = `${freshId()}-ü-\u{1f411}`;
  const watcher = await openWebSocket("/servers/Parker");
  await watcher.say(`WATCH ${id}\nWATCH other\nUNWATCH other`);
  await watcher.hears(/UNWATCH other\n/);
  const { incarnation, watches } = await statusOf("Parker");
  await evict("Parker");
  expect(await statusOf("Parker")).toMatchObject({ watches });
  expect((await statusOf("Parker")).incarnation).not.toBe(incarnation);
  const told = await postTo("Powell", `IAMAT ${id} +1+1 1`);
  expect(await watcher.hears(/\n/)).toBe(byteString(told));
});
