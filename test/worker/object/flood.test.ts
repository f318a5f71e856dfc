// Over the five real objects and the links between them: a report reaches every server once, an older one nobody, and the
// AT lines that this costs are counted. The herd logs lines here, so a flood can be read from the logs of all servers.

import { beforeAll, describe, expect, test } from "vitest";
import config from "../../../herd.config.json" with { type: "json" };
import { configure, freshId, postTo, SERVERS, settled } from "../support/herd.ts";
import { connect, VIAS } from "../support/line-client.ts";
import { LogFollower, type LogLine } from "../support/log-follower.ts";

configure({ logLevel: "lines" });

const LINKS = config.servers.flatMap(({ neighbours }) => neighbours).length / 2;
const AT_LINES_MAX = 2 * LINKS - (SERVERS.length - 1);

const isNeighbour = (name: string) => SERVERS.includes(name);

let logs: LogFollower[];

beforeAll(async () => {
  logs = await Promise.all(SERVERS.map((server) => LogFollower.of(server)));
  await settled();
});

/** What the servers said to one another about this client, and took or refused. */
function story(client: string): LogLine[] {
  return logs.flatMap(({ entries }) => entries).filter((entry) => JSON.stringify(entry).includes(client));
}

/** The AT lines about this client between servers, as the two ends of each logged them. */
function atLines(client: string): { sent: string[]; heard: string[] } {
  const sent: string[] = [];
  const heard: string[] = [];
  for (const entry of story(client)) {
    if (entry.event === "output" && isNeighbour(entry.to)) sent.push(`${entry.server} to ${entry.to}: ${entry.line}`);
    if (entry.event === "input" && isNeighbour(entry.from))
      heard.push(`${entry.from} to ${entry.server}: ${entry.line}`);
  }
  return { sent: sent.toSorted(), heard: heard.toSorted() };
}

async function reportsSent(): Promise<number> {
  const herd = await settled();
  return herd.flatMap(({ neighbours }) => neighbours).reduce((sum, feed) => sum + feed.reportsSent, 0);
}

/** What each server holds of this client: a stale IAMAT is answered with it (RP6). */
function heldEverywhere(client: string): Promise<string[]> {
  return Promise.all(SERVERS.map((server) => postTo(server, `IAMAT ${client} +0+0 0`)));
}

const everywhere = (answer: string) => SERVERS.map(() => answer);

test.each(VIAS)("[RP14] an IAMAT with now, said over %s, is one line at every server", async (via) => {
  const client = freshId();
  const connection = await connect(via, "Bolden");
  const earliestMillis = Date.now();
  await connection.say(`IAMAT ${client} +1+1 now\n`);
  const answer = await connection.hears(/\n$/);
  const [, stamp = ""] = answer.match(`^AT Bolden \\+0\\.000000000 ${client} \\+1\\+1 (\\d+\\.\\d{9})\n$`) ?? [];
  expect(Number(stamp) * 1000).toBeGreaterThanOrEqual(earliestMillis - 1);
  await settled();
  expect(await heldEverywhere(client)).toEqual(everywhere(answer));
});

describe.each(SERVERS)("an IAMAT at %s", (server) => {
  test("[FL2] [FL7] is seen at every server, for no more AT lines than the topology asks for", async () => {
    const client = freshId();
    const before = await reportsSent();
    const answer = await postTo(server, `IAMAT ${client} +34.068930-118.445127 1479413884.392014450`);
    const cost = (await reportsSent()) - before;
    expect(await heldEverywhere(client)).toEqual(everywhere(answer));
    expect(cost).toBeGreaterThanOrEqual(SERVERS.length - 1);
    expect(cost).toBeLessThanOrEqual(AT_LINES_MAX);
    const { sent, heard } = atLines(client);
    expect(sent).toHaveLength(cost);
    expect(sent).toEqual(heard);
  });

  test("[FL2] is accepted once by each, and sent back to nobody that it came from", async () => {
    const client = freshId();
    await postTo(server, `IAMAT ${client} +1+1 1`);
    await settled();
    const accepted = story(client).flatMap((entry) => (entry.event === "accepted" ? entry : []));
    expect(accepted.map((entry) => entry.server).toSorted()).toEqual(SERVERS);
    const { sent } = atLines(client);
    for (const { server: at, from } of accepted)
      expect(sent.filter((line) => line.startsWith(`${at} to ${from}:`))).toEqual([]);
  });
});

describe("two reports of one client", () => {
  test("[RP10] [FL2] an older or equally old one changes nothing anywhere, and is answered with the held one", async () => {
    const client = freshId();
    const held = await postTo("Alford", `IAMAT ${client} +34-118 1479413884.392014450`);
    await settled();
    const before = await reportsSent();
    for (const server of SERVERS)
      for (const time of ["1479413884.392014450", "1479413884.392014449", "01479413884.39201445", "0"])
        expect(await postTo(server, `IAMAT ${client} +1+1 ${time}`)).toBe(held);
    expect(await heldEverywhere(client)).toEqual(everywhere(held));
    expect(await reportsSent()).toBe(before);
  });

  test("[RP6] [FL2] one that is newer by a nanosecond is taken everywhere", async () => {
    const client = freshId();
    const older = await postTo("Hamilton", `IAMAT ${client} +34-118 1479413884.392014450`);
    await settled();
    const newer = await postTo("Powell", `IAMAT ${client} +35-119 1479413884.392014451`);
    expect(newer).not.toBe(older);
    await settled();
    expect(await heldEverywhere(client)).toEqual(everywhere(newer));
  });

  test("[RP6] [FL2] at two servers at once: the newer one wins everywhere", async () => {
    const client = freshId();
    const [newer] = await Promise.all([
      postTo("Hamilton", `IAMAT ${client} +1+1 1000.000000002`),
      postTo("Alford", `IAMAT ${client} +2+2 1000.000000001`),
      postTo("Powell", `IAMAT ${client} +3+3 1000`),
    ]);
    await settled();
    expect(await heldEverywhere(client)).toEqual(everywhere(newer));
  });
});

describe("many reports", () => {
  test("[FL2] [CU14] of many clients at all servers are all known to all, for the same cost each", async () => {
    const clients = Array.from({ length: 300 }, freshId);
    const before = await reportsSent();
    await Promise.all(
      SERVERS.map((server, s) => {
        const mine = clients.filter((_, n) => n % SERVERS.length === s);
        return postTo(server, mine.map((client) => `IAMAT ${client} +1+1 1\n`).join(""));
      }),
    );
    expect((await reportsSent()) - before).toBeLessThanOrEqual(clients.length * AT_LINES_MAX);
    const held = await Promise.all(
      SERVERS.map((server) => postTo(server, clients.map((client) => `IAMAT ${client} +0+0 0\n`).join(""))),
    );
    expect(held[0]?.match(/^AT /gm)).toHaveLength(clients.length);
    expect(new Set(held).size).toBe(1);
  });
});
