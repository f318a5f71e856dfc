import { afterEach, describe, expect, test, vi } from "vitest";

import { failure, names, UCLA } from "./samples.ts";
import { circle, DENIED, guard, HeldRemote, MemoryBudget, saying, SHAKY, TWENTY } from "./scripted-remote.ts";

afterEach(() => void vi.useRealTimers());

describe("trying again", () => {
  test.each([0, 1, 3])("[WA6] a failure that may be temporary is tried again, at most %d times", async (retries) => {
    const remote = saying(SHAKY);
    const budget = new MemoryBudget();
    expect(await guard(remote, { retries }, budget).nearby(UCLA)).toEqual(SHAKY);
    expect(remote.asked.map(({ query }) => query)).toEqual(
      Array.from({ length: retries + 1 }, () => ({ ...UCLA, items: 20 })),
    );
    expect(budget.spent).toBe(retries + 1);
  });

  test("[WA6] is tried no more often than necessary", async () => {
    const remote = saying(SHAKY, SHAKY, TWENTY);
    expect(names(await guard(remote, { retries: 5 }).nearby(UCLA))).toHaveLength(5);
    expect(remote.asked).toHaveLength(3);
  });

  test("[WA6] a permanent failure is not tried again, also after a temporary one", async () => {
    const never = saying(DENIED);
    expect(await guard(never, { retries: 3 }).nearby(UCLA)).toEqual(DENIED);
    expect(never.asked).toHaveLength(1);
    const atLast = saying(SHAKY, DENIED);
    expect(await guard(atLast, { retries: 3 }).nearby(UCLA)).toEqual(DENIED);
    expect(atLast.asked).toHaveLength(2);
  });

  test("[WA6] stops at the time limit: for a query that has its answer nothing is asked or counted", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const remote = saying(SHAKY);
    const budget = new MemoryBudget();
    const limits = { retries: 3, retrySeconds: 3600, timeoutSeconds: 0.02 };
    const { message } = failure(await guard(remote, limits, budget).nearby(UCLA));
    expect(message).toBe('The places provider "scripted" did not answer in time; ask again later.');
    await vi.advanceTimersByTimeAsync(24 * 3600 * 1000);
    expect(remote.asked).toHaveLength(1);
    expect(budget.spent).toBe(1);
  });
});

describe("the day's budget", () => {
  test.each([0, 3])("[WA6] of %d requests is not overspent, and what is over it is not asked", async (daily) => {
    const remote = saying(TWENTY);
    const budget = new MemoryBudget(daily);
    const provider = guard(remote, {}, budget);
    for (let index = 0; index < daily; index++) expect(names(await provider.nearby(circle(index)))).toHaveLength(5);
    const { message, ...rest } = failure(await provider.nearby(UCLA));
    expect(rest).toEqual({ ok: false, status: "OVER_QUERY_LIMIT", retryable: false });
    expect(message).toMatch(new RegExp(`^This server's ${daily} requests a day .* are used up until 00:00 UTC\\.$`));
    expect(remote.asked).toHaveLength(daily);
    expect(provider.standing?.()).toMatchObject({ requestsToday: daily, requestsDaily: daily });
  });

  test("[WA6] counts each try, so that a retry may find it used up", async () => {
    const remote = saying(SHAKY);
    const budget = new MemoryBudget(2);
    const outcome = failure(await guard(remote, { retries: 3 }, budget).nearby(UCLA));
    expect(outcome.status).toBe("OVER_QUERY_LIMIT");
    expect(remote.asked).toHaveLength(2);
  });

  test("[WA6] once used up, a query fails at once, even while others are under way", async () => {
    const remote = new HeldRemote();
    const provider = guard(remote, { requestsAtOnce: 1, requestsWaiting: 1 }, new MemoryBudget(1));
    const first = provider.nearby(circle(1));
    expect(failure(await provider.nearby(circle(2))).message).toMatch(/are used up until/);
    remote.answer(0);
    expect(names(await first)).toHaveLength(5);
  });

  test("[WA6] is shared by all providers that have it", async () => {
    const budget = new MemoryBudget(1);
    const [one, other] = [saying(TWENTY), saying(TWENTY)];
    await guard(one, {}, budget).nearby(UCLA);
    expect(failure(await guard(other, {}, budget).nearby(UCLA)).status).toBe("OVER_QUERY_LIMIT");
    expect(other.asked).toEqual([]);
  });

  test("[WA6] used up, it does not open the circuit: the provider answers again as soon as there is a new one", async () => {
    const remote = saying(TWENTY);
    const budget = new MemoryBudget(1);
    const provider = guard(remote, { circuitFailures: 1 }, budget);
    for (const index of [1, 2, 3]) await provider.nearby(circle(index));
    expect(provider.standing?.().circuit).toBe("closed");
    budget.spent = 0;
    expect(names(await provider.nearby(UCLA))).toHaveLength(5);
  });

  test("[WA6] used up by others while a query waits, it does not open the circuit either", async () => {
    const remote = new HeldRemote();
    const limits = { circuitFailures: 1, requestsAtOnce: 1, requestsWaiting: 2 };
    const provider = guard(remote, limits, new MemoryBudget(2));
    const answers = [1, 2, 3].map((index) => provider.nearby(circle(index)));
    for (const index of [0, 1]) {
      await remote.isAsked(index + 1);
      remote.answer(index);
    }
    const outcomes = await Promise.all(answers);
    expect(outcomes.map((outcome) => outcome.ok || outcome.status)).toEqual([true, true, "OVER_QUERY_LIMIT"]);
    expect(provider.standing?.().circuit).toBe("closed");
  });
});
