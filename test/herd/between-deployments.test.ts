// Clients that `/nearest` hands on to a deployment of another zone: each counts there for its own address.

import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { edgeProxy } from "../support/edge-proxy.ts";
import { HerdApart } from "../support/herd-apart.ts";

const LONDON = "near=%2B51.51-0.13";
const GAVE_WAY = [1013, "gave way to a newer connection of its address"];

interface Client {
  /** What the server answers to a line. */
  say(line: string): Promise<string>;
  /** How the server closes it. */
  readonly closed: Promise<unknown[]>;
}

async function connectTo(url: string, headers: Record<string, string>): Promise<Client> {
  const socket = new WebSocket(url.replace("http", "ws"), { headers });
  onTestFinished(() => socket.terminate());
  const closed = (once(socket, "close") as Promise<[number, Buffer]>).then(([code, reason]) => [
    code,
    reason.toString(),
  ]);
  await once(socket, "open");
  return {
    closed,
    say: async (line) => {
      const answer = once(socket, "message") as Promise<[Buffer]>;
      socket.send(line);
      return (await answer)[0].toString();
    },
  };
}

test("[ED30] each has its own place there; who says an address without the herd's token has the one he comes from", async () => {
  const herd = await HerdApart.create();
  onTestFinished(() => herd.remove());
  const { servers, limits } = herd.config;
  herd.config = { ...herd.config, limits: { ...limits, connectionsPerAddress: 1 } };
  const bolden = herd.url("Bolden");
  await herd.start("Bolden");
  const edge = await edgeProxy(Number(new URL(bolden).port));
  herd.config = {
    ...herd.config,
    servers: servers.map((server) => (server.name === "Bolden" ? { ...server, url: edge } : server)),
  };
  await herd.start("Hamilton");
  const nearest = `${herd.url("Hamilton")}/nearest?${LONDON}`;
  const from = (address: string, more: Record<string, string> = {}) =>
    connectTo(nearest, { "CF-Connecting-IP": address, ...more });

  const first = await from("198.51.100.1");
  const second = await from("198.51.100.2");
  const third = await from("2001:db8:1::7");
  for (const client of [first, second, third]) expect(await client.say("HELLO")).toBe("? HELLO\n");

  // One more of an address takes the place of the first of that address alone.
  const again = await from("198.51.100.1");
  expect(await first.closed).toEqual(GAVE_WAY);
  // What a client says of itself is not handed on.
  const forging = await from("198.51.100.2", { "Herd-Client-Address": "203.0.113.9", "Herd-Peer-Token": "guessed" });
  expect(await second.closed).toEqual(GAVE_WAY);
  for (const client of [again, forging, third]) expect(await client.say("HELLO")).toBe("? HELLO\n");

  // Past /nearest, an address counts only with the token.
  const direct = `${edge}/servers/Bolden`;
  const claims: Record<string, string>[] = [
    { "Herd-Client-Address": "203.0.113.1" },
    { "Herd-Client-Address": "203.0.113.2", "Herd-Peer-Token": "guessed" },
    { "Herd-Client-Address": "203.0.113.3", "Herd-Peer-Token": `${herd.token}!` },
    { "Herd-Client-Address": "203.0.113.4", Authorization: `Bearer ${herd.token}` },
  ];
  let before: Client | undefined;
  for (const claim of claims) {
    const client = await connectTo(direct, claim);
    if (before !== undefined) expect(await before.closed).toEqual(GAVE_WAY);
    expect(await client.say("HELLO")).toBe("? HELLO\n");
    before = client;
  }
  for (const client of [again, forging, third]) expect(await client.say("HELLO")).toBe("? HELLO\n");
  expect(herd.printed("Bolden") + herd.printed("Hamilton")).not.toContain(herd.token);
});
