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

test("[LI1] [LI13] lets in as many as the server and the address may have, and as many again as leave", () => {
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
