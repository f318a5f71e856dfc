// A herd with a key for Google. A server on the loopback plays Google; workerd asks it over real HTTP.

import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { HerdProcess } from "../support/herd-process.ts";
import { answering, listen } from "../support/loopback.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

const KEY = "a-key-that-nobody-may-see";

const AT_HOME = "IAMAT kiwi +34.068930-118.445127 1400794645\n";

const NEW_SAYS = {
  places: [
    { displayName: { text: "Bruin Walk" }, location: { latitude: 34.07, longitude: -118.445 }, id: "g1" },
    { displayName: { text: "Far Away" }, location: { latitude: 40, longitude: -118.445 }, id: "g2" },
  ],
};
const LEGACY_SAYS = {
  html_attributions: [],
  results: [{ name: "Powell Library", geometry: { location: { lat: 34.0716, lng: -118.4422 } }, place_id: "g3" }],
  status: "OK",
};

/** Both of Google's APIs at one address; the path tells which one is asked. */
class StandIn {
  newApi: RequestListener = answering(JSON.stringify(NEW_SAYS));
  legacyApi: RequestListener = answering(JSON.stringify(LEGACY_SAYS));

  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    const isNew = request.url === "/v1/places:searchNearby";
    (isNew ? this.newApi : this.legacyApi)(request, response);
  };
}

async function herdAsking(base: string, places: Record<string, unknown> = {}): Promise<HerdProcess> {
  const herd = await HerdProcess.create({
    places: { googleUrl: base, googleLegacyUrl: base, retrySeconds: 0.01, ...places },
    secrets: { GOOGLE_PLACES_KEY: KEY },
  });
  onTestFinished(() => herd.remove());
  await herd.start();
  return herd;
}

/** Everything that the herd wrote: its logs and the files of its objects. */
async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== "secrets.env");
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "latin1")));
}

test("[WA3] [WA4] [WA5] Google answers; when it refuses, the next does; the key is seen nowhere", async () => {
  const standIn = new StandIn();
  const google = await listen(standIn.answer);
  const herd = await herdAsking(google.base);
  const ask = () => sayOverTcp(herd.tcpPort("Bolden"), `${AT_HOME}WHATSAT kiwi 10 5\n`);
  const denial = JSON.stringify({ error: { code: 403, status: "PERMISSION_DENIED", message: `not with ${KEY}` } });
  const legacyDenial = JSON.stringify({ results: [], status: "REQUEST_DENIED", error_message: `no: ${KEY}` });

  const byNewApi = await ask();
  expect(byNewApi).toContain('"Bruin Walk"');
  expect(byNewApi).toContain('"provider": "google"');
  expect(byNewApi).not.toContain("Far Away");
  expect(google.requests).toHaveLength(1);

  standIn.newApi = answering(denial, { status: 403 });
  const byLegacyApi = await ask();
  expect(byLegacyApi).toContain('"Powell Library"');
  expect(byLegacyApi).toContain('"provider": "google-legacy"');

  standIn.legacyApi = answering(legacyDenial);
  const embedded = await ask();
  expect(embedded).toContain('"Westwood"');
  expect(embedded).toContain('"provider": "embedded"');

  const status = await (await fetch(`${herd.url}/servers/Bolden`)).text();
  const shown = await (await fetch(`${herd.url}/servers/Bolden/log`)).text();
  const whole = await (await fetch(`${herd.url}/herd`)).text();
  expect(shown.match(/"event":"places failed"/g)).toHaveLength(3);
  expect(JSON.parse(status)).toMatchObject({
    places: [
      { name: "google", circuit: "closed", requestsToday: 5, terms: { keep: "place ids" } },
      { name: "google-legacy", circuit: "closed", requestsToday: 5, terms: { keep: "place ids" } },
      { name: "embedded", terms: { keep: "answers" } },
    ],
  });
  await herd.stop();
  const written = await filesOf(herd.directory);
  expect(written.some((text) => text.includes("places failed"))).toBe(true);
  for (const text of [byNewApi, byLegacyApi, embedded, status, shown, whole, herd.output, ...written])
    expect(text).not.toContain(KEY);
});

test("[WA6] a thousand equal WHATSATs at once, on four connections, are one request to Google", async () => {
  const standIn = new StandIn();
  const google = await listen(standIn.answer);
  const herd = await herdAsking(google.base, { providers: ["google"] });
  const answered = standIn.newApi;
  const held = Promise.withResolvers<void>();
  standIn.newApi = (request, response) => void held.promise.then(() => answered(request, response));

  await sayOverTcp(herd.tcpPort("Bolden"), AT_HOME);
  const lines = "WHATSAT kiwi 10 1\n".repeat(250);
  const asked = Promise.all(Array.from({ length: 4 }, () => sayOverTcp(herd.tcpPort("Bolden"), lines)));
  const questions = async () => (await herd.logOf("Bolden")).filter(({ event }) => event === "places asked");
  await vi.waitFor(async () => expect(await questions()).toHaveLength(1000), { timeout: 30_000 });
  held.resolve();

  const answers = (await asked).join("");
  expect(answers.match(/"Bruin Walk"/g)).toHaveLength(1000);
  expect(google.requests).toHaveLength(1);

  // The terms forbid to keep an answer, so there is a second request.
  await sayOverTcp(herd.tcpPort("Bolden"), "WHATSAT kiwi 10 1\n");
  expect(google.requests).toHaveLength(2);
});

test("[WA6] when the requests of a day are used up, the next provider answers, also after a restart", async () => {
  const google = await listen(new StandIn().answer);
  const herd = await herdAsking(google.base, { providers: ["google", "embedded"], dailyRequests: 1 });
  const ask = () => sayOverTcp(herd.tcpPort("Bolden"), `${AT_HOME}WHATSAT kiwi 10 1\n`);
  expect(await ask()).toContain('"provider": "google"');
  expect(await ask()).toContain('"provider": "embedded"');
  await herd.stop();
  await herd.start();
  expect(await ask()).toContain('"provider": "embedded"');
  expect(google.requests).toHaveLength(1);
  await vi.waitFor(() => expect(herd.output).toMatch(/places failed .*status=OVER_QUERY_LIMIT .*1 requests a day/));
});
