// A server taken out of service on a herd that runs: its clients go to the next nearest, and it catches up when it is back.

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { HerdProcess, runScript, type ScriptOutcome } from "../support/herd-process.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

const TOKEN = "the-operators-token-of-this-herd";
const LONDON = "?near=%2B51.51-0.13";

let herd: HerdProcess;

beforeAll(async () => {
  herd = await HerdProcess.create({ secrets: { OPERATOR_TOKEN: TOKEN } });
  await herd.start();
});

afterAll(() => herd.remove());

function operate(word: string, name: string, token = TOKEN): Promise<ScriptOutcome> {
  return runScript("herd.ts", [word, name, "--url", herd.url], { OPERATOR_TOKEN: token });
}

/** A client in London, at whatever server takes it. */
async function connect(): Promise<{ socket: WebSocket; server: string | undefined }> {
  const socket = new WebSocket(`${herd.url.replace("http", "ws")}/nearest${LONDON}`);
  const upgraded = once(socket, "upgrade") as Promise<[IncomingMessage]>;
  await once(socket, "open");
  const [{ headers }] = await upgraded;
  return { socket, server: headers["herd-server"]?.toString() };
}

async function say(socket: WebSocket, line: string): Promise<string> {
  const answer = once(socket, "message") as Promise<[Buffer]>;
  socket.send(line);
  return (await answer)[0].toString();
}

describe("npm run herd", () => {
  test("[ED7] down and up need the operators' token, and say where to give it", async () => {
    for (const [token, what] of [
      ["wrong", "does not take this token"],
      ["", "asks for the operators' token"],
    ] as const) {
      const { code, output } = await operate("down", "Bolden", token);
      expect(output).toContain(`Cannot take Bolden down: the herd ${what}: set OPERATOR_TOKEN`);
      expect(code).toBe(1);
    }
  });

  test.each([
    ["Boldne", " Did you mean Bolden?"],
    ["hamilton", " Did you mean Hamilton?"],
    ["Xyzzyxyz", ""],
  ])("[ED7] down %s: no server has that name", async (name, hint) => {
    const { code, output } = await operate("down", name);
    const servers = "Alford, Bolden, Hamilton, Parker, Powell";
    expect(output.trimEnd()).toBe(`Cannot take "${name}" down: the herd's servers are ${servers}.${hint}`);
    expect(code).toBe(1);
  });

  test("[ED3] [ED4] [ED5] [ED6] takes a server out of service and brings it back, and no client loses anything", async () => {
    const first = await connect();
    expect(first.server).toBe("Bolden");
    const early = await say(first.socket, "IAMAT early +51.5-0.1 1400794645");
    const closed = once(first.socket, "close") as Promise<[number, Buffer]>;

    const down = await operate("down", "Bolden");
    expect(down.output).toContain("Bolden is out of service: 1 clients known, 0 connections left.");
    expect(down.code).toBe(0);
    const [code, reason] = await closed;
    expect([code, reason.toString()]).toEqual([1001, "Bolden is taken out of service: connect to /nearest"]);
    expect(await sayOverTcp(herd.tcpPort("Bolden"), "IAMAT nobody +1+1 1\n").catch(() => "")).toBe("");

    const next = await connect();
    expect(next.server).toBe("Parker");
    // What the server took before it went is not lost to those who ask the next one.
    await expect.poll(() => say(next.socket, "IAMAT early +51.5-0.1 1")).toBe(early);
    const late = await say(next.socket, "IAMAT late +51.6-0.2 1400794646");
    expect(late).toMatch(/^AT Parker /);
    next.socket.close();

    await herd.stop();
    await herd.start();
    const still = await connect();
    expect(still.server).toBe("Parker");
    still.socket.close();

    expect(await operate("up", "Bolden")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Bolden is in service"),
    });
    const back = await connect();
    expect(back.server).toBe("Bolden");
    await expect.poll(() => sayOverTcp(herd.tcpPort("Bolden"), "WHATSAT late 1 1\n")).toContain(late);
    back.socket.close();
    expect(herd.output).not.toContain(TOKEN);
  });
});
