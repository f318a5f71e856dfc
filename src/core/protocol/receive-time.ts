// When a report was heard: its claimed time plus its skew, in exact arithmetic, which is the clock of the server that heard it.
//
// Who sends reports may claim any time; the receive time is what tells how old the news is. Keeps WT19 and WT20.

import { nanosecondsOf, NANOSECONDS_PER_MILLISECOND, NANOSECONDS_PER_SECOND } from "./time.ts";

/** The two fields of an AT line that say it. */
export interface Heard {
  /** A sign, digits, a point and nine digits. */
  readonly skew: string;
  /** POSIX seconds. */
  readonly time: string;
}

/** The receive time in the line of a report. */
export function heardOf(line: string): Heard {
  const [, , skew = "", , , time = ""] = line.split(" ");
  return { skew, time };
}

/** POSIX seconds without zeros at the end. A time before 1970 is `0`: a neighbour may say any skew. */
export function receiveTimeOf(heard: Heard): string {
  const nanoseconds = receiveNanoseconds(heard);
  const seconds = nanoseconds / NANOSECONDS_PER_SECOND;
  const fraction = (nanoseconds % NANOSECONDS_PER_SECOND).toString().padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? `${seconds}` : `${seconds}.${fraction}`;
}

/** POSIX milliseconds, rounded down: a server's clock has no more. */
export function receiveMillisOf(heard: Heard): number {
  return Number(receiveNanoseconds(heard) / NANOSECONDS_PER_MILLISECOND);
}

function receiveNanoseconds({ skew, time }: Heard): bigint {
  const size = nanosecondsOf(skew.slice(1));
  const nanoseconds = nanosecondsOf(time) + (skew.startsWith("-") ? -size : size);
  return nanoseconds < 0n ? 0n : nanoseconds;
}
