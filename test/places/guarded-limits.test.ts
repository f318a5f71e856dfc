import { describe, expect, test } from "vitest";

import { tooSlow } from "../../src/places/port/provider.ts";
import { failure, names } from "./samples.ts";
import { circle, guard, HeldRemote, MemoryBudget, ScriptedRemote, TWENTY } from "./scripted-remote.ts";

const LATE = tooSlow('The places provider "scripted"');

describe("a server whose storage takes no writes", () => {
  test("[ST10] sends no request, as it cannot count it, and sends one when it can", async () => {
    const remote = new ScriptedRemote(() => TWENTY);
    const budget = new MemoryBudget();
    const provider = guard(remote, { circuitFailures: 1 }, budget);
    budget.isCounting = false;
    expect(failure(await provider.nearby(circle(0)))).toEqual({
      ok: false,
      status: "UNKNOWN_ERROR",
      message:
        "This server's storage takes no writes, so it cannot count requests to providers of places, and sends none.",
      retryable: false,
    });
    expect([remote.asked, budget.spent]).toEqual([[], 0]);
    budget.isCounting = true;
    expect(await provider.nearby(circle(0))).toMatchObject({ ok: true });
    expect(budget.spent).toBe(1);
  });
});

describe("requests at once", () => {
  test("[WA6] some are under way, some wait in their order, and one more fails at once", async () => {
    const remote = new HeldRemote();
    const provider = guard(remote, { requestsAtOnce: 2, requestsWaiting: 3, circuitFailures: 1 });
    const answers = [0, 1, 2, 3, 4].map((index) => provider.nearby(circle(index)));
    const over = failure(await provider.nearby(circle(5)));
    expect(over).toEqual({
      ok: false,
      status: "OVER_QUERY_LIMIT",
      message: 'The places provider "scripted" has 2 requests under way and 3 waiting: ask again later.',
      retryable: true,
    });
    expect(provider.standing?.()).toMatchObject({ circuit: "closed", requestsUnderWay: 2, requestsToday: 2 });
    expect(remote.asked).toHaveLength(2);

    for (const index of [1, 0, 2]) {
      const asked = remote.asked.length;
      remote.answer(index);
      await remote.isAsked(asked + 1);
      expect(provider.standing?.()).toMatchObject({ requestsUnderWay: 2 });
    }
    expect(remote.asked.map(({ query }) => query.latitude)).toEqual([0, 1, 2, 3, 4]);
    remote.answer(3);
    remote.answer(4);
    expect((await Promise.all(answers)).map((outcome) => outcome.ok)).toEqual([true, true, true, true, true]);
    expect(provider.standing?.()).toMatchObject({ requestsUnderWay: 0, requestsToday: 5 });
  });

  test("[WA6] queries that share a request count as one", async () => {
    const remote = new HeldRemote();
    const provider = guard(remote, { requestsAtOnce: 1, requestsWaiting: 0 });
    const answers = Array.from({ length: 50 }, () => provider.nearby(circle(0)));
    await remote.isAsked(1);
    remote.answer(0);
    expect((await Promise.all(answers)).filter((outcome) => !outcome.ok)).toEqual([]);
  });

  test("[WA6] a place is free again when its request failed or broke off", async () => {
    const remote = new HeldRemote();
    const provider = guard(remote, { requestsAtOnce: 1, requestsWaiting: 0 });
    const broken = provider.nearby(circle(0));
    await remote.isAsked(1);
    remote.reject(0, new Error("broken"));
    await expect(broken).rejects.toThrow("broken");
    const next = provider.nearby(circle(1));
    await remote.isAsked(2);
    remote.answer(1, LATE);
    expect(await next).toEqual(LATE);
    expect(provider.standing?.()).toMatchObject({ requestsUnderWay: 0 });
  });
});

describe("the time limit", () => {
  const limits = { timeoutSeconds: 0.05, requestsAtOnce: 2, requestsWaiting: 3 };

  test("[WA8] ends every query, also those that wait, even if the remote never answers and ignores its signal", async () => {
    const remote = new HeldRemote();
    const provider = guard(remote, limits);
    const answers = [0, 1, 2, 3, 4].map((index) => provider.nearby(circle(index)));
    expect(await Promise.all(answers)).toEqual([LATE, LATE, LATE, LATE, LATE]);
    expect(remote.asked.slice(0, 2).map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  test("[WA8] [WA6] frees the places of queries whose time is over, and tries none of them again", async () => {
    const remote = new ScriptedRemote(
      (_query, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(LATE), { once: true });
        }),
    );
    const provider = guard(remote, { ...limits, retries: 3 });
    const answers = [0, 1].map((index) => provider.nearby(circle(index)));
    expect(await Promise.all(answers)).toEqual([LATE, LATE]);
    const next = provider.nearby(circle(2));
    await remote.isAsked(3);
    expect(remote.asked.map(({ query }) => query.latitude)).toEqual([0, 1, 2]);
    expect(await next).toEqual(LATE);
  });

  test("[WA8] a query that comes after it asks anew, and has its own time", async () => {
    const remote = new HeldRemote();
    const provider = guard(remote, limits);
    expect(await provider.nearby(circle(0))).toEqual(LATE);
    const next = provider.nearby(circle(0));
    await remote.isAsked(2);
    expect(remote.asked[1]?.signal.aborted).toBe(false);
    remote.answer(1, TWENTY);
    expect(names(await next)).toHaveLength(5);
  });

  test("[WA4] [WA6] a remote that ignores its signal loses its place and counts as failed", async () => {
    const remote = new HeldRemote();
    const provider = guard(remote, { ...limits, circuitFailures: 2 });
    await Promise.all([0, 1].map((index) => provider.nearby(circle(index))));
    expect(provider.standing?.()).toMatchObject({ requestsUnderWay: 0, circuit: "open" });
  });
});
