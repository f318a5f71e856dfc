// What the claims of a token allow: by whom, about whom, and what is not believed to be claims at all.

import { describe, expect, test } from "vitest";

import {
  mayAnything,
  mayAsk,
  mayReport,
  permissionsOf,
  readPermissions,
  type Permissions,
  type TokenClaims,
} from "../../../src/core/access/permissions.ts";

const EXP = 2_000_000_000;

function allowedBy(claims: Partial<TokenClaims>): Permissions {
  return permissionsOf({ exp: EXP, ...claims }, 5);
}

describe("what a token allows", () => {
  test("[AC3] without lists it is for its sub: to report for and to ask about", () => {
    const permissions = allowedBy({ sub: "kiwi" });
    expect([mayReport(permissions, "kiwi"), mayAsk(permissions, "kiwi")]).toEqual([true, true]);
    expect([mayReport(permissions, "emu"), mayAsk(permissions, "emu")]).toEqual([false, false]);
    expect(permissions).toMatchObject({ isOperator: false, expiresAtMillis: (EXP + 5) * 1000 });
  });

  test.each([
    ["a list of one", ["emu"], "emu", true],
    ["a list that leaves the sub out", ["emu"], "kiwi", false],
    ["an empty list", [], "kiwi", false],
    ["a prefix", ["fleet-*"], "fleet-7", true],
    ["a prefix, for a client that is no more than that", ["fleet-*"], "fleet-", true],
    ["a prefix, for one that has it elsewhere", ["fleet-*"], "a-fleet-7", false],
    ["a prefix, for one that is shorter", ["fleet-*"], "fleet", false],
    ["all", ["*"], "anybody", true],
    ["a star that is not at the end", ["fl*et"], "fleet", false],
    ["a star that is not at the end, itself", ["fl*et"], "fl*et", true],
  ])("[AC14] %s says who may be asked about or reported for", (_, list, client, isAllowed) => {
    const asking = allowedBy({ sub: "kiwi", herd: { asks: list } });
    expect(mayAsk(asking, client)).toBe(isAllowed);
    expect([mayReport(asking, "kiwi"), mayReport(asking, "fleet-7")]).toEqual([true, false]);
    const reporting = allowedBy({ sub: "kiwi", herd: { reports: list } });
    expect(mayReport(reporting, client)).toBe(isAllowed);
    expect([mayAsk(reporting, "kiwi"), mayAsk(reporting, "fleet-7")]).toEqual([true, false]);
  });

  test("[AC15] an operator may do both for all, whatever the lists", () => {
    const permissions = allowedBy({ herd: { operator: true, asks: [], reports: [] } });
    expect(permissions.isOperator).toBe(true);
    expect([mayReport(permissions, "kiwi"), mayAsk(permissions, "kiwi")]).toEqual([true, true]);
    expect(allowedBy({ sub: "kiwi", herd: { operator: false } }).isOperator).toBe(false);
  });

  test("[AC3] a sub is one client, whatever characters it has", () => {
    const permissions = allowedBy({ sub: "*" });
    expect([mayReport(permissions, "*"), mayReport(permissions, "kiwi"), mayAsk(permissions, "kiwi")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test.each([
    ["a Cyrillic letter", "k\u0456wi"],
    ["another case", "Kiwi"],
    ["a trailing dot", "kiwi."],
    ["a NUL", "kiwi\0"],
    ["a NUL and more", "kiwi\0emu"],
    ["a zero-width space", "kiwi\u200b"],
    ["a full-width letter", "\uff4biwi"],
    ["less", "kiw"],
    ["nothing", ""],
    ["the name of a property", "__proto__"],
  ])("[AC3] a client of almost that name, with %s, is another one", (_, client) => {
    const permissions = allowedBy({ sub: "kiwi" });
    expect([mayReport(permissions, client), mayAsk(permissions, client)]).toEqual([false, false]);
  });

  test("[AC3] composed and decomposed letters are not the same client", () => {
    expect(mayReport(allowedBy({ sub: "caf\u00e9" }), "cafe\u0301")).toBe(false);
  });

  test("[AC5] one of nobody allows nothing at all", () => {
    expect(mayAnything(allowedBy({}))).toBe(false);
    expect(mayAnything(allowedBy({ sub: "kiwi", herd: { reports: [], asks: [] } }))).toBe(false);
    expect(mayAnything(allowedBy({ herd: { asks: ["*"] } }))).toBe(true);
    expect(mayAnything(allowedBy({ herd: { operator: true } }))).toBe(true);
  });

  test("[AC6] an end beyond all numbers is a number that a timer and JSON can carry", () => {
    const { expiresAtMillis } = allowedBy({ sub: "kiwi", exp: 1e300 });
    expect(Number.isSafeInteger(expiresAtMillis)).toBe(true);
  });
});

describe("permissions that crossed a boundary as JSON", () => {
  test("[AC17] are what they were", () => {
    for (const permissions of [allowedBy({ sub: "kiwi" }), allowedBy({ herd: { operator: true, asks: ["fleet-*"] } })])
      expect(readPermissions(JSON.stringify(permissions))).toEqual(permissions);
    const endless = { reports: { names: [], prefixes: [""] }, asks: { names: ["a"], prefixes: [] }, isOperator: false };
    expect(readPermissions(JSON.stringify(endless))).toEqual(endless);
  });

  test.each([
    ["nothing", null],
    ["a text", "operator"],
    ["no lists", { isOperator: true }],
    ["a list that is no set", { reports: [], asks: [], isOperator: false }],
    [
      "a name that is a number",
      { reports: { names: [1], prefixes: [] }, asks: { names: [], prefixes: [] }, isOperator: false },
    ],
    [
      "an operator that is text",
      { reports: { names: [], prefixes: [] }, asks: { names: [], prefixes: [] }, isOperator: "yes" },
    ],
    [
      "an end that is text",
      {
        reports: { names: [], prefixes: [] },
        asks: { names: [], prefixes: [] },
        isOperator: false,
        expiresAtMillis: "never",
      },
    ],
  ])("[AC17] give no right if they are %s", (_, value) => {
    expect(() => readPermissions(JSON.stringify(value))).toThrow("Cannot read permissions");
  });
});
