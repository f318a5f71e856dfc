// Draining a server of a running herd: its clients go to the next nearest server, and it catches up when it is resumed.

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

/** A client in London, at the server that takes it. */
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
  test("[ED7] [HC13] [HC16] [HC20] drain needs the operators' token, and says where to give it", async () => {
    for (const [token, what] of [
      ["wrong", "does not take this token"],
      ["", "asks for the operators' token"],
    ] as const) {
      const { code, output } = await operate("drain", "Bolden", token);
      expect(output).toContain(`Cannot drain "Bolden": the herd ${what}: set OPERATOR_TOKEN`);
      expect(code).toBe(1);
    }
  });

  test.each([
    ["Boldne", " Did you mean Bolden?"],
    ["hamilton", " Did you mean Hamilton?"],
    ["Xyzzyxyz", ""],
  ])("[HC20] [HC22] drain %s: no server has that name", async (name, hint) => {
    const { code, output } = await operate("drain", name);
    const servers = "Alford, Bolden, Hamilton, Parker, Powell";
    expect(output.trimEnd()).toBe(`Cannot drain "${name}": the herd's servers are ${servers}.${hint}`);
    expect(code).toBe(2);
  });

  test("[ED3] [ED5] [ED6] [ED19] [ED26] [HC22] drains a server and resumes it, and no client loses anything", async () => {
    const first = await connect();
    expect(first.server).toBe("Bolden");
    const early = await say(first.socket, "IAMAT early +51.5-0.1 1400794645");
    const closed = once(first.socket, "close") as Promise<[number, Buffer]>;

    const drained = await operate("drain", "Bolden");
    expect(drained.output).toContain("Bolden is out of service: 1 clients known, 0 connections left.");
    expect(drained.code).toBe(0);
    const [code, reason] = await closed;
    expect([code, reason.toString()]).toEqual([1001, "Bolden is taken out of service: connect to /nearest"]);
    expect(await sayOverTcp(herd.tcpPort("Bolden"), "IAMAT nobody +1+1 1\n").catch(() => "")).toBe("");

    const next = await connect();
    expect(next.server).toBe("Parker");
    // The next server knows what the drained one took before.
    await expect.poll(() => say(next.socket, "IAMAT early +51.5-0.1 1")).toBe(early);
    const late = await say(next.socket, "IAMAT late +51.6-0.2 1400794646");
    expect(late).toMatch(/^AT Parker /);
    next.socket.close();

    await herd.stop();
    await herd.start();
    const still = await connect();
    expect(still.server).toBe("Parker");
    still.socket.close();

    expect(await operate("resume", "Bolden")).toMatchObject({
      code: 0,
      output: expect.stringContaining("Bolden is in service"),
    });
    const back = await connect();
    expect(back.server).toBe("Bolden");
    await expect.poll(() => sayOverTcp(herd.tcpPort("Bolden"), "WHATSAT late 1 1\n")).toContain(late);
    back.socket.close();
    expect(herd.output).not.toContain(TOKEN);
  });

  test("[HC48] down and up with a server's name are the earlier names of drain and resume", async () => {
    const drained = await operate("down", "Powell");
    expect(drained.output).toContain("Powell is out of service");
    expect(drained.output).toContain("`npm run herd -- resume Powell` brings it back");
    const resumed = await operate("up", "Powell");
    expect(resumed.output).toContain("Powell is in service");
    expect([drained.code, resumed.code]).toEqual([0, 0]);
    const { output: help } = await runScript("herd.ts", ["--help"]);
    expect(help).toMatch(/^ +drain\|down .*\n +resume /m);
  });
});
