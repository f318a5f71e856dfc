// A herd as `npm start` runs it, and who may operate it: its user, and no page that this user visits.

import { readdir, readFile, stat } from "node:fs/promises";
import { request } from "node:http";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operatorsDirectory } from "../../src/cli/net/local-operator.ts";
import bundled from "../../herd.config.json" with { type: "json" };
import { HerdProcess, runScript } from "../support/herd-process.ts";

let herd: HerdProcess;

beforeAll(async () => {
  herd = await HerdProcess.create({ settings: { limits: { ...bundled.limits, origins: ["*"] } } });
  await herd.start();
});

afterAll(() => herd.remove());

/** As a browser sends it: `fetch` would set the host itself. */
function ask(
  path: string,
  method: string,
  headers: Record<string, string>,
  port = new URL(herd.url).port,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function states(): Promise<unknown> {
  const { servers } = (await (await fetch(`${herd.url}/herd`)).json()) as { servers: { status: object }[] };
  return servers.map(({ status }) => "epoch" in status && "isDrained" in status && [status.epoch, status.isDrained]);
}

/** The command, without a token of its own. */
function command(...args: string[]) {
  return runScript("herd.ts", args, { HERD_URL: herd.url, OPERATOR_TOKEN: "", HERD_TOKEN: "" });
}

function tokenFile(): string {
  return join(operatorsDirectory(), new URL(herd.url).port);
}

describe("a page that somebody visits", () => {
  test("[LI41] of any origin changes nothing, though it may use the herd, and with the token itself", async () => {
    const before = await states();
    for (const origin of ["https://evil.example", "http://localhost:3000", "null"])
      for (const token of ["", herd.operatorToken])
        for (const verb of ["drain", "down", "up", "resume", "epoch", "restore?at=2026-01-01T00:00:00Z"]) {
          const headers = { Origin: origin, ...(token !== "" && { Authorization: `Bearer ${token}` }) };
          expect([verb, await ask(`/servers/Alford/${verb}`, "POST", headers)]).toEqual([verb, 403]);
        }
    expect(await ask("/servers/Alford/log", "GET", { Origin: "https://evil.example" })).toBe(403);
    expect(await states()).toEqual(before);
  });

  test("[LI42] at a name that leads here reads neither the log nor a report, whatever it sets of what it may set", async () => {
    const { port } = new URL(herd.url);
    for (const name of ["evil.example", `evil.example:${port}`, `localhost.evil.example:${port}`])
      for (const headers of [
        {},
        { "MF-Original-URL": `${herd.url}/servers/Alford/log` },
        { "X-Forwarded-Proto": "http", "CF-Connecting-IP": "192.0.2.1" },
        { "X-Forwarded-Host": `localhost:${port}`, Forwarded: `host=localhost:${port}` },
      ])
        for (const path of ["/", "/servers/Alford/log", "/servers/Alford/reports", "/herd"])
          expect([path, await ask(path, "GET", { Host: name, ...headers })]).toEqual([path, 421]);
    // And a name that the runtime is told, while the browser tells the herd's.
    const told = { Host: `localhost:${port}`, "MF-Original-URL": "http://evil.example/herd" };
    expect(await ask("/", "GET", told)).toBe(421);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, "[::1]"])
      expect(await ask("/servers/Alford/log", "GET", { Host: host })).toBe(200);
  });
});

