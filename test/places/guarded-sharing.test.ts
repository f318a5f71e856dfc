import { describe, expect, test } from "vitest";

import { nearbyFromChain } from "../../src/places/chain.ts";
import { failure, names, UCLA } from "./samples.ts";
import { DENIED, guard, HeldRemote, MemoryBudget, saying, ScriptedRemote, TERMS, TWENTY } from "./scripted-remote.ts";

describe("queries for one circle", () => {
  test("[WA6] a thousand at the same time are one request, and each gets its own number of items", async () => {
    const remote = new HeldRemote();
    const budget = new MemoryBudget();
    const provider = guard(remote, {}, budget);
    const queries = Array.from({ length: 1000 }, (_, index) => ({ ...UCLA, items: (index % 20) + 1 }));
    const answers = queries.map((query) => provider.nearby(query));
    await remote.isAsked(1);
    remote.answer(0);
    const outcomes = await Promise.all(answers);
    expect(remote.asked.map(({ query }) => query)).toEqual([{ ...UCLA, items: 20 }]);
    expect(budget.spent).toBe(1);
    expect(outcomes.map((outcome) => names(outcome))).toEqual(
      queries.map(({ items }) => names(TWENTY).slice(0, items)),
    );
    expect(outcomes[0]).toMatchObject({ answer: { status: "OK", html_attributions: ["by somebody"] } });
  });

  test("[WA6] one that comes later shares the request that is under way", async () => {
    const remote = new HeldRemote();
    const provider = guard(remote);
    const first = provider.nearby(UCLA);
    await remote.isAsked(1);
    const second = provider.nearby({ ...UCLA, items: 2 });
    remote.answer(0);
    expect(names(await second)).toEqual(names(await first).slice(0, 2));
    expect(remote.asked).toHaveLength(1);
  });

  test("[WA5] [WA6] the next one after an answer asks anew: the answer was not kept", async () => {
    const remote = saying(TWENTY);
    const provider = guard(remote);
    for (const items of [5, 5, 5]) await provider.nearby({ ...UCLA, items });
    expect(remote.asked).toHaveLength(3);
  });

  test.each([
    ["radius", { radiusKm: 10.000001 }],
    ["latitude", { latitude: 34.0689301 }],
    ["longitude", { longitude: 118.445127 }],
  ])("[WA6] another %s is another request", async (_what, other) => {
    const remote = saying(TWENTY);
    const provider = guard(remote);
    await Promise.all([provider.nearby(UCLA), provider.nearby({ ...UCLA, ...other })]);
    expect(remote.asked.map(({ query }) => query)).toEqual([
      { ...UCLA, items: 20 },
      { ...UCLA, ...other, items: 20 },
    ]);
  });

  test("[WA6] a failure is shared as well, and not kept either", async () => {
    const remote = saying(DENIED, TWENTY);
    const provider = guard(remote);
    expect(await Promise.all([provider.nearby(UCLA), provider.nearby({ ...UCLA, items: 1 })])).toEqual([
      DENIED,
      DENIED,
    ]);
    expect(names(await provider.nearby(UCLA))).toHaveLength(5);
    expect(remote.asked).toHaveLength(2);
  });

  test.each([
    ["rejects", () => Promise.reject(new Error("key=SECRET at file.ts:1"))],
    [
      "throws at once",
      () => {
        throw new Error("key=SECRET at file.ts:1");
      },
    ],
  ])(
    "[WA4] a remote that %s rejects for all that share it, fails in the chain, and is asked anew",
    async (_how, fail) => {
      let isBroken = true;
      const remote = new ScriptedRemote(() => (isBroken ? fail() : TWENTY));
      const provider = guard(remote);
      const both = await Promise.allSettled([provider.nearby(UCLA), provider.nearby(UCLA)]);
      expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
      expect(remote.asked).toHaveLength(1);
      const { answer } = await nearbyFromChain([provider], UCLA);
      expect(answer.status).toBe("UNKNOWN_ERROR");
      expect(answer.error_message).toMatch(/provider "scripted" broke off/);
      expect(JSON.stringify(answer)).not.toMatch(/SECRET/);
      isBroken = false;
      expect(names(await provider.nearby(UCLA))).toHaveLength(5);
      expect(provider.standing?.()).toMatchObject({ circuit: "closed", requestsUnderWay: 0 });
    },
  );
});

test("[WA5] [WA6] the guard has the name and the terms of its provider, and tells the state of its circuit and budget", async () => {
  const remote = new HeldRemote();
  const provider = guard(remote, {}, new MemoryBudget(7));
  expect(provider).toMatchObject({ name: "scripted", terms: TERMS });
  expect(provider.standing?.()).toEqual({
    circuit: "closed",
    requestsUnderWay: 0,
    requestsToday: 0,
    requestsDaily: 7,
  });
  const answer = provider.nearby(UCLA);
  await remote.isAsked(1);
  expect(provider.standing?.()).toMatchObject({ requestsUnderWay: 1, requestsToday: 1 });
  remote.answer(0, DENIED);
  expect(failure(await answer)).toEqual(DENIED);
  expect(provider.standing?.()).toMatchObject({ requestsUnderWay: 0, requestsToday: 1 });
});
