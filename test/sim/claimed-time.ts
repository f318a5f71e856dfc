// The claimed time of a report, read from its line. It shares no code with the core, which it tests.

/** Nanoseconds since 1970 of an AT or IAMAT line. */
export function claimedNanos(line: string): bigint {
  const [whole = "", fraction = ""] = line.slice(line.lastIndexOf(" ") + 1).split(".");
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** The client of an AT line. */
export function clientOf(atLine: string): string {
  return atLine.split(" ")[3] ?? "";
}
