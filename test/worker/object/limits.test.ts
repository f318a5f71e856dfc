// Limits by connection and address in workerd: who is let in, who is sent away and how, and that nobody can say he is another.

import { evictDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { configure, eventually, freshId, postTo, statusOf, stubOf } from "../support/herd.ts";
import { connectTcp, TcpClient, WebSocketClient } from "../support/line-client.ts";

const LIMITS = { connections: 6, connectionsPerAddress: 2, commandsPerSecond: 1, commandsBurst: 5, clients: 1000 };
configure({ limits: { ...LIMITS, handshakeSeconds: 1 }, peers: { idleSeconds: 0.05 } });

const FULL_SERVER = { status: 503, title: "The server takes 6 connections, and has them" };

let addresses = 0;

/** One that no other test uses. */
function freshAddress(): string {
  return `192.0.2.${++addresses}`;
}

function ask(path: string, address: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), "CF-Connecting-IP": address };
  return exports.default.fetch(`https://herd${path}`, { ...init, headers });
}

async function upgrade(
  path: string,
  address: string,
  headers: Record<string, string> = {},
): Promise<WebSocketClient | Response> {
  const response = await ask(path, address, { headers: { ...headers, Upgrade: "websocket" } });
  return response.webSocket === null ? response : new WebSocketClient(response.webSocket);
}

async function opened(path: string, address: string, headers: Record<string, string> = {}): Promise<WebSocketClient> {
  const client = await upgrade(path, address, headers);
  if (client instanceof Response) throw new Error(`Cannot upgrade at ${path}: HTTP ${client.status}`);
  return client;
}

/** A TCP connection to Alford, as its object is handed one from this address. */
function tcpOf(address: string): TcpClient {
  return new TcpClient(stubOf("Alford").connect(`${address}:1`));
}

async function expectRefused(answer: WebSocketClient | Response, problem: { status: number }): Promise<void> {
  if (!(answer instanceof Response)) throw new Error("Expected no connection");
  expect(answer.status).toBe(problem.status);
  expect(answer.headers.get("Retry-After")).toMatch(/^\d+$/);
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await answer.json()).toEqual(problem);
}

/** Its close reason, when the server closed it to make room. */
const GAVE_WAY = "1013 gave way to a newer connection of its address";

test("[LI1] [LI19] of an address above its connections the one that was silent for longest gives way", async () => {
  const address = freshAddress();
  const vanished = await opened("/servers/Alford", address);
  const alive = await opened("/servers/Alford", address);
  await alive.say("HELLO");
  await alive.hears(/HELLO\n$/);
  const third = await opened("/servers/Alford", address);
  expect((await vanished.ends()).closeReason).toBe(GAVE_WAY);
  await alive.say("HELLO");
  await alive.hears(/HELLO\n$/);
  // A POST and a follower of the log need a place too, and a follower is silent.
  const body = `IAMAT ${freshId()} +1+1 1`;
  expect(await (await ask("/servers/Alford", address, { method: "POST", body })).text()).toMatch(/^AT Alford /);
  expect((await third.ends()).closeReason).toBe(GAVE_WAY);
  const follower = await opened("/servers/Alford/log", address);
  await alive.say("HELLO");
  await alive.hears(/HELLO\n$/);
  const last = await opened("/servers/Alford", address);
  expect((await follower.ends()).closeReason).toBe(GAVE_WAY);
  expect(await postTo("Alford", "HELLO"), "others").toBe("? HELLO\n");
  for (const client of [alive, last]) client.close(1000, "enough");
});

test("[LI19] over TCP too, and vanished clients of both kinds lock nobody out", async () => {
  const address = freshAddress();
  const vanished = [tcpOf(address), await opened("/servers/Alford", address)];
  const alive = [tcpOf(address), tcpOf(address)];
  for (const client of alive) {
    await client.say("HELLO\n");
    await client.hears(/HELLO\n$/);
  }
  for (const client of vanished) await client.ends();
  for (const client of alive) await client.breakOff();
});

