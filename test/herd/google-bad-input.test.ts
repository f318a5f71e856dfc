// Wrong answers in Google's place, in a whole herd: each WHATSAT gets an answer of the right form (WA4), the log gets one line, and
// no other client waits.

import type { RequestListener } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { PlacesAnswer } from "../../src/core/protocol/places.ts";
import { GOOGLE_APIS, type GoogleApi } from "../places/samples.ts";
import { HerdProcess } from "../support/herd-process.ts";
import { answering, listen, refusingBase } from "../support/loopback.ts";

const HUGE = Buffer.alloc(30 * 1024 * 1024, " ");
const ODD_NAME = "a\n\n\nb\r\u0000\u001b[31m\u0085c\u2028d\u2029";

interface Row {
  readonly what: string;
  readonly answer: RequestListener;
  readonly status: PlacesAnswer["status"];
  readonly names?: readonly string[];
}

function http(status: number): RequestListener {
  return answering("<h1>Sorry</h1>", { status });
}

function rowsOf(api: GoogleApi): readonly Row[] {
  const good = api.search(1);
  const begun: RequestListener = (request, response) => {
    response.write(good.slice(0, 20), () => request.socket.resetAndDestroy());
  };
  return [
    { what: "HTTP 400", answer: http(400), status: "INVALID_REQUEST" },
    { what: "HTTP 403", answer: http(403), status: "REQUEST_DENIED" },
    { what: "HTTP 404", answer: http(404), status: "NOT_FOUND" },
    { what: "HTTP 429", answer: http(429), status: "OVER_QUERY_LIMIT" },
    { what: "HTTP 500", answer: http(500), status: "UNKNOWN_ERROR" },
    { what: "HTTP 503", answer: http(503), status: "UNKNOWN_ERROR" },
    { what: "HTML", answer: answering("<!doctype html><h1>Sign in</h1>"), status: "UNKNOWN_ERROR" },
    { what: "truncated JSON", answer: answering(good.slice(0, -9)), status: "UNKNOWN_ERROR" },
    { what: "an empty body", answer: answering(""), status: "UNKNOWN_ERROR" },
    { what: "30 MB", answer: (_, response) => void response.end(HUGE), status: "UNKNOWN_ERROR" },
    { what: "no list of places", answer: answering('{"status":"OK"}'), status: "UNKNOWN_ERROR" },
    { what: "a place without geometry", answer: answering(api.searchWith([api.nowhere])), status: "ZERO_RESULTS" },
    { what: "a name of many lines", answer: answering(api.searchNamed(ODD_NAME)), status: "OK", names: [ODD_NAME] },
    { what: "a redirect", answer: answering("", { status: 302, headers: { location: "/" } }), status: "UNKNOWN_ERROR" },
    { what: "a reset", answer: (request) => void request.socket.resetAndDestroy(), status: "UNKNOWN_ERROR" },
    { what: "a reset in mid-body", answer: begun, status: "UNKNOWN_ERROR" },
    { what: "headers, then silence", answer: (_, response) => response.flushHeaders(), status: "UNKNOWN_ERROR" },
  ];
}

async function herdAsking(places: Record<string, unknown>): Promise<HerdProcess> {
  const herd = await HerdProcess.create({
    places: { timeoutSeconds: 2, retrySeconds: 0.01, circuitFailures: 1000, ...places },
    secrets: { GOOGLE_PLACES_KEY: "a-key" },
  });
  onTestFinished(() => herd.remove());
  await herd.start();
  await say(herd, "IAMAT kiwi +34.06893-118.445127 1");
  return herd;
}

async function say(herd: HerdProcess, lines: string): Promise<string> {
  const response = await fetch(`${herd.url}/servers/Bolden`, { method: "POST", body: lines });
  return response.text();
}

/** The places of an answer in the form of WA3. */
function placesIn(answer: string): PlacesAnswer {
  const [, json = ""] = /^AT Bolden [^\n]+\n(\{\n[^]*\n\})\n\n$/.exec(answer) ?? [];
  expect(json).not.toMatch(/\n\n|[\u0085\u2028\u2029\r]/);
  return JSON.parse(json) as PlacesAnswer;
}

async function failuresLogged(herd: HerdProcess): Promise<number> {
  const log = await (await fetch(`${herd.url}/servers/Bolden/log`)).text();
  return log.match(/"event":"places failed"/g)?.length ?? 0;
}

describe.each(GOOGLE_APIS)("$name", (api) => {
  test("[WA3] [WA4] gets every answer right, however wrong Google's is", async () => {
    let { answer } = rowsOf(api)[0] ?? {};
    const { base } = await listen((request, response) => answer?.(request, response));
    const herd = await herdAsking({ providers: [api.name], googleUrl: base, googleLegacyUrl: base });
    const outcomes: unknown[] = [];
    for (const row of rowsOf(api)) {
      ({ answer } = row);
      const before = await failuresLogged(herd);
      let isAnswered = false;
      const asked = say(herd, "WHATSAT kiwi 10 5").finally(() => (isAnswered = true));
      // This client is answered meanwhile, because it does not need Google.
      expect(await say(herd, "IAMAT wiki +1+1 1")).toMatch(/^AT /);
      if (row.what === "headers, then silence") expect(isAnswered).toBe(false);
      const { status, results, error_message } = placesIn(await asked);
      const isFailure = error_message !== undefined && error_message !== "";
      const names = results.map(({ name }) => name);
      outcomes.push({ what: row.what, status, names, isFailure, lines: (await failuresLogged(herd)) - before });
    }
    expect(outcomes).toEqual(
      rowsOf(api).map(({ what, status, names = [] }) => {
        const isFailure = status !== "OK" && status !== "ZERO_RESULTS";
        return { what, status, names, isFailure, lines: isFailure ? 1 : 0 };
      }),
    );
  });
});

test("[WA4] [WA5] if no provider answers, each is tried, and the answer says so", async () => {
  const base = await refusingBase();
  const herd = await herdAsking({ providers: ["google", "google-legacy"], googleUrl: base, googleLegacyUrl: base });
  const { status, results, error_message } = placesIn(await say(herd, "WHATSAT kiwi 10 5"));
  expect({ status, results }).toEqual({ status: "UNKNOWN_ERROR", results: [] });
  expect(error_message).toMatch(/could not be reached.*could not be reached/);
  expect(await failuresLogged(herd)).toBe(2);
});
