// Who may connect: the count is that of a plain list of who is there, whatever comes and goes.

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ConnectionLimits } from "../../../src/core/access/connection-limits.ts";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { seeded } from "../../support/arbitraries.ts";

function limitsOf(connections: number, connectionsPerAddress: number) {
  const servers = [{ name: "Alford", neighbours: [] }];
  return parseHerdConfig({ servers, limits: { connections, connectionsPerAddress } }).limits;
}

test("[LI1] [LI13] [LI19] lets in as many as the server and the address may have, and as many again as leave", () => {
  const arrivals = fc.array(
    fc.record({
      isLeaving: fc.boolean(),
      key: fc.integer({ min: 0, max: 12 }),
      address: fc.constantFrom("192.0.2.1", "192.0.2.2", undefined),
    }),
  );
  fc.assert(
    fc.property(arrivals, (moves) => {
      const limits = new ConnectionLimits<number>(limitsOf(6, 2));
      const open = new Map<number, string | undefined>();
      for (const { isLeaving, key, address } of moves) {
        if (isLeaving) {
          limits.leave(key);
          open.delete(key);
        } else if (!open.has(key)) {
          const ofAddress = [...open.values()].filter((other) => other !== undefined && other === address).length;
          const status = open.size >= 6 ? 503 : ofAddress >= 2 ? 429 : undefined;
          expect(limits.refusalOf(address)?.status).toBe(status);
          if (status !== undefined) continue;
          limits.enter(key, address);
          open.set(key, address);
        }
      }
    }),
    seeded,
  );
});

test("[LI19] the one that has been silent for longest gives way, as a plain list of who spoke when has it", () => {
  const moves = fc.array(
    fc.record({
      move: fc.constantFrom("enter", "hear", "leave"),
      key: fc.integer({ min: 0, max: 12 }),
      address: fc.constantFrom("192.0.2.1", "192.0.2.2", undefined),
      isPassing: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(moves, (drawn) => {
      const limits = new ConnectionLimits<number>(limitsOf(100, 2));
      const open = new Map<number, { address: string | undefined; isPassing: boolean; heardAt: number }>();
      for (const [now, { move, key, address, isPassing }] of drawn.entries()) {
        const known = open.get(key);
        if (move === "leave") {
          limits.leave(key);
          open.delete(key);
        } else if (move === "hear") {
          limits.heard(key);
          if (known !== undefined) open.set(key, { ...known, heardAt: now });
        } else if (known === undefined) {
          const ofAddress = [...open].filter(([, other]) => address !== undefined && other.address === address);
          const [silent] = ofAddress
            .filter(([, other]) => !other.isPassing)
            .toSorted(([, one], [, other]) => one.heardAt - other.heardAt);
          const expected = ofAddress.length >= 2 ? silent?.[0] : undefined;
          expect(limits.toGiveUp(address)).toBe(expected);
          if (expected !== undefined) {
            limits.leave(expected);
            open.delete(expected);
          }
          if (limits.refusalOf(address) !== undefined) continue;
          limits.enter(key, address, isPassing);
          open.set(key, { address, isPassing, heardAt: now });
        }
      }
    }),
    seeded,
  );
});
