// What holds for both of Google's APIs: how they fail, and that their answers look the same.

import { describe, expect, test } from "vitest";

import { LEGACY_PLACE, NEW_PLACE } from "./documented-place.ts";
import { answering, listen } from "../../support/loopback.ts";
import { ANSWER_BYTES, askApi, failure, GOOGLE_APIS, type GoogleApi, KEY, names } from "../samples.ts";

async function askAnswering(api: GoogleApi, ...how: Parameters<typeof answering>) {
  const { base } = await listen(answering(...how));
  return askApi(api, base);
}

test("[WA3] [WA5] the same place looks the same from both APIs", async () => {
  const told = GOOGLE_APIS.map((api) =>
    askAnswering(api, api.searchWith([api.name === "google" ? NEW_PLACE : LEGACY_PLACE])),
  );
  const [fromNew, fromLegacy] = (await Promise.all(told)).map((outcome) => outcome.ok && outcome.answer.results[0]);
  // The new API has no icon in a file; `reference` and `scope` are leftovers of older versions of the legacy one.
  const { icon, reference, scope, ...common } = LEGACY_PLACE;
  expect([icon, reference, scope]).not.toContain(undefined);
  expect(fromNew).toEqual(common);
  expect(fromLegacy).toEqual({ ...common, icon, reference, scope });
});

describe.each(GOOGLE_APIS)("$name", (api) => {
  const good = api.search(1);

  describe.each([
    ["a web page", "<!doctype html><h1>Error</h1>"],
    ["an empty body", ""],
    ["places after all", good],
  ])("with %s as the body", (_what, body) => {
    test.each([
      [204, "UNKNOWN_ERROR", false],
      [400, "INVALID_REQUEST", false],
      [401, "REQUEST_DENIED", false],
      [403, "REQUEST_DENIED", false],
      [404, "NOT_FOUND", false],
      [418, "UNKNOWN_ERROR", false],
      [429, "OVER_QUERY_LIMIT", false],
      [500, "UNKNOWN_ERROR", true],
      [503, "UNKNOWN_ERROR", true],
    ])("[WA4] HTTP %d is %s with an error_message", async (status, expected, retryable) => {
      const outcome = failure(await askAnswering(api, status === 204 ? "" : body, { status }));
      expect(outcome).toMatchObject({ status: expected, retryable });
      expect(outcome.message).toMatch(/^Google Places .+/);
    });
  });

  test.each([
    ["HTML in place of JSON", "\n<!doctype html><h1>Sign in</h1>", /a web page/],
    ["truncated JSON", good.slice(0, -20), /cut short or not JSON/],
    ["an empty body", "", /cut short or not JSON/],
  ])("[WA4] %s is UNKNOWN_ERROR with an error_message, and may be tried again", async (_what, body, message) => {
    const outcome = failure(await askAnswering(api, body));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: true });
    expect(outcome.message).toMatch(message);
  });

  test.each([
    ["an object", {}],
    ["text", "none"],
    ["a number", 7],
    ["null", null],
  ])("[WA4] %s in place of the list of places is UNKNOWN_ERROR", async (_what, list) => {
    const outcome = failure(await askAnswering(api, api.searchWith(list)));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: false });
    expect(outcome.message).toMatch(/^Google Places answered with JSON without a usable "\w+"/);
  });

  test("[WA3] invalid places and places without a position are dropped: without others the answer is ZERO_RESULTS", async () => {
    expect(await askAnswering(api, api.searchWith([api.nowhere, null, 7, "x", [], {}]))).toMatchObject({
      ok: true,
      answer: { status: "ZERO_RESULTS", results: [] },
    });
  });

  test.each([
    ["newlines", "Two\nlines\r\n\n\n\nor more\n"],
    ["control characters", "\u0000\u0007\u001b[31mred\u007f\u0085"],
    ["line and paragraph separators", "a\u2028b\u2029c"],
    ["what reads from right to left", "\u202egnirts\u202c ‏שלום"],
    ["half a character", "\ud83d!"],
  ])("[WA3] %s in a name are kept as they are", async (_what, name) => {
    expect(names(await askAnswering(api, api.searchNamed(name)))).toEqual([name]);
  });

  test.each([301, 302, 303, 307, 308])("[WA4] a redirect (%d) is a failure and is not followed", async (status) => {
    const elsewhere = await listen(answering(good));
    const headers = { location: `${elsewhere.base}/?key=${KEY}` };
    const { message, ...rest } = failure(await askAnswering(api, "", { status, headers }));
    expect(rest).toEqual({ ok: false, status: "UNKNOWN_ERROR", retryable: false });
    expect(message).toMatch(/a redirect, which is never followed/);
    expect(elsewhere.requests).toEqual([]);
  });

  test("[WA4] neither the key nor an address gets into a message, even when the other end echoes them", async () => {
    const { base } = await listen((request, response) => {
      const { url, headers } = request;
      const words = `http://${headers.host}${url} HTTPS://${KEY}@${headers.host}/ key ${KEY}, ${encodeURIComponent(KEY)} ${url}`;
      const { status, body } = api.denial(words);
      answering(body, { status })(request, response);
    });
    const { status, message } = failure(await askApi(api, base));
    expect(status).toBe("REQUEST_DENIED");
    expect(message).toMatch(/"\(address\) \(address\) key \(key\), \(key\) \//);
    expect(message).not.toMatch(/secret|127\.0\.0\.1|http:/i);
  });

  test("[WA4] a long message is cut, and no part of a key is left at the cut", async () => {
    // Each answer begins its keys one character later, so that the cut falls everywhere within one.
    let asked = 0;
    const { base } = await listen((request, response) => {
      const { status, body } = api.denial("x".repeat(150 + asked++) + KEY.repeat(30));
      answering(body, { status })(request, response);
    });
    const messages = await Promise.all(Array.from(KEY, async () => failure(await askApi(api, base)).message));
    expect(messages.map((message) => message.length)).toEqual(messages.map(() => 401));
    expect(messages.filter((message) => message.includes(KEY.slice(0, 2)))).toEqual([]);
  });

  test.each([
    ["a key that is empty", { key: "" }, /its key is empty/],
    ["no address", { base: "" }, /its base must be an address/],
    ["an address without a scheme", { base: "maps.example" }, /its base must be an address/],
    ["an address of another scheme", { base: "file:///etc" }, /its base must be an address/],
  ])("[WA4] %s is refused when the herd is set up", (_what, wrong, message) => {
    const right = { fetch, key: KEY, base: "http://127.0.0.1:1", answerBytes: ANSWER_BYTES };
    expect(() => api.make({ ...right, ...wrong })).toThrow(message);
  });
});
