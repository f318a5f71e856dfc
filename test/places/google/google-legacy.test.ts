import { describe, expect, test } from "vitest";

import type { PlacesQuery } from "../../../src/core/protocol/places.ts";
import { googleLegacy } from "../../../src/places/google/google-legacy.ts";
import type { PlacesOutcome } from "../../../src/places/port/provider.ts";
import { answering, listen } from "../../support/loopback.ts";
import { askApi, failure, KEY, legacySearch, names, northOf, UCLA } from "../samples.ts";

function askLegacy(base: string, query: PlacesQuery = UCLA): Promise<PlacesOutcome> {
  return askApi({ make: googleLegacy }, base, { query });
}

describe("the request to Google", () => {
  test.each(["", "/", "/stand-in", "/stand-in/"])(
    "[WA3] is a Nearby Search under the base address, path %j",
    async (path) => {
      const { base, requests } = await listen(answering(legacySearch([])));
      await askLegacy(base + path, { ...UCLA, radiusKm: 16.1 });
      expect(requests).toHaveLength(1);
      expect(requests[0]).toMatchObject({ method: "GET", headers: { accept: "application/json" }, body: "" });
      expect(requests[0]?.pathname).toBe(`${path.replace(/\/$/, "")}/maps/api/place/nearbysearch/json`);
      expect(Object.fromEntries(requests[0]?.searchParams ?? [])).toEqual({
        location: "34.0689300,-118.4451270",
        radius: "16100",
        key: KEY,
      });
    },
  );

  test("[WA3] writes no exponents, and no radius of 0", async () => {
    const { base, requests } = await listen(answering(legacySearch([])));
    await askLegacy(base, { latitude: 1e-7, longitude: -1e-9, radiusKm: 1e-9, items: 1 });
    expect(requests[0]?.searchParams.get("location")).toBe("0.0000001,-0.0000000");
    expect(requests[0]?.searchParams.get("radius")).toBe("1");
  });
});

describe("what Google found", () => {
  test("[WA3] [WA5] nearest place comes first, none lies outside the radius, no more than asked for", async () => {
    const { base } = await listen(answering(legacySearch([9, 4, 10.01, 1, 7, 20, 3].map((km) => northOf(UCLA, km)))));
    const outcome = await askLegacy(base, { ...UCLA, items: 4 });
    expect(names(outcome)).toEqual(["1 km north", "3 km north", "4 km north", "7 km north"]);
    expect(outcome).toMatchObject({ ok: true, answer: { html_attributions: ["by Google"], status: "OK" } });
  });

  test("[WA3] fields that the herd does not know are passed on", async () => {
    const place = northOf(UCLA, 1, { rating: 4.5, photos: [{ height: 3 }], opening_hours: { open_now: true } });
    const { base } = await listen(answering(legacySearch([place])));
    expect(await askLegacy(base)).toMatchObject({ answer: { results: [place] } });
  });

  test("[WA3] only places outside the radius are ZERO_RESULTS", async () => {
    const { base } = await listen(answering(legacySearch([northOf(UCLA, 11)])));
    expect(await askLegacy(base)).toMatchObject({ ok: true, answer: { results: [], status: "ZERO_RESULTS" } });
  });
});

describe("what Google refused", () => {
  test.each([
    ["INVALID_REQUEST", false],
    ["OVER_QUERY_LIMIT", false],
    ["REQUEST_DENIED", false],
    ["NOT_FOUND", false],
    ["UNKNOWN_ERROR", true],
  ])("[WA4] the body's status %s passes through with Google's words", async (status, retryable) => {
    const { base } = await listen(answering(JSON.stringify({ results: [], status, error_message: "Because\n so." })));
    const outcome = failure(await askLegacy(base));
    expect(outcome).toMatchObject({ status, retryable });
    expect(outcome.message).toMatch(/^Google Places .*"Because so\."$/);
  });
});
