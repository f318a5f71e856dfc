// The order of reports, and the times in them, read from their lines. They share no code with the core, which they test.

/** Nanoseconds since 1970 that an AT, IAMAT or SILENT line claims. */
export function claimedNanos(line: string): bigint {
  const fields = line.split(" ");
  return nanosIn((fields[0] === "AT" ? fields[5] : fields.at(-1)) ?? "");
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

/** When the client was forgotten that the line is of: nanoseconds since 1970, or -1 (FG4). */
export function forgotNanos(line: string): bigint {
  const fields = line.split(" ");
  if (fields[0] === "FORGOT") return nanosIn(fields[2] ?? "");
  const field = fields.find((found) => found.startsWith("forgot="));
  return field === undefined ? -1n : nanosIn(field.slice("forgot=".length));
}

/** Whether the line says no more than that its client was forgotten. */
export function isForgotten(line: string): boolean {
  return line.startsWith("FORGOT ") || heardNanos(line) <= forgotNanos(line);
}

/** An AT line as clients are shown it. */
export function shownOf(atLine: string): string {
  return atLine.split(" ").slice(0, 6).join(" ");
}

/** The client of an AT line. */
export function clientOf(atLine: string): string {
  return atLine.split(" ")[3] ?? "";
}

/**
 * Positive if the first AT line supersedes the other one between servers: by when the client was forgotten, then a report before
 * none, then by the time, then by the bytes (FG3, RP6, RP11).
 */
export function compareReports(line: string, other: string): number {
  const differences = [
    forgotNanos(line) - forgotNanos(other),
    BigInt(isForgotten(other)) - BigInt(isForgotten(line)),
    claimedNanos(line) - claimedNanos(other),
  ];
  const difference = differences.find((found) => found !== 0n);
  return difference === undefined ? Buffer.compare(Buffer.from(line), Buffer.from(other)) : Number(difference);
}

/** The greatest AT line; `undefined` of none. */
export function greatestReport(lines: Iterable<string>): string | undefined {
  let greatest: string | undefined;
  for (const line of lines) if (greatest === undefined || compareReports(line, greatest) > 0) greatest = line;
  return greatest;
}

function nanosIn(time: string): bigint {
  const [whole = "", fraction = ""] = time.split(".");
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}
