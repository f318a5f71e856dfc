// Claims that are not believed to be any.

import { expect, test } from "vitest";
import { readClaims } from "../../../src/worker/auth/token-claims.ts";

const EXP = 2_000_000_000;

test.each([
  ["no object", "kiwi"],
  ["no exp", { sub: "kiwi" }],
  ["an exp without end", { sub: "kiwi", exp: Infinity }],
  ["an exp that is text", { sub: "kiwi", exp: "tomorrow" }],
  ["a sub that is a number", { sub: 7, exp: EXP }],
  ["a sub of nothing", { sub: "", exp: EXP }],
  ["a herd claim that is a list", { sub: "kiwi", exp: EXP, herd: ["*"] }],
  ["a list that is text", { sub: "kiwi", exp: EXP, herd: { asks: "*" } }],
  ["a list of numbers", { sub: "kiwi", exp: EXP, herd: { asks: [1] } }],
  ["an operator that is text", { sub: "kiwi", exp: EXP, herd: { operator: "true" } }],
  ["a right that nobody knows", { sub: "kiwi", exp: EXP, herd: { ask: ["*"] } }],
])("[AC14] claims with %s are none", (_, claims) => {
  expect(readClaims(claims)).toBeUndefined();
});

test("[AC14] claims that nobody reads are passed over", () => {
  expect(readClaims({ sub: "kiwi", exp: EXP, iss: "someone", herd: { asks: ["*"] } })).toMatchObject({ sub: "kiwi" });
});
