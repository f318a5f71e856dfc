import { describe, expect, test } from "vitest";

import { google } from "../../../src/places/google/google.ts";
import type { PlacesOutcome } from "../../../src/places/port/provider.ts";
import { answering, listen } from "../../support/loopback.ts";
import { ANSWER_BYTES, FIELDS, KEY, UCLA } from "../samples.ts";

function askGoogle(base: string, fields: readonly string[] = FIELDS, query = UCLA): Promise<PlacesOutcome> {
  const provider = google({ fetch, key: KEY, base, answerBytes: ANSWER_BYTES, fields });
  return provider.ask(query, new AbortController().signal);
}

describe("the request to Google", () => {
  test.each(["", "/", "/stand-in", "/stand-in/"])(
    "[WA3] is one search, posted under the base address, path %j",
    async (path) => {
      const { base, requests } = await listen(answering("{}"));
      await askGoogle(base + path);
      expect(requests).toHaveLength(1);
      expect(requests[0]).toMatchObject({
        method: "POST",
        target: `${path.replace(/\/$/, "")}/v1/places:searchNearby`,
        headers: {
          "x-goog-api-key": KEY,
          "x-goog-fieldmask": "places.id,places.displayName,places.location,places.types,places.attributions",
          "content-type": "application/json",
          accept: "application/json",
        },
      });
      expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
        locationRestriction: { circle: { center: { latitude: 34.06893, longitude: -118.445127 }, radius: 10_000 } },
        maxResultCount: 5,
        rankPreference: "DISTANCE",
      });
    },
  );

  test.each([
    [["location", "displayName"], "places.location,places.displayName"],
    [["displayName", "location", "rating"], "places.displayName,places.location,places.rating"],
  ])("[WA3] asks for the fields %j in their order, and for nothing else that is billed", async (fields, mask) => {
    const { base, requests } = await listen(answering("{}"));
    await askGoogle(base, fields);
    expect(requests[0]?.headers["x-goog-fieldmask"]).toBe(mask);
  });

  test.each([
    ["half a kilometre", { latitude: -18.1, longitude: 178.4, radiusKm: 0.5, items: 1 }, 500],
    ["all that Google admits", { latitude: -90, longitude: -180, radiusKm: 50, items: 20 }, 50_000],
  ])("[WA3] has the radius in metres and the items as they are: %s", async (_what, query, radius) => {
    const { base, requests } = await listen(answering("{}"));
    await askGoogle(base, FIELDS, query);
    const { latitude, longitude, items } = query;
    expect(JSON.parse(requests[0]?.body ?? "")).toMatchObject({
      locationRestriction: { circle: { center: { latitude, longitude }, radius } },
      maxResultCount: items,
    });
  });

  test("[WA4] the key is in its header and nowhere else", async () => {
    const { base, requests } = await listen(answering("{}"));
    await askGoogle(base);
    const { target = "", body = "", headers = {} } = requests[0] ?? {};
    const { "x-goog-api-key": key, ...others } = headers;
    expect(key).toBe(KEY);
    expect(decodeURIComponent(target) + body + JSON.stringify(others)).not.toMatch(/secret/);
  });
});
