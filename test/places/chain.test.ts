import { describe, expect, test } from "vitest";

import { nearbyFromChain } from "../../src/places/chain.ts";
import { placesFailed, placesFound, type PlacesOutcome, type PlacesProvider } from "../../src/places/port/provider.ts";
import { northOf, UCLA } from "./samples.ts";
import { TERMS } from "./scripted-remote.ts";

const place = northOf(UCLA, 1);
const found = placesFound([place], ["by somebody"]);
const overQuota = placesFailed("OVER_QUERY_LIMIT", "The quota is used up.", { retryable: false });
const denied = placesFailed("REQUEST_DENIED", "The key is wrong.", { retryable: false });

function saying(name: string, outcome: PlacesOutcome): PlacesProvider & { asked: number } {
  return {
    name,
    terms: TERMS,
    asked: 0,
    nearby() {
      this.asked++;
      return Promise.resolve(outcome);
    },
  };
}

describe("the chain of providers", () => {
  test("[WA5] the first provider that answers is the only one asked, and the answer names it", async () => {
    const first = saying("first", found);
    const second = saying("second", found);
    expect(await nearbyFromChain([first, second], UCLA)).toEqual({
      provider: "first",
      failures: [],
      answer: { html_attributions: ["by somebody"], results: [place], status: "OK", provider: "first" },
    });
    expect([first.asked, second.asked]).toEqual([1, 0]);
  });

  test.each(["NOT_FOUND", "OVER_QUERY_LIMIT", "REQUEST_DENIED", "UNKNOWN_ERROR"] as const)(
    "[WA5] a provider that failed with %s hands over to the next, and its failure is kept for the log",
    async (status) => {
      const failing = saying("a", placesFailed(status, "Not now.", { retryable: false }));
      const { provider, failures, answer } = await nearbyFromChain([failing, saying("b", found)], UCLA);
      expect(provider).toBe("b");
      expect(failures).toEqual([{ provider: "a", status, message: "Not now." }]);
      expect(answer).toMatchObject({ status: "OK", provider: "b" });
      expect(answer).not.toHaveProperty("error_message");
    },
  );

  test("[WA5] after an invalid query no other provider is asked", async () => {
    const invalid = placesFailed("INVALID_REQUEST", "What?", { retryable: false });
    const last = saying("last", found);
    const { provider, answer, failures } = await nearbyFromChain(
      [saying("first", denied), saying("second", invalid), last],
      UCLA,
    );
    expect(provider).toBe("none");
    expect(failures.map((failure) => failure.provider)).toEqual(["first", "second"]);
    expect(answer).toMatchObject({ results: [], status: "REQUEST_DENIED", error_message: "The key is wrong. What?" });
    expect(last.asked).toBe(0);
  });

  test("[WA5] an answer without results is an answer: no other provider is asked", async () => {
    const second = saying("second", found);
    const { answer } = await nearbyFromChain([saying("first", placesFound([], [])), second], UCLA);
    expect(answer).toEqual({ html_attributions: [], results: [], status: "ZERO_RESULTS", provider: "first" });
    expect(second.asked).toBe(0);
  });

  test("[WA4] when all fail, the answer has no results, the status of the first failure and all messages", async () => {
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
  ])("[WA4] a provider that %s is a failure, and the text of its error is not shown", async (_how, nearby) => {
    const broken: PlacesProvider = { name: "broken", terms: TERMS, nearby };
    const { answer } = await nearbyFromChain([broken], UCLA);
    expect(answer.status).toBe("UNKNOWN_ERROR");
    expect(answer.error_message).toMatch(/provider "broken"/);
    expect(JSON.stringify(answer)).not.toMatch(/SECRET|file\.ts/);
    expect((await nearbyFromChain([broken, saying("next", found)], UCLA)).provider).toBe("next");
  });
});
