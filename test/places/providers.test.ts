import { describe, expect, test } from "vitest";

import { herdConfigSchema } from "../../src/core/config/herd-config.ts";
import { placesProviders } from "../../src/places/providers.ts";
import { answering, listen } from "../support/loopback.ts";
import { failure, GOOGLE_APIS, KEY, names, UCLA } from "./samples.ts";
import { MemoryBudget } from "./scripted-remote.ts";

const NAMES = ["google", "google-legacy", "embedded"] as const;

function configOf(places: Record<string, unknown> = {}) {
  return herdConfigSchema.parse({ servers: [{ name: "A", neighbours: [] }], places }).places;
}

function platformWith(googleKey: string | undefined, budget = new MemoryBudget()) {
  return { fetch, loadAsset: () => Promise.reject(new Error("none")), googleKey, budget };
}

describe("the providers of a herd", () => {
  test.each([
    ["are asked in the configured order", KEY, ["embedded", "google-legacy", "google"]],
    ["are those that are configured", KEY, ["google-legacy"]],
    ["may be none", KEY, []],
  ])("[WA5] %s", (_title, googleKey, providers) => {
    expect(placesProviders(configOf({ providers }), platformWith(googleKey)).map(({ name }) => name)).toEqual(
      providers,
    );
  });

  test.each([
    ["without a key", undefined],
    ["with an empty key", ""],
  ])("[WA5] %s Google is left out", (_title, googleKey) => {
    expect(placesProviders(configOf(), platformWith(googleKey)).map(({ name }) => name)).toEqual(["embedded"]);
  });

  test("[WA5] by default Google comes first, in both ways, and the embedded places last", () => {
    expect(placesProviders(configOf(), platformWith(KEY)).map(({ name }) => name)).toEqual(NAMES);
  });

  test.each([
    ["googleUrl", "google"],
    ["googleLegacyUrl", "google-legacy"],
  ])(
    "[WA4] a %s that is no address of the web is refused when the herd is set up, without naming the key",
    (url, name) => {
      const config = { ...configOf({ providers: [name] }), [url]: "maps.example" };
      expect(() => placesProviders(config, platformWith(KEY))).toThrow(
        /^Cannot ask Google Places as its base must be an address such as https:\/\/places\.googleapis\.com$/,
      );
    },
  );

  test("[WA5] [WA6] each of Google's APIs is asked at its address, guarded as the configuration says", async () => {
    const budget = new MemoryBudget(3);
    for (const api of GOOGLE_APIS) {
      const { base, requests } = await listen(answering("busy", { status: 503 }));
      const config = configOf({
        providers: [api.name],
        [api.name === "google" ? "googleUrl" : "googleLegacyUrl"]: base,
        googleFields: ["location", "displayName"],
        retries: 1,
        retrySeconds: 0.001,
        circuitFailures: 1,
      });
      const [provider] = placesProviders(config, platformWith(KEY, budget));
      const outcome = await provider?.nearby(UCLA);
      expect(outcome).toMatchObject({ ok: false });
      expect(requests.map(({ pathname }) => pathname)).toEqual(
        api.name === "google" ? [api.path, api.path] : [api.path],
      );
      if (api.name === "google") {
        expect(requests[0]?.headers["x-goog-fieldmask"]).toBe("places.location,places.displayName");
        expect(provider?.standing?.()).toMatchObject({ circuit: "open", requestsToday: 2, requestsDaily: 3 });
      }
    }
    // The budget is one for both: the second one's retry found it used up.
    expect(budget.spent).toBe(3);
  });

  test("[WA4] an answer of more than `answerBytes` is given up", async () => {
    const { base } = await listen(answering("{}".padEnd(65_537, " ")));
    const ask = async (answerBytes: number) => {
      const [provider] = placesProviders(configOf({ googleUrl: base, answerBytes }), platformWith(KEY));
      if (provider === undefined) throw new Error("No provider");
      return provider.nearby(UCLA);
    };
    expect(failure(await ask(65_536)).message).toMatch(/more than 65536 bytes/);
    expect(names(await ask(65_537))).toEqual([]);
  });

  test("[WA5] [WA6] the embedded places are not guarded: no limit can refuse them", () => {
    const standings = placesProviders(configOf(), platformWith(KEY)).map((provider) => provider.standing?.());
    const standing = { circuit: "closed", requestsUnderWay: 0, requestsToday: 0, requestsDaily: 1_000_000 };
    expect(standings).toEqual([standing, standing, undefined]);
  });
});

describe("the terms of the providers", () => {
  const terms = Object.fromEntries(
    placesProviders(configOf(), platformWith(KEY)).map((provider) => [provider.name, provider.terms]),
  );

  test.each(NAMES)("[WA5] %s has terms, with their address and whom to credit", (name) => {
    expect(terms[name]).toEqual({
      keep: expect.stringMatching(/^(?:answers|place ids)$/),
      draw: expect.stringMatching(/^(?:any map|Google's map)$/),
      credit: expect.stringMatching(/\w/),
      source: expect.stringMatching(/^https:\/\/\S+$/),
    });
  });

  test("[WA5] the embedded places alone may be kept, and drawn on any map", () => {
    expect(NAMES.filter((name) => terms[name]?.keep === "answers")).toEqual(["embedded"]);
    expect(NAMES.filter((name) => terms[name]?.draw === "any map")).toEqual(["embedded"]);
  });

  test("[WA5] each credits its own sources", () => {
    expect(terms["google"]?.credit).toBe("Google Maps");
    expect(terms["google-legacy"]?.credit).toBe("Google Maps");
    expect(terms["embedded"]?.credit).toMatch(/geonames\.org.*CC BY 4\.0.*ourairports\.com/);
  });
});
