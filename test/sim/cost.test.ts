// The cost of a report for the whole herd: rows written, messages and bytes between servers. They are counted, not timed. The
// bounds are those that the documentation promises, and a change that makes a report more expensive fails here.

import { expect, it } from "vitest";
import herdFile from "../../herd.config.json" with { type: "json" };
import type { Action } from "./action.ts";
import { plainOptionsOf } from "./options.ts";
import { Random } from "./random.ts";
import { simulate } from "./simulate.ts";

const SERVERS = herdFile.servers.map(({ name }) => name);

/** Connections at most: more clients share them. */
const CONNECTIONS_MAX = 500;

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
    return Array.from({ length: Math.ceil(forSeconds / everySeconds) }, (_, turn) => {
      const atMillis = firstMillis + turn * everySeconds * 1000;
      const lines = [`IAMAT client-${client} +34.068930-118.445127 ${1_800_000_000 + Math.floor(atMillis / 1000)}`];
      return { atMillis, do: "say", client: client % CONNECTIONS_MAX, server, lines };
    });
  });
  const options = plainOptionsOf(1, forSeconds * 1000);
  const inTime = actions.flat().filter(({ atMillis }) => atMillis < forSeconds * 1000);
  const sorted = inTime.toSorted((one, other) => one.atMillis - other.atMillis);
  const { violation, acknowledged, cost } = simulate({ options, actions: sorted });
  expect(violation).toBeUndefined();
  expect(acknowledged).toBe(sorted.length);
  const each = (count: number) => count / acknowledged;
  return {
    rows: each(cost.rowsWritten),
    messages: each(cost.messages),
    bytes: each(cost.bytes),
    /** Without those that serve an alarm. */
    commits: each(cost.commitRows - cost.alarms),
  };
}

it.each([
  {
    title: "[CU6] [CU32] 300 clients, each with one report per minute",
    load: [300, 60, 600],
    rows: 1.2,
    messages: 8,
    bytes: 650,
  },
  {
    title: "[CU6] [CU32] 60 clients, each with one report per second",
    load: [60, 1, 100],
    rows: 1.1,
    messages: 4,
    bytes: 530,
  },
  {
    title: "[CU31] one client with one report per second",
    load: [1, 1, 300],
    rows: 1.8,
    messages: 10,
    bytes: 650,
  },
  // It pays for opening every link, and each of their SYNCs has 27 bytes of features (FL5).
  {
    title: "[CU31] one client with one report per minute",
    load: [1, 60, 3600],
    rows: 10,
    messages: 31,
    bytes: 1600,
  },
  // 166 reports a second: a short time of them is enough.
  {
    title: "[CU31] [CU32] 10,000 clients, each with one report per minute",
    load: [10_000, 60, 8],
    rows: 1.2,
    messages: 1.6,
    bytes: 470,
  },
])("$title", ({ load: [clients = 0, everySeconds = 0, forSeconds = 0], ...bounds }) => {
  const cost = costOf({ clients, everySeconds, forSeconds });
  expect(cost.rows).toBeLessThanOrEqual(bounds.rows);
  expect(cost.messages).toBeLessThanOrEqual(bounds.messages);
  expect(cost.bytes).toBeLessThanOrEqual(bounds.bytes);
});

it("[FL9] [CU24] a report that comes alone costs each server one commit, and the one that heard it another for the cursors", () => {
  const { commits } = costOf({ clients: 1, everySeconds: 60, forSeconds: 3600 });
  // The first report finds servers that know no neighbour: it costs some more.
  expect(Math.floor(commits)).toBe(SERVERS.length + 1);
});
