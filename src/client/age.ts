// How old a report is: the time since a server heard it, for programs and for people. Keeps CL51.

import type { ClientReport } from "./client-report.ts";

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

/** Younger than this is now: clocks are apart, and a line is on its way. */
const NOW_SECONDS = 1;

/** In seconds, and never negative. `nowMillis`: by the server's clock if that is known; POSIX milliseconds. */
export function ageSecondsOf({ heardMillis }: Pick<ClientReport, "heardMillis">, nowMillis = Date.now()): number {
  return Math.max(0, (nowMillis - heardMillis) / 1000);
}

/** An age in words, such as `just now` or `3 minutes ago`. */
export function agoText(ageSeconds: number): string {
  // A clock that says nothing tells no age.
  if (!(ageSeconds >= NOW_SECONDS)) return "just now";
  if (ageSeconds < MINUTE_SECONDS) return ago(ageSeconds, "second");
  if (ageSeconds < HOUR_SECONDS) return ago(ageSeconds / MINUTE_SECONDS, "minute");
  if (ageSeconds < DAY_SECONDS) return ago(ageSeconds / HOUR_SECONDS, "hour");
  return ago(ageSeconds / DAY_SECONDS, "day");
}

function ago(count: number, unit: string): string {
  const whole = Math.floor(count);
  return `${whole} ${unit}${whole === 1 ? "" : "s"} ago`;
}
