import * as fc from "fast-check";
import { expect, test } from "vitest";
import { PageLookup } from "../../../src/core/storage/page-lookup.ts";
import { seeded } from "../../support/arbitraries.ts";
import { MemoryRows } from "../../support/memory-rows.ts";

const KEYS = fc.constantFrom("", "a", "b", "bb", "c", "\u{1f411}", "\uffff", "z");

test("[RP7] the page of a client is the one that the rows have, in whatever order clients are asked for", () => {
  const use = fc.record({ client: KEYS, written: fc.option(KEYS, { nil: undefined, freq: 4 }) });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 60 }), (uses) => {
      const rows = new MemoryRows();
      const lookup = new PageLookup(rows);
      for (const [index, { client, written }] of uses.entries()) {
        if (written !== undefined) {
          // The first page begins with no client at all.
          rows.transact(() => {
            if (rows.pageOf("") === undefined) rows.putPage({ first: "", records: "first\n" });
            rows.putPage({ first: written, records: `${index}\n` });
          });
          lookup.forget();
        }
        for (const asked of [client, client, client])
          expect(lookup.recordsOf(asked)).toBe(rows.pageOf(asked)?.records ?? "");
      }
    }),
    seeded,
  );
});

test("[RP7] a page is read twice for all of its clients that are asked for in order, and where it ends once", () => {
  const rows = new MemoryRows();
  rows.transact(() => {
    rows.putPage({ first: "", records: "a page\n" });
    rows.putPage({ first: "m", records: "another page\n" });
  });
  const asked: string[] = [];
  const lookup = new PageLookup({
    pageOf: (client) => (asked.push(`page of ${client}`), rows.pageOf(client)),
    firstAbove: (client) => (asked.push(`first above ${client}`), rows.firstAbove(client)),
  });
  for (const client of ["a", "b", "c", "l", "m", "n", "o"]) lookup.recordsOf(client);
  expect(asked).toEqual(["page of a", "page of b", "first above b", "page of m", "page of n", "first above n"]);
});
