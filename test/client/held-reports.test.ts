// Every report that a herd holds, from servers that do not answer at once.

import type { RequestListener } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { connect, type Herd, type HerdOptions } from "../../src/client/herd.ts";
import { PlayedServer } from "../support/played-server.ts";

const SETTINGS = { retrySecondsMin: 0.01, retrySecondsMax: 0.02 } as const;

function herdAt({ url }: PlayedServer, options: Partial<HerdOptions> = {}): Herd {
  const herd = connect({ url, server: "Alford", ...options, settings: { ...SETTINGS, ...options.settings } });
  onTestFinished(() => herd.close());
  return herd;
}

function page(next: string | null, ...clients: readonly string[]): string {
  const reports = clients.map((client) => `AT Alford +0.000000000 ${client} +1+1 1`);
  return JSON.stringify({ reports, next });
}

function problem(status: number): RequestListener {
  return (_request, response) => response.writeHead(status).end(JSON.stringify({ status, title: "Not now" }));
}

test("[CL10] [CL20] [CL34] pages follow each other, with the token; a page that fails comes from the next server", async () => {
  const played = await PlayedServer.start();
  const asked: string[] = [];
  played.onRequest = (request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    if (asked.length === 2) problem(503)(request, response);
    else response.end(asked.length === 1 ? page("b&c", "a", "b&c") : page(null, "d"));
  };
  const herd = herdAt(played, { server: ["Alford", "Bolden"], token: "a.b.c" });
  const clients = [];
  for await (const { client } of herd.reports()) clients.push(client);
  expect(clients).toEqual(["a", "b&c", "d"]);
  expect(asked).toEqual([
    "/servers/Alford/reports Bearer a.b.c",
    "/servers/Alford/reports?after=b%26c Bearer a.b.c",
    "/servers/Bolden/reports?after=b%26c Bearer a.b.c",
  ]);
});

test.each([
  { status: 403, code: "token refused" },
  { status: 404, code: "invalid" },
  { status: 503, code: "unreachable" },
])("[CL22] [CL23] [CL34] HTTP $status is thrown as $code", async ({ status, code }) => {
  const played = await PlayedServer.start();
  played.onRequest = problem(status);
  const herd = herdAt(played, { settings: { timeoutSeconds: 0.05 } });
  await expect(herd.reports().next()).rejects.toMatchObject({ name: "HerdError", code });
});

test("[CL24] an aborted signal ends it with its reason", async () => {
  const played = await PlayedServer.start();
  const stop = new AbortController();
  played.onRequest = (request, response) => {
    problem(503)(request, response);
    stop.abort(new Error("enough"));
  };
  await expect(herdAt(played).reports({ signal: stop.signal }).next()).rejects.toThrow("enough");
});
