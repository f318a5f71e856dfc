// The cost of a report for the whole herd: rows written, messages and bytes between servers. They are counted, not timed. The
// bounds are those that the documentation promises, and a change that makes a report more expensive fails here.

import { expect, it } from "vitest";
import herdFile from "../../herd.config.json" with { type: "json" };
import type { Action } from "./action.ts";
import { plainOptionsOf } from "./options.ts";
import { Random } from "./random.ts";
import { simulate } from "./simulate.ts";

const SERVERS = herdFile.servers.map(({ name }) => name);

interface Load {
  readonly clients: number;
  readonly everySeconds: number;
  readonly forSeconds: number;
}

/** Each client reports at its own server and at its own moment of the interval, again and again. */
function costOf({ clients, everySeconds, forSeconds }: Load) {
  const random = new Random("cost");
  const actions = Array.from({ length: clients }, (_, client): Action[] => {
    const server = SERVERS[client % SERVERS.length] ?? "";
    const firstMillis = random.integer(0, everySeconds * 1000 - 1);
    return Array.from({ length: forSeconds / everySeconds }, (_, turn) => {
      const atMillis = firstMillis + turn * everySeconds * 1000;
      const lines = [`IAMAT client-${client} +34.068930-118.445127 ${1_800_000_000 + Math.floor(atMillis / 1000)}`];
      return { atMillis, do: "say", client, server, lines };
    });
  });
  const options = plainOptionsOf(1, forSeconds * 1000);
  const sorted = actions.flat().toSorted((one, other) => one.atMillis - other.atMillis);
  const { violation, acknowledged, cost } = simulate({ options, actions: sorted });
  expect(violation).toBeUndefined();
  expect(acknowledged).toBe(sorted.length);
  const each = (count: number) => count / acknowledged;
  return { rows: each(cost.rowsWritten), messages: each(cost.messages), bytes: each(cost.bytes) };
}

it.each([
  {
    title: "[CU6] 300 clients, each with one report per minute",
    load: [300, 60, 600],
    rows: 5.5,
    messages: 12.5,
    bytes: 680,
  },
  {
    title: "[CU6] 60 clients, each with one report per second",
    load: [60, 1, 100],
    rows: 1.5,
    messages: 12.5,
    bytes: 680,
  },
  { title: "[CU6] one client with one report per second", load: [1, 1, 300], rows: 3.1, messages: 14, bytes: 680 },
  // It pays for opening every link, and each of their SYNCs has 20 bytes of features (FL5).
  { title: "[CU6] one client with one report per minute", load: [1, 60, 3600], rows: 26, messages: 41, bytes: 1560 },
])("$title", ({ load: [clients = 0, everySeconds = 0, forSeconds = 0], ...bounds }) => {
  const cost = costOf({ clients, everySeconds, forSeconds });
  expect(cost.rows).toBeLessThanOrEqual(bounds.rows);
  expect(cost.messages).toBeLessThanOrEqual(bounds.messages);
  expect(cost.bytes).toBeLessThanOrEqual(bounds.bytes);
});
