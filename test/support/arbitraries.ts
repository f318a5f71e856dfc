// The parts of properties: fields as a client may send them, and the exact value of times.
//
// Every property runs with `seeded`, so a run is the same everywhere. A failure prints its seed and path.

import * as fc from "fast-check";

import type { Report } from "../../src/core/protocol/report.ts";

export const seeded = { seed: 20261122, numRuns: 500 } as const;

const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{1,${most}}$`));
const sign = fc.constantFrom("+", "-");

function decimal(whole: fc.Arbitrary<string>, fractionDigits: number): fc.Arbitrary<string> {
  return fc
    .tuple(whole, fc.option(digits(fractionDigits)))
    .map(([before, after]) => (after === null ? before : `${before}.${after}`));
}

/** Times of every size, and times so similar that many are equal or differ in one digit. */
export const timeText: fc.Arbitrary<string> = fc.oneof(
  decimal(digits(22), 9),
  fc.stringMatching(/^[019]{1,2}(\.[019]{1,2})?$/),
  digits(9).map((nanoseconds) => `1479413884.${nanoseconds}`),
);

export const locationText: fc.Arbitrary<string> = fc
  .tuple(sign, decimal(fc.nat(89).map(String), 20), sign, decimal(fc.nat(179).map(String), 20))
  .map((parts) => parts.join(""));

/** Any characters except white space and LF: also control characters, emoji and unpaired accents. */
export const clientText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "kiwi.cs.ucla.edu",
    "\0",
    "a\0b",
    "';--",
    '"',
    "é",
    "e\u0301",
    "\u{1f9ed}",
    "\ufeff",
    "\u00a0",
    "\u2028",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).filter((text) => !/[ \t\r\f\v\n]/.test(text)),
);

/** The exact value of a time. Order keys, the guard and skews are compared with it. */
export function nanosecondsOf(time: string): bigint {
  const [whole = "", fraction = ""] = time.split(".");
  return BigInt(whole) * 10n ** 9n + BigInt(fraction.padEnd(9, "0"));
}

/** The claimed time in the line of a report. */
export function timeOf({ line }: Report): string {
  return line.split(" ")[5] ?? "";
}
