// A herd with a key for Google, which here is a server on the loopback: asked over real HTTP, from inside workerd.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HerdProcess } from "../support/herd-process.ts";
import { answering, listen } from "../support/loopback.ts";
import { sayOverTcp } from "../support/tcp-lines.ts";

const KEY = "a-key-that-nobody-may-see";

const GOOGLE_SAYS = {
  html_attributions: [],
  results: [
    { name: "Bruin Walk", geometry: { location: { lat: 34.07, lng: -118.445 } }, place_id: "g1", types: ["park"] },
    { name: "Far Away", geometry: { location: { lat: 40, lng: -118.445 } }, place_id: "g2" },
  ],
  status: "OK",
};

test("[WA3] [WA4] with a key Google answers; when it refuses, the embedded places do; the key is seen nowhere", async () => {
  let isRefusing = false;
  const google = await listen((request, response) => {
    const denied = { html_attributions: [], results: [], status: "REQUEST_DENIED", error_message: `no: ${KEY}` };
    answering(JSON.stringify(isRefusing ? denied : GOOGLE_SAYS))(request, response);
  });
  const herd = await HerdProcess.create({
    places: { googleLegacyUrl: google.base },
    secrets: { GOOGLE_PLACES_KEY: KEY },
  });
  onTestFinished(() => herd.remove());
  await herd.start();
  const port = herd.tcpPort("Bolden");
  const lines = "IAMAT kiwi +34.068930-118.445127 1400794645\nWHATSAT kiwi 10 5\n";

  const answered = await sayOverTcp(port, lines);
  expect(answered).toContain('"Bruin Walk"');
  expect(answered).not.toContain("Far Away");
  expect(google.requests).toHaveLength(1);
  expect(google.requests[0]?.pathname).toBe("/maps/api/place/nearbysearch/json");
  const asked = Object.fromEntries(google.requests[0]?.searchParams ?? []);
  expect(asked).toEqual({ location: "34.0689300,-118.4451270", radius: "10000", key: KEY });

  isRefusing = true;
  const mended = await sayOverTcp(port, lines);
  expect(mended).toContain('"Westwood"');

  const status = await (await fetch(`${herd.url}/servers/Bolden`)).text();
  const shown = await (await fetch(`${herd.url}/servers/Bolden/log`)).text();
  expect(shown).toContain('"event":"places failed"');
  await herd.stop();
  const files = await Promise.all((await readdir(herd.logs)).map((name) => readFile(join(herd.logs, name), "utf8")));
  for (const text of [answered, mended, status, shown, herd.output, ...files]) expect(text).not.toContain(KEY);
});
