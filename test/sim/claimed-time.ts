// The claimed time and the order of reports, read from their lines. They share no code with the core, which they test.

/** Nanoseconds since 1970 of an AT or IAMAT line. */
export function claimedNanos(line: string): bigint {
  const [whole = "", fraction = ""] = line.slice(line.lastIndexOf(" ") + 1).split(".");
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** Whether the server is to give an IAMAT its time. */
export function isStamped(line: string): boolean {
  return line.endsWith(" now");
}

/** When the report of an AT line was heard: nanoseconds since 1970, by the server that heard it. */
export function heardNanos(atLine: string): bigint {
  const skew = atLine.split(" ")[2] ?? "";
  const size = BigInt(skew.slice(1).replace(".", ""));
  return claimedNanos(atLine) + (skew.startsWith("-") ? -size : size);
}

/** The client of an AT line. */
export function clientOf(atLine: string): string {
  return atLine.split(" ")[3] ?? "";
}

/** Positive if the first AT line supersedes the other one between servers: by its time, then by its bytes (RP6, RP11). */
export function compareReports(line: string, other: string): number {
  const difference = claimedNanos(line) - claimedNanos(other);
  return difference === 0n ? Buffer.compare(Buffer.from(line), Buffer.from(other)) : Number(difference);
}

/** The greatest AT line; `undefined` of none. */
export function greatestReport(lines: Iterable<string>): string | undefined {
  let greatest: string | undefined;
  for (const line of lines) if (greatest === undefined || compareReports(line, greatest) > 0) greatest = line;
  return greatest;
}
