import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { placesFailed, type PlacesProvider } from "../../src/places/port/provider.ts";
import { failure, names, UCLA } from "./samples.ts";
import { circle, DENIED, guard, HeldRemote, saying, SHAKY, TWENTY } from "./scripted-remote.ts";

const LIMITS = { circuitFailures: 3, circuitSeconds: 30 };

const overQuota = placesFailed("OVER_QUERY_LIMIT", "The quota is used up.", { retryable: false });
const misunderstood = placesFailed("INVALID_REQUEST", "What?", { retryable: false });

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 0 }));
afterEach(() => void vi.useRealTimers());

/** A provider whose circuit is open since now, after three failures of its remote. */
async function openCircuit(): Promise<{ readonly remote: HeldRemote; readonly provider: PlacesProvider }> {
  const remote = new HeldRemote();
  const provider = guard(remote, LIMITS);
  for (const index of [0, 1, 2]) {
    const outcome = provider.nearby(circle(index));
    await remote.isAsked(index + 1);
    remote.answer(index, SHAKY);
    expect(await outcome).toEqual(SHAKY);
  }
  expect(provider.standing?.().circuit).toBe("open");
  return { remote, provider };
}

describe("the circuit", () => {
  test("[WA6] opens after several failures in a row: then no request is sent, and each query gets the last failure at once", async () => {
    const remote = saying(SHAKY, DENIED, overQuota, TWENTY);
    const provider = guard(remote, LIMITS);
    const told = [];
    for (const index of [1, 2, 3]) told.push(await provider.nearby(circle(index)));
    expect(told).toEqual([SHAKY, DENIED, overQuota]);
    expect(provider.standing?.()).toMatchObject({ circuit: "open", requestsToday: 3 });

    vi.setSystemTime(LIMITS.circuitSeconds * 1000 - 1);
    const many = await Promise.all(Array.from({ length: 100 }, (_, index) => provider.nearby(circle(index / 2))));
    expect(new Set(many.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([
        JSON.stringify({
          ok: false,
          status: "OVER_QUERY_LIMIT",
          message:
            'The places provider "scripted" failed 3 times in a row and is not asked for 30 seconds. The quota is used up.',
          retryable: false,
        }),
      ]),
    );
    expect(remote.asked).toHaveLength(3);
    expect(provider.standing?.()).toMatchObject({ circuit: "open", requestsToday: 3, requestsUnderWay: 0 });
  });

  test("[WA6] counts a query once, however often it was tried", async () => {
    const remote = saying(SHAKY);
    const provider = guard(remote, { ...LIMITS, retries: 2 });
    for (const index of [1, 2]) await provider.nearby(circle(index));
    expect(remote.asked).toHaveLength(6);
    expect(provider.standing?.().circuit).toBe("closed");
    await provider.nearby(UCLA);
    expect(provider.standing?.().circuit).toBe("open");
  });

  test("[WA6] does not open when a success comes between", async () => {
    const provider = guard(saying(SHAKY, SHAKY, TWENTY, SHAKY, SHAKY, TWENTY), LIMITS);
    for (const index of [1, 2, 3, 4, 5]) await provider.nearby(circle(index));
    expect(provider.standing?.().circuit).toBe("closed");
    expect(names(await provider.nearby(UCLA))).toHaveLength(5);
  });

  test("[WA6] does not open for invalid queries", async () => {
    const remote = saying(misunderstood);
    const provider = guard(remote, LIMITS);
    for (let index = 0; index < 10; index++) expect(await provider.nearby(circle(index))).toEqual(misunderstood);
    expect(remote.asked).toHaveLength(10);
    expect(provider.standing?.().circuit).toBe("closed");
  });

  test("[WA6] after its time lets one query try; no other query waits for it; an answer closes the circuit", async () => {
    const { remote, provider } = await openCircuit();
    vi.setSystemTime(LIMITS.circuitSeconds * 1000);
    const probe = provider.nearby(circle(10));
    await remote.isAsked(4);
    expect(provider.standing?.().circuit).toBe("half open");
    const others = await Promise.all([11, 12].map((index) => provider.nearby(circle(index))));
    expect(others.map((outcome) => /is not asked/.test(failure(outcome).message))).toEqual([true, true]);

    remote.answer(3);
    expect(names(await probe)).toHaveLength(5);
    expect(provider.standing?.().circuit).toBe("closed");
    const next = provider.nearby(circle(13));
    await remote.isAsked(5);
    remote.answer(4);
    expect(names(await next)).toHaveLength(5);
  });

  test("[WA6] opens for the same time again if that query fails", async () => {
    const { remote, provider } = await openCircuit();
    vi.setSystemTime(LIMITS.circuitSeconds * 1000);
    const probe = provider.nearby(circle(10));
    await remote.isAsked(4);
    remote.answer(3, DENIED);
    expect(await probe).toEqual(DENIED);
    expect(failure(await provider.nearby(circle(11)))).toMatchObject({ status: "REQUEST_DENIED", retryable: false });
    expect(provider.standing?.().circuit).toBe("open");

    vi.setSystemTime(2 * LIMITS.circuitSeconds * 1000 - 1);
    expect(failure(await provider.nearby(circle(12))).message).toMatch(/is not asked/);
    expect(remote.asked).toHaveLength(4);

    vi.setSystemTime(2 * LIMITS.circuitSeconds * 1000);
    const next = provider.nearby(circle(13));
    await remote.isAsked(5);
    remote.answer(4);
    expect(names(await next)).toHaveLength(5);
    expect(provider.standing?.().circuit).toBe("closed");
  });
});
