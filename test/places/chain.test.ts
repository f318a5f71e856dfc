import { describe, expect, test } from "vitest";

import { nearbyFromChain } from "../../src/places/chain.ts";
import { placesFailed, placesFound, type PlacesOutcome, type PlacesProvider } from "../../src/places/provider.ts";
import { placesProviders } from "../../src/places/providers.ts";
import { northOf, UCLA } from "./samples.ts";

const place = northOf(UCLA, 1);
const found = placesFound([place], ["by somebody"]);
const overQuota = placesFailed("OVER_QUERY_LIMIT", "The quota is used up.", { retryable: true });
const denied = placesFailed("REQUEST_DENIED", "The key is wrong.", { retryable: false });

function saying(name: string, outcome: PlacesOutcome): PlacesProvider & { asked: number } {
  return {
    name,
    asked: 0,
    nearby() {
      this.asked++;
      return Promise.resolve(outcome);
    },
  };
}

describe("the chain of providers", () => {
  test("[WA3] the first provider that answers is the only one asked", async () => {
    const first = saying("first", found);
    const second = saying("second", found);
    expect(await nearbyFromChain([first, second], UCLA)).toEqual({
      provider: "first",
      failures: [],
      answer: { html_attributions: ["by somebody"], results: [place], status: "OK" },
    });
    expect([first.asked, second.asked]).toEqual([1, 0]);
  });

  test("[WA3] a failed provider hands over to the next, and its failure is kept for the log", async () => {
    const { provider, failures, answer } = await nearbyFromChain([saying("a", denied), saying("b", found)], UCLA);
    expect(provider).toBe("b");
    expect(failures).toEqual([{ provider: "a", status: "REQUEST_DENIED", message: "The key is wrong." }]);
    expect(answer.status).toBe("OK");
    expect(answer).not.toHaveProperty("error_message");
  });

  test("[WA3] an answer of no results is an answer: nobody else is asked", async () => {
    const second = saying("second", found);
    const { answer } = await nearbyFromChain([saying("first", placesFound([], [])), second], UCLA);
    expect(answer).toEqual({ html_attributions: [], results: [], status: "ZERO_RESULTS" });
    expect(second.asked).toBe(0);
  });

  test("[WA4] when all fail the shape stays: no results, the first failure's status, what each of them said", async () => {
    const { provider, answer, failures } = await nearbyFromChain([saying("a", overQuota), saying("b", denied)], UCLA);
    expect(provider).toBe("none");
    expect(failures.map((failure) => failure.provider)).toEqual(["a", "b"]);
    expect(answer).toEqual({
      html_attributions: [],
      results: [],
      status: "OVER_QUERY_LIMIT",
      error_message: "The quota is used up. The key is wrong.",
    });
  });

  test("[WA4] without any provider the message says how to get one", async () => {
    const { provider, answer } = await nearbyFromChain([], UCLA);
    expect(provider).toBe("none");
    expect(answer).toMatchObject({ results: [], status: "UNKNOWN_ERROR" });
    expect(answer.error_message).toMatch(/set a Google Places key or build the embedded places/);
  });

  test.each([
    ["rejects", () => Promise.reject(new Error("key=SECRET at file.ts:1"))],
    [
      "throws at once",
      () => {
        throw new Error("key=SECRET at file.ts:1");
      },
    ],
  ])("[WA4] a provider that %s is a failure that tells nothing of its error", async (_how, nearby) => {
    const broken: PlacesProvider = { name: "broken", nearby };
    const { answer } = await nearbyFromChain([broken], UCLA);
    expect(answer.status).toBe("UNKNOWN_ERROR");
    expect(answer.error_message).toMatch(/provider "broken"/);
    expect(JSON.stringify(answer)).not.toMatch(/SECRET|file\.ts/);
    expect((await nearbyFromChain([broken, saying("next", found)], UCLA)).provider).toBe("next");
  });
});

describe("the providers of a herd", () => {
  const settings = {
    fetch,
    loadAsset: () => Promise.reject(new Error("none")),
    googleLegacyUrl: "https://maps.googleapis.com",
    timeoutSeconds: 1,
  };

  test.each([
    ["are asked in the configured order", "k", ["embedded", "google-legacy"], ["embedded", "google-legacy"]],
    ["leave out the one without its key", undefined, ["google-legacy", "embedded"], ["embedded"]],
    ["take an empty key for none", "", ["google-legacy", "embedded"], ["embedded"]],
  ] as const)("[WA3] %s", (_title, googleKey, order, expected) => {
    expect(placesProviders(order, { ...settings, googleKey }).map(({ name }) => name)).toEqual(expected);
  });

  test("[WA4] an address of Google that is none is refused when the herd is set up, without naming the key", () => {
    const wrong = { ...settings, googleKey: "SECRET", googleLegacyUrl: "maps.example" };
    expect(() => placesProviders(["google-legacy"], wrong)).toThrow(
      /^Cannot ask Google Places as its base must be an address such as https:\/\/maps\.googleapis\.com$/,
    );
  });
});
