// Refusals, as a client reads them.
//
// Every client may be answered `? ` and its line, as in the paper. A client that asks for reasons is answered `?`, a code, a
// space and its line: the code says what the client can do about it. Codes are added, never changed; a reader takes one that
// it does not know for a refusal without a reason. Keeps LN4, LN12 and LN13.

/** What a refusal tells its client to change. docs/protocol.md says what to do for each. */
export const REFUSAL_CODES = ["syntax", "range", "clock", "forbidden", "pace", "full", "storage", "unknown"] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  /** "refused": no reason is given, or none that is known here. */
  readonly code: RefusalCode | "refused";
  /** The line that is refused, as far as the answer copies it. */
  readonly line: string;
  /** Only with `pace`: after so many seconds the line may be said again. */
  readonly retryAfterSeconds?: number;
}

const ANSWER = /^\?(?:([a-z]{1,32})(?:=(\d{1,9}(?:\.\d{1,9})?))?)? (.*)$/s;

/** `?pace=0.35 `: what stands before the line. `waitMillis` is rounded up, because a line that comes too early is refused again. */
export function formatRefusal(code: RefusalCode, waitMillis?: number): string {
  return waitMillis === undefined ? `?${code} ` : `?${code}=${Math.max(1, Math.ceil(waitMillis)) / 1000} `;
}

/** Reads the line of an answer, without its LF; `undefined` if it refuses nothing. */
export function parseRefusal(answer: string): Refusal | undefined {
  const [, said, seconds, line] = ANSWER.exec(answer) ?? [];
  if (line === undefined) return undefined;
  const code = REFUSAL_CODES.find((known) => known === said) ?? "refused";
  return code === "pace" && seconds !== undefined ? { code, line, retryAfterSeconds: Number(seconds) } : { code, line };
}