describe("the token of a start", () => {
  test("[HD8] [HD50] is printed, has 32 bytes, and without it nobody on this machine is an operator", async () => {
    expect(herd.operatorToken).toMatch(/^[\w-]{32}$/);
    const ofOthers: Record<string, string>[] = [{}, { Authorization: "Bearer guessed" }];
    for (const headers of ofOthers) expect(await ask("/servers/Alford/epoch", "POST", headers)).toBe(401);
    const own = { Authorization: `Bearer ${herd.operatorToken}`, Origin: herd.url, Host: new URL(herd.url).host };
    expect(await ask("/servers/Alford/epoch", "POST", own)).toBe(200);
  });

  test("[HD50] is in no log, no answer and no other file that others may read", async () => {
    for (const name of await readdir(herd.logs))
      expect(await readFile(join(herd.logs, name), "utf8")).not.toContain(herd.operatorToken);
    for (const path of ["/", "/herd", "/metrics", "/servers/Alford", "/servers/Alford/log"])
      expect(await (await fetch(`${herd.url}${path}`)).text()).not.toContain(herd.operatorToken);
    expect(operatorsDirectory().startsWith(homedir())).toBe(true);
    expect((await stat(tokenFile())).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(tokenFile()))).mode & 0o777).toBe(0o700);
  });

  test("[HC60] is found by operators' commands, which need no other", async () => {
    for (const args of [
      ["drain", "Bolden"],
      ["resume", "Bolden"],
      ["new-epoch", "Bolden"],
      ["up", "Bolden"],
    ]) {
      const { code, output } = await command(...args);
      expect([args, code, output]).toEqual([args, 0, expect.not.stringContaining(herd.operatorToken)]);
    }
    const asAddress = await command("drain", "Bolden", "--url", herd.url.replace("localhost", "127.0.0.1"));
    expect(asAddress.code).toBe(0);
    expect((await command("resume", "Bolden", "--token", "another")).output).toContain("does not take this token");
    expect((await command("resume", "Bolden")).code).toBe(0);
  });

  test("[HD50] ends with the herd, and the next one has another", async () => {
    const first = herd.operatorToken;
    await herd.stop();
    await expect(stat(tokenFile())).rejects.toThrow("ENOENT");
    await herd.start();
    const second = herd.operatorToken;
    expect(second).not.toBe(first);
    expect(await ask("/servers/Alford/epoch", "POST", { Authorization: `Bearer ${first}` })).toBe(401);
    // What a kill leaves behind is of no use to anybody, and is put right by the next start.
    await herd.kill();
    await herd.start();
    expect((await command("new-epoch", "Alford")).code).toBe(0);
    expect(await ask("/servers/Alford/epoch", "POST", { Authorization: `Bearer ${second}` })).toBe(401);
  });
});

test("[HC60] the token is shown to no other address than this machine's", async () => {
  const { operatorTokenFor } = await import("../../src/cli/net/local-operator.ts");
  const { port } = new URL(herd.url);
  expect(await operatorTokenFor(herd.url, undefined)).toBe(herd.operatorToken);
  expect(await operatorTokenFor(herd.url, "given")).toBe("given");
  for (const host of ["herd.example", "localhost.evil.example", "192.168.1.5", "127.0.0.1.evil.example"])
    expect(await operatorTokenFor(`http://${host}:${port}`, undefined)).toBeUndefined();
});

test("[LI42] a part of a herd answers also at the host of its own url, and of those of its settings", async () => {
  const servers = [
    { name: "Oslo", neighbours: ["Kyiv"], url: "http://oslo.example:9001" },
    { name: "Kyiv", neighbours: ["Oslo"], url: "http://kyiv.example:9002" },
  ];
  const settings = { servers, limits: { hosts: ["herd.example"] } };
  const part = await HerdProcess.create({ settings, secrets: { PEER_TOKEN: "the-token-that-all-parts-of-it-share" } });
  try {
    await part.start("--only", "Oslo");
    const { port } = new URL(part.url);
    const statuses = await Promise.all(
      ["oslo.example:9001", "herd.example", "kyiv.example:9002", "evil.example"].map((host) =>
        ask("/servers/Oslo", "GET", { Host: host }, port),
      ),
    );
    expect(statuses).toEqual([200, 200, 421, 421]);
  } finally {
    await part.remove();
  }
});

test("[HD50] a herd whose secrets have an operator's token prints and keeps none", async () => {
  const OPERATOR_TOKEN = "the-operators-own-token-of-this-test";
  const other = await HerdProcess.create({ secrets: { OPERATOR_TOKEN } });
  try {
    await other.start();
    expect(other.output).toContain(`The herd is up at ${other.url}: open it in a browser.`);
    expect(other.output).not.toMatch(/#operator|the-operators-own/);
    expect((await readdir(operatorsDirectory())).includes(new URL(other.url).port)).toBe(false);
    const { code } = await runScript("herd.ts", ["drain", "Alford"], { HERD_URL: other.url, OPERATOR_TOKEN });
    expect(code).toBe(0);
  } finally {
    await other.remove();
  }
});