test("[LI1] a header of the herd's own, an address behind another and one of the same IPv6 network make no other address", async () => {
  const first = await opened("/servers/Bolden", "2001:db8:1:2::1", { "Herd-Client-Address": "192.0.2.200" });
  const second = await opened("/servers/Bolden", "2001:db8:1:2:ffff::1", { "X-Forwarded-For": "192.0.2.201" });
  const forged = { "Herd-Client-Address": "192.0.2.202", "X-Forwarded-For": "192.0.2.203", "X-Real-IP": "::1" };
  const third = await opened("/servers/Bolden", "2001:DB8:1:2:0::3", forged);
  expect((await first.ends()).closeReason).toBe(GAVE_WAY);
  const mapped = [
    await opened("/servers/Bolden", "198.51.100.1"),
    await opened("/servers/Bolden", "::ffff:198.51.100.1"),
  ];
  mapped.push(await opened("/servers/Bolden", "198.51.100.1"));
  expect((await mapped[0]?.ends())?.closeReason).toBe(GAVE_WAY);
  const other = await opened("/servers/Bolden", "2001:db8:1:3::1");
  for (const client of [second, third, ...mapped.slice(1), other]) client.close(1000, "enough");
});

test("[LI1] the server's connections are counted over all, this machine's and hibernating ones included", async () => {
  const server = "Hamilton";
  const clients = [
    await opened(`/servers/${server}`, freshAddress()),
    await opened(`/servers/${server}/log`, "127.0.0.1"),
  ];
  for (let n = 0; n < 3; n++) clients.push(await opened(`/servers/${server}`, "::1"));
  await evictDurableObject(stubOf(server));
  const tcp = connectTcp(server);
  await tcp.say("HELLO\n");
  await tcp.hears(/HELLO\n$/);
  await expectRefused(await upgrade(`/servers/${server}`, freshAddress()), FULL_SERVER);
  await expectRefused(await ask(`/servers/${server}`, "::1", { method: "POST", body: "HELLO" }), FULL_SERVER);
  const refused = connectTcp(server);
  expect((await refused.ends()).heard).toBe("");
  await tcp.breakOff();
  expect(
    await eventually(
      () => postTo(server, "HELLO"),
      (answer) => answer.startsWith("?"),
    ),
  ).toBe("? HELLO\n");
  for (const client of clients) client.close(1000, "enough");
});

test("[LI1] an address keeps its connections while the server hibernates under them", async () => {
  const address = freshAddress();
  const clients = [await opened("/servers/Parker", address), await opened("/servers/Parker/log", address)];
  await eventually(
    () => statusOf("Parker"),
    ({ neighbours }) => neighbours.every(({ link, isCaughtUp }) => link === "closed" && isCaughtUp),
  );
  await evictDurableObject(stubOf("Parker"));
  const third = await opened("/servers/Parker", address);
  const gone = await Promise.race(clients.map((client) => client.ends()));
  expect(gone.closeReason).toBe(GAVE_WAY);
  for (const client of [...clients, third]) client.close(1000, "enough");
});

test("[LI14] a WebSocket that says far too much is answered, then closed with 1008", async () => {
  const client = await opened("/servers/Powell", freshAddress());
  await client.say("HELLO\n".repeat(100));
  const { heard, closeReason } = await client.ends();
  expect(heard).toMatch(/^(?:\? HELLO\n){11,20}$/);
  expect(closeReason).toBe("1008 too many commands");
});

test("[LI14] a POST that says far too much is answered 429", async () => {
  const body = "HELLO\n".repeat(100);
  const answer = await ask("/servers/Powell", freshAddress(), { method: "POST", body });
  await expectRefused(answer, { status: 429, title: "too many commands" } as { status: number });
  const address = freshAddress();
  const some = await ask("/servers/Powell", address, { method: "POST", body: "HELLO\n".repeat(6) });
  expect(await some.text()).toBe("? HELLO\n".repeat(6));
});

test("[LI6] a TCP connection that finishes no line is told what it was to be answered, then closed", async () => {
  const [silent, slow] = [connectTcp("Powell"), connectTcp("Powell")];
  await slow.say("HELLO\nIAM");
  expect((await silent.ends()).heard).toBe("");
  expect((await slow.ends()).heard).toBe("? HELLO\n");
  expect(await postTo("Powell", "HELLO")).toBe("? HELLO\n");
});
