// A herd that asks for tokens, as a person runs it: `npm start`, a token of `npm run herd -- token`, a browser's subprotocol, and
// TCP. And a herd whose keys are published at an address.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { HerdProcess, runScript } from "../support/herd-process.ts";
import { listen } from "../support/loopback.ts";
import { AUDIENCE, keyPair, runSignedHerd } from "../support/signed-herd.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

const SECRET = "the-secret-of-this-herd-is-in-its-own-file-alone";

let herd: HerdProcess;

beforeAll(async () => {
  herd = await HerdProcess.create({ settings: { auth: { audience: "this-herd" } }, secrets: { AUTH_SECRET: SECRET } });
  await herd.start();
});

afterAll(() => herd.remove());

/** Runs `npm run herd -- token` for this herd. */
function makeToken(...args: readonly string[]) {
  return runScript("herd.ts", ["token", "--config", herd.configFile, "--secrets", herd.secretsFile, ...args]);
}

async function tokenFor(...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await makeToken(...args);
  if (code !== 0) throw new Error(output);
  return stdout.trim();
}

async function post(line: string, token: string): Promise<[number, string]> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${herd.url}/servers/Alford`, { method: "POST", body: line, headers });
  return [response.status, await response.text()];
}

describe("npm run herd -- token", () => {
  test("[AC9] prints only a token, which admits its client and no other", async () => {
    const { code, output, stdout } = await makeToken("--client", "kiwi");
    expect([code, output]).toEqual([0, stdout]);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(await post("IAMAT kiwi +1+1 1", stdout.trim())).toEqual([200, expect.stringMatching(/^AT Alford /)]);
    expect(await post("IAMAT emu +1+1 1", stdout.trim())).toEqual([200, "? IAMAT emu +1+1 1\n"]);
    const claims = JSON.parse(Buffer.from(stdout.split(".")[1] ?? "", "base64url").toString()) as {
      iat: number;
      exp: number;
    };
    expect(claims).toEqual({ sub: "kiwi", aud: "this-herd", iat: claims.iat, exp: claims.iat + 86_400 });
  });

  test("[AC9] makes one that asks about others, and an operator's", async () => {
    const asking = await tokenFor("--client", "emu", "--asks", "ki*", "--expires", "10m");
    expect((await post("WHATSAT kiwi 1 1", asking))[1]).toMatch(/^AT Alford /);
    const log = `${herd.url}/servers/Alford/log`;
    expect((await fetch(log, { headers: { Authorization: `Bearer ${asking}` } })).status).toBe(403);
    const operator = await tokenFor("--operator");
    expect((await fetch(log, { headers: { Authorization: `Bearer ${operator}` } })).status).toBe(200);
  });

  test.each([
    ["no client", [], /without a client: name one with --client/],
    ["no time", ["--client", "kiwi", "--expires", "soon"], /Give a number and s, m, h, d or w/],
    ["a time of nothing", ["--client", "kiwi", "--expires", "0h"], /Give a number/],
  ])("[AC9] [HC17] [HC20] with %s says what to do, and prints no token", async (_, args, says) => {
    const { code, output, stdout } = await makeToken(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(output).toMatch(says);
  });

  test("[AC9] without a secret says where to put it", async () => {
    const file = join(herd.directory, "empty.env");
    await writeFile(file, "");
    const { code, output, stdout } = await makeToken("--client", "kiwi", "--secrets", file);
    expect([code, stdout]).toEqual([1, ""]);
    expect(output).toContain(`AUTH_SECRET is neither in the environment nor in ${file}`);
  });

  test("[AC9] with a secret that is too short says so, and not what it is", async () => {
    const args = ["token", "--client", "kiwi"];
    const { code, output } = await runScript("herd.ts", args, { AUTH_SECRET: "s3cret" });
    expect(code).toBe(1);
    expect(output).toMatch(/it has 6 bytes/);
    expect(output).not.toContain("s3cret");
  });
});

describe("a herd with auth", () => {
  test("[AC7] takes a browser's WebSocket with the token as a subprotocol, and selects herd", async () => {
    const token = await tokenFor("--client", "ada");
    const socket = new WebSocket(`${herd.url.replace("http", "ws")}/servers/Hamilton`, ["herd", `bearer.${token}`]);
    const heard = new Promise((resolve, reject) => {
      socket.once("message", (data: Buffer) => resolve(data.toString())).once("error", reject);
      socket.once("open", () => socket.send("IAMAT ada +1+1 1"));
    });
    expect(await heard).toMatch(/^AT Hamilton \S+ ada /);
    expect(socket.protocol).toBe("herd");
    socket.terminate();
  });

  test.each([
    ["iamat", "kiwi", "+1+1"],
    ["whatsat", "kiwi"],
    ["watch", "kiwi"],
    ["connect", "Alford"],
    ["load"],
    ["gateway", "--first-port", "20000"],
  ])(
    "[HC16] [HC20] [HC21] %s without a token, or with a wrong one, says what to do, and does not print the token",
    async (...args) => {
      const HERD_URL = herd.url;
      const none = await runScript("herd.ts", args, { HERD_URL, HERD_TOKEN: "" });
      expect(none.output).toMatch(/^Cannot connect[^:]*: the herd asks for a token: set HERD_TOKEN, or give --token/);
      expect(none.code).toBe(1);
      const wrong = await runScript("herd.ts", args, { HERD_URL, HERD_TOKEN: "wrong.token.here" });
      expect(wrong.output).toMatch(/^Cannot connect[^:]*: the herd does not take this token/);
      expect(wrong.output).not.toContain("wrong.token");
      expect(wrong.code).toBe(1);
    },
  );

  test("[AC7] [HC13] [HC15] testservers shows the token of HERD_TOKEN", async () => {
    const HERD_TOKEN = await tokenFor("--operator");
    expect((await runScript("testservers.ts", ["--url", herd.url], { HERD_TOKEN })).code).toBe(0);
  });

  test("[AC8] says over TCP why it takes nothing there", async () => {
    const answer = await sayOverTcp(herd.tcpPort("Alford"), "IAMAT kiwi +9+9 9\n");
    expect(answer).toMatch(/^\? This herd asks for a token, which TCP lines cannot show: [^\n]*\n$/);
  });

  test("[AC21] neither prints a token or the secret, nor writes them to its log files", async () => {
    const token = await tokenFor("--client", "kiwi");
    await post("IAMAT kiwi +1+1 2", token);
    await post("IAMAT kiwi +1+1 2", `${token}x`);
    const files = await readdir(herd.logs);
    const logs = await Promise.all(files.map((file) => readFile(join(herd.logs, file), "utf8")));
    const all = [herd.output, ...logs].join("\n");
    expect(all).toContain("IAMAT kiwi +1+1 2");
    for (const part of [SECRET, ...token.split(".").slice(1)]) expect(all).not.toContain(part);
  });
});

describe("a herd that lacks its secret", () => {
  test("[AC13] [AC22] [HC20] [HC51] tells each command at once that it cannot check tokens, and its log why", async () => {
    const run = await runSignedHerd({});
    try {
      const token = await tokenFor("--client", "kiwi");
      const commands = [
        ["iamat", "kiwi", "+1+1"],
        ["whatsat", "kiwi"],
        ["watch", "kiwi"],
        ["connect", "Alford"],
      ];
      const outcomes = await Promise.all(
        commands.map((command) => runScript("herd.ts", [...command, "--token", token, "--url", run.url])),
      );
      for (const { code, output } of outcomes) {
        expect(output).toContain(
          "The herd cannot check tokens: it lacks the secret that signs them; its log says more",
        );
        expect(code).toBe(1);
      }
    } finally {
      await run.end();
    }
  });
});

describe("a herd whose keys are published at an address", () => {
  test("[AC2] [AC13] trusts the keys at that address, takes new ones, and admits no client without them", async () => {
    const [first, second] = await Promise.all(["first", "second"].map(keyPair));
    if (first === undefined || second === undefined) throw new Error("Expected keys");
    let status = 500;
    let keys = [first.jwk];
    const site = await listen((_request, response) => response.writeHead(status).end(JSON.stringify({ keys })));
    const printed: string[] = [];
    const run = await runSignedHerd(
      {
        algorithms: ["ES256"],
        audience: AUDIENCE,
        jwksUrl: `${site.base}/keys`,
        jwksAgainSeconds: 0.001,
        jwksRetrySeconds: 0.001,
      },
      printed,
    );
    try {
      expect(await run.answerTo(await first.token())).toMatchObject({ status: 503 });
      expect(printed.join("\n")).toContain("Cannot check tokens: the public keys cannot be used");
      status = 200;
      expect(await run.answerTo(await first.token())).toMatchObject({ status: 200 });
      const { length } = site.requests;
      expect(await run.answerTo(await first.token())).toMatchObject({ status: 200 });
      expect(site.requests, "requests for a key that is known").toHaveLength(length);
      expect(await run.answerTo(await second.token())).toMatchObject({ status: 401 });
      keys = [first.jwk, second.jwk];
      expect(await run.answerTo(await second.token())).toMatchObject({ status: 200 });
    } finally {
      await run.end();
    }
  });
});
