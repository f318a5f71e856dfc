// The nearest server in another deployment: a POST is redirected there, a WebSocket is carried there, and a server that was killed
// is skipped.

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { HerdApart } from "../support/herd-apart.ts";

const LONDON = "near=%2B51.51-0.13";

let herd: HerdApart;

beforeAll(async () => {
  herd = await HerdApart.create();
  await herd.start();
});

afterAll(() => herd.remove());

function post(query: string, lines: string, redirect: "manual" | "follow"): Promise<Response> {
  return fetch(`${herd.url("Hamilton")}/nearest?${query}`, { method: "POST", body: lines, redirect });
}

async function sayOverWebSocket(query: string, line: string): Promise<{ answer: string; server: unknown }> {
  const socket = new WebSocket(`${herd.url("Hamilton").replace("http", "ws")}/nearest?${query}`);
  const upgraded = once(socket, "upgrade") as Promise<[IncomingMessage]>;
  await once(socket, "open");
  const heard = once(socket, "message") as Promise<[Buffer]>;
  socket.send(line);
  const [[{ headers }], [answer]] = await Promise.all([upgraded, heard]);
  socket.close();
  return { answer: answer.toString(), server: headers["herd-server"] };
}

describe("a server of another deployment that is nearest", () => {
  test("[ED15] [ED16] is where a POST is redirected, without `near` but with all other parameters", async () => {
    const response = await post(`${LONDON}&unknown=reject`, "WHATSAT nobody 1 1", "manual");
    expect(response.status).toBe(307);
    expect(response.headers.get("Herd-Server")).toBe("Bolden");
    expect(response.headers.get("Location")).toBe(`${herd.url("Bolden")}/servers/Bolden?unknown=reject`);
    const followed = await post(`${LONDON}&unknown=reject`, "WHATSAT nobody 1 1", "follow");
    expect(await followed.text()).toBe("? WHATSAT nobody 1 1\n");
  });

  test("[ED15] [ED17] is reached by a WebSocket through this deployment", async () => {
    const { answer, server } = await sayOverWebSocket(`${LONDON}&unknown=reject`, "WHATSAT nobody 1 1");
    expect([answer, server]).toEqual(["? WHATSAT nobody 1 1\n", "Bolden"]);
  });

  test("[ED3] is skipped when it was killed", async () => {
    await herd.kill("Bolden");
    expect((await post(LONDON, "HELLO", "manual")).headers.get("Location")).toBe(
      `${herd.url("Parker")}/servers/Parker`,
    );
    const { answer, server } = await sayOverWebSocket(LONDON, "IAMAT kiwi +51.5-0.1 1");
    expect(server).toBe("Parker");
    expect(answer).toMatch(/^AT Parker /);
    const choice = await fetch(`${herd.url("Hamilton")}/nearest?${LONDON}`);
    expect(await choice.json()).toMatchObject({
      server: "Parker",
      url: herd.url("Parker"),
      candidates: [{ server: "Bolden" }, { outcome: "chosen" }, {}, {}, {}],
    });
  });
});
