import { describe, expect, test } from "vitest";

import { GOOGLE_BODY_BYTES, googleLegacy } from "../../src/places/google-legacy.ts";
import type { PlacesOutcome } from "../../src/places/provider.ts";
import { answering, listen, refusingBase } from "../support/loopback.ts";
import { failure, names, northOf, UCLA } from "./samples.ts";

const KEY = "AIza+secret/key";

function askGoogle(base: string, query = UCLA, timeoutSeconds = 30): Promise<PlacesOutcome> {
  return googleLegacy({ fetch, key: KEY, base, timeoutSeconds }).nearby(query);
}

function nearbySearch(results: readonly unknown[], status = "OK"): string {
  return JSON.stringify({ html_attributions: ["by Google"], results, status, next_page_token: "t" });
}

describe("the request to Google", () => {
  test.each(["", "/", "/stand-in", "/stand-in/"])(
    "[WA3] is a Nearby Search under the base address, path %j",
    async (path) => {
      const { base, requests } = await listen(answering(nearbySearch([])));
      await askGoogle(base + path, { ...UCLA, radiusKm: 16.1 });
      expect(requests).toHaveLength(1);
      expect(requests[0]?.pathname).toBe(`${path.replace(/\/$/, "")}/maps/api/place/nearbysearch/json`);
      expect(Object.fromEntries(requests[0]?.searchParams ?? [])).toEqual({
        location: "34.0689300,-118.4451270",
        radius: "16100",
        key: KEY,
      });
    },
  );

  test("[WA3] writes no exponents, and no radius of nought", async () => {
    const { base, requests } = await listen(answering(nearbySearch([])));
    await askGoogle(base, { latitude: 1e-7, longitude: -1e-9, radiusKm: 1e-9, items: 1 });
    expect(requests[0]?.searchParams.get("location")).toBe("0.0000001,-0.0000000");
    expect(requests[0]?.searchParams.get("radius")).toBe("1");
  });

  test.each([301, 302, 303, 307, 308])("[WA4] a redirect (%d) is a failure and is not followed", async (status) => {
    const elsewhere = await listen(answering(nearbySearch([northOf(UCLA, 1)])));
    const { base } = await listen(answering("", { status, headers: { location: `${elsewhere.base}/?key=${KEY}` } }));
    const { message, ...rest } = failure(await askGoogle(base));
    expect(rest).toEqual({ ok: false, status: "UNKNOWN_ERROR", retryable: false });
    expect(message).toMatch(/a redirect, which is never followed/);
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("what Google found", () => {
  test("[WA3] nearest place comes first, none lies outside the radius, no more than asked for", async () => {
    const { base } = await listen(answering(nearbySearch([9, 4, 10.01, 1, 7, 20, 3].map((km) => northOf(UCLA, km)))));
    const outcome = await askGoogle(base, { ...UCLA, items: 4 });
    expect(names(outcome)).toEqual(["1 km north", "3 km north", "4 km north", "7 km north"]);
    expect(outcome).toMatchObject({ ok: true, answer: { html_attributions: ["by Google"], status: "OK" } });
  });

  test("[WA3] fields that the herd does not know ride along", async () => {
    const place = northOf(UCLA, 1, { rating: 4.5, photos: [{ height: 3 }], opening_hours: { open_now: true } });
    const { base } = await listen(answering(nearbySearch([place])));
    expect(await askGoogle(base)).toMatchObject({ answer: { results: [place] } });
  });

  test("[WA3] only places outside the radius are ZERO_RESULTS", async () => {
    const { base } = await listen(answering(nearbySearch([northOf(UCLA, 11)])));
    expect(await askGoogle(base)).toMatchObject({ ok: true, answer: { results: [], status: "ZERO_RESULTS" } });
  });
});

describe("what Google refused", () => {
  test.each([
    ["INVALID_REQUEST", false],
    ["OVER_QUERY_LIMIT", true],
    ["REQUEST_DENIED", false],
    ["UNKNOWN_ERROR", true],
  ])("[WA4] the body's status %s passes through with Google's words", async (status, retryable) => {
    const { base } = await listen(answering(JSON.stringify({ results: [], status, error_message: "Because\n so." })));
    const outcome = failure(await askGoogle(base));
    expect(outcome).toMatchObject({ status, retryable });
    expect(outcome.message).toMatch(/^Google Places .*"Because so\."$/);
  });

  test.each([
    [400, "INVALID_REQUEST", false],
    [401, "REQUEST_DENIED", false],
    [403, "REQUEST_DENIED", false],
    [429, "OVER_QUERY_LIMIT", true],
    [404, "UNKNOWN_ERROR", false],
    [204, "UNKNOWN_ERROR", false],
    [500, "UNKNOWN_ERROR", true],
    [503, "UNKNOWN_ERROR", true],
  ])("[WA4] HTTP %d is %s with an error_message", async (httpStatus, status, retryable) => {
    const { base } = await listen(answering(httpStatus === 204 ? "" : nearbySearch([]), { status: httpStatus }));
    const outcome = failure(await askGoogle(base));
    expect(outcome).toMatchObject({ status, retryable });
    expect(outcome.message).toMatch(/^Google Places .+/);
  });

  test("[WA4] neither the key nor an address gets into a message, even when the other end echoes them", async () => {
    const { base } = await listen((request, response) => {
      const words = `GET ${request.url} http://127.0.0.1${request.url} key ${KEY}, key=${encodeURIComponent(KEY)}`;
      response.end(JSON.stringify({ status: "REQUEST_DENIED", results: [], error_message: words }));
    });
    const { message } = failure(await askGoogle(base));
    expect(message).toMatch(/\(key\)/);
    expect(message).not.toMatch(/secret|127\.0\.0\.1|http:/);
  });

  test("[WA4] a long message is cut, and no part of a key is left at the cut", async () => {
    // Each answer begins its keys one character later, so that the cut falls everywhere within one.
    let asked = 0;
    const { base } = await listen((_request, response) => {
      const words = "x".repeat(200 + asked++) + KEY.repeat(30);
      response.end(JSON.stringify({ status: "OVER_QUERY_LIMIT", results: [], error_message: words }));
    });
    const messages = await Promise.all(Array.from(KEY, async () => failure(await askGoogle(base)).message));
    expect(messages.map((message) => message.length)).toEqual(messages.map(() => 401));
    expect(messages.filter((message) => message.includes(KEY.slice(0, 2)))).toEqual([]);
  });
});

describe("what goes wrong on the way", () => {
  const good = nearbySearch([northOf(UCLA, 1)]);

  test.each([
    ["HTML in place of JSON", "\n<!doctype html><h1>Sign in</h1>", /a web page/],
    ["truncated JSON", good.slice(0, -20), /cut short or not JSON/],
    ["an empty body", "", /cut short or not JSON/],
  ])("[WA4] %s is UNKNOWN_ERROR with an error_message", async (_what, body, message) => {
    const { base } = await listen(answering(body));
    const outcome = failure(await askGoogle(base));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: true });
    expect(outcome.message).toMatch(message);
  });

  test("[WA4] a body at the limit is read, one above it is given up", async () => {
    const padded = good.padEnd(GOOGLE_BODY_BYTES, " ");
    expect(names(await askGoogle((await listen(answering(padded))).base))).toEqual(["1 km north"]);
    const { message } = failure(await askGoogle((await listen(answering(`${padded} `))).base));
    expect(message).toBe("Google Places sent more than 1048576 bytes, which no Nearby Search answer needs.");
  });

  test("[WA4] a body without end is given up, and its connection closed", async () => {
    const closed = Promise.withResolvers<void>();
    const { base } = await listen((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, " ");
      const pour = (): void => {
        while (response.write(chunk));
      };
      response.on("drain", pour).on("close", closed.resolve);
      pour();
    });
    expect(failure(await askGoogle(base)).message).toMatch(/more than 1048576 bytes/);
    await closed.promise;
  });

  test.each([
    ["no answer at all", false],
    ["an answer that stops half way", true],
  ])("[WA4] %s ends at the time limit", async (_what, begins) => {
    const { base } = await listen((_request, response) => {
      if (begins) response.write(good.slice(0, 20));
    });
    const outcome = failure(await askGoogle(base, UCLA, 0.05));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: true });
    expect(outcome.message).toBe("Google Places did not answer within 0.05 seconds; ask again later.");
  });

  test.each([
    ["reset before an answer", false],
    ["reset within the body", true],
  ])("[WA4] a connection %s is UNKNOWN_ERROR with an error_message", async (_what, begins) => {
    const { base } = await listen((request, response) => {
      const reset = (): unknown => request.socket.resetAndDestroy();
      if (begins) response.write(good.slice(0, 20), reset);
      else reset();
    });
    const outcome = failure(await askGoogle(base));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: true });
    expect(outcome.message).toMatch(/could not be reached, or the connection broke off/);
  });

  test("[WA4] a refused connection is UNKNOWN_ERROR with an error_message", async () => {
    const outcome = failure(await askGoogle(await refusingBase()));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: true });
    expect(outcome.message).toMatch(/could not be reached/);
  });
});

test("[WA4] a key that is empty is refused when the herd is set up", () => {
  const options = { fetch, key: "", base: "http://127.0.0.1:1", timeoutSeconds: 1 };
  expect(() => googleLegacy(options)).toThrow(/its key is empty/);
});
