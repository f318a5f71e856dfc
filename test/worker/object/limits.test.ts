// Limits by connection and address in workerd: who is let in, who is sent away and how, and that nobody can say he is another.

import { evictDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { configure, eventually, freshId, postTo, statusOf, stubOf } from "../support/herd.ts";
import { connectTcp, WebSocketClient } from "../support/line-client.ts";

const LIMITS = { connections: 6, connectionsPerAddress: 2, commandsPerSecond: 1, commandsBurst: 5, clients: 1000 };
configure({ limits: { ...LIMITS, handshakeSeconds: 1 }, peers: { idleSeconds: 0.05 } });

const FULL_ADDRESS = { status: 429, title: "The server takes 2 connections of one address, and has them" };
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

async function expectRefused(answer: WebSocketClient | Response, problem: { status: number }): Promise<void> {
  if (!(answer instanceof Response)) throw new Error("Expected no connection");
  expect(answer.status).toBe(problem.status);
  expect(answer.headers.get("Retry-After")).toMatch(/^\d+$/);
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await answer.json()).toEqual(problem);
}

test("[LI1] [LI13] an address above its connections is answered 429, over WebSocket, POST and at the log, until one leaves", async () => {
  const address = freshAddress();
  const clients = [await opened("/servers/Alford", address), await opened("/servers/Alford/log", address)];
  const before = await statusOf("Alford");
  await expectRefused(await upgrade("/servers/Alford", address), FULL_ADDRESS);
  await expectRefused(await upgrade("/servers/Alford/log", address), FULL_ADDRESS);
  const body = `IAMAT ${freshId()} +1+1 1`;
  await expectRefused(await ask("/servers/Alford", address, { method: "POST", body }), FULL_ADDRESS);
  expect(await statusOf("Alford")).toMatchObject({ clients: before.clients, connections: before.connections });
  expect(await postTo("Alford", "HELLO"), "others").toBe("? HELLO\n");
  const [first, second] = clients;
  first?.close(1000, "enough");
  await first?.ends();
  const again = await eventually(
    () => upgrade("/servers/Alford", address),
    (answer) => answer instanceof WebSocketClient,
  );
  for (const client of [again, second]) if (client instanceof WebSocketClient) client.close(1000, "enough");
});

test("[LI1] a header of the herd's own, an address behind another and one of the same IPv6 network make no other address", async () => {
  const first = await opened("/servers/Bolden", "2001:db8:1:2::1", { "Herd-Client-Address": "192.0.2.200" });
  const second = await opened("/servers/Bolden", "2001:db8:1:2:ffff::1", { "X-Forwarded-For": "192.0.2.201" });
  const forged = { "Herd-Client-Address": "192.0.2.202", "X-Forwarded-For": "192.0.2.203", "X-Real-IP": "::1" };
  await expectRefused(await upgrade("/servers/Bolden", "2001:DB8:1:2:0::3", forged), FULL_ADDRESS);
  const mapped = [
    await opened("/servers/Bolden", "198.51.100.1"),
    await opened("/servers/Bolden", "::ffff:198.51.100.1"),
  ];
  await expectRefused(await upgrade("/servers/Bolden", "198.51.100.1"), FULL_ADDRESS);
  const other = await opened("/servers/Bolden", "2001:db8:1:3::1");
  for (const client of [first, second, ...mapped, other]) client.close(1000, "enough");
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
  await expectRefused(await upgrade("/servers/Parker", address), FULL_ADDRESS);
  for (const client of clients) client.close(1000, "enough");
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
