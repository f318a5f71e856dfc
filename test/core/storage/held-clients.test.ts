// What memory knows of clients, against a map that forgets nothing.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { HeldClients, type HeldClient } from "../../../src/core/storage/held-clients.ts";
import { seeded } from "../../support/arbitraries.ts";
import { numbered } from "../../support/reports.ts";

const SIZE = 4;

const USES = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 20 }),
    change: fc.constantFrom("report", "log", "page", "nothing"),
  }),
  { maxLength: 200 },
);

test("[RP7] whoever is needed is known, and the last ones asked for, and no more than two generations beside", () => {
  fc.assert(
    fc.property(USES, (uses) => {
      const [held, all] = [new HeldClients(SIZE), new Map<string, HeldClient>()];
      const asked: string[] = [];
      let mostUnfolded = 0;
      for (const [seq, { key, change }] of uses.entries()) {
        const client = `client-${key}`;
        const found = held.get(client);
        const known = all.get(client);
        if (asked.slice(-SIZE).includes(client) || known?.isUnfolded === true) expect(found).toBe(known);
        // One that was let go is read from its page, into a new object.
        const current = found ?? held.add(client, known?.numbered);
        all.set(client, current);
        if (change === "report") current.numbered = numbered(seq + 1, client, String(seq + 1));
        if (change === "log") current.isUnfolded = true;
        if (change === "page") current.isUnfolded = false;
        asked.splice(0, asked.length, ...asked.filter((other) => other !== client), client);
        expect(held.get(client)?.numbered).toEqual(current.numbered);
        mostUnfolded = Math.max(mostUnfolded, [...all.values()].filter(({ isUnfolded }) => isUnfolded).length);
      }
      const known = [...all.keys()].filter((client) => held.get(client) !== undefined);
      expect(known.length).toBeLessThanOrEqual(2 * (SIZE + mostUnfolded));
    }),
    seeded,
  );
});

test("[RP6] one that was let go is taken again, unless another object took its place", () => {
  const held = new HeldClients(SIZE);
  const [kept, replaced] = [held.add("kept", undefined), held.add("replaced", undefined)];
  expect([held.current(kept), held.current(replaced)]).toEqual([kept, replaced]);
  for (let other = 0; other < 3 * SIZE; other++) held.add(`other-${other}`, undefined);
  expect([held.get("kept"), held.get("replaced")]).toEqual([undefined, undefined]);
  const next = held.add("replaced", numbered(1, "replaced", "1"));
  expect(held.current(replaced)).toBe(next);
  expect(held.current(kept)).toBe(kept);
  expect(held.get("kept")).toBe(kept);
});
