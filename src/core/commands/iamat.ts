// IAMAT <client> <location> <time>: says where a client is, and at what time it was there.
//
// The time may be `now`. Such a report, and on a connection with `?clock=server` one whose time is far off, is stamped by the server.
// The report is offered to the server. The answer waits until the guard has judged the report and the commit has made it
// durable. The answer is the AT line that the server then holds: of this report, or of one that is as new. Keeps RP1 to RP7,
// RP14 to RP18, AC4, LI5, LI23, ST3 and ST6.

import { locationProblem } from "../protocol/location.ts";
import { heardReport } from "../protocol/forgetting.ts";
import { NOW, stampedReport } from "../protocol/stamp.ts";
import { isAhead, isBehind, timeKeyOf } from "../protocol/time.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { REPORTED_REASONS, reportedProblem, reportedRefusalOf } from "./reported.ts";
import { defineCommand, type ParseContext, type Refused, type ReportAnswer } from "./command.ts";

export interface Iamat {
  readonly client: string;
  readonly location: string;
  /** `undefined`: the server stamps the report. */
  readonly claimed: ClaimedTime | undefined;
}

interface ClaimedTime {
  readonly time: string;
  /** Texts of this form sort in the order of their times: see `timeKeyOf`. */
  readonly timeKey: string;
}

const REASONS = {
  "IAMAT takes a client, a location and a time": "syntax",
  "location is not ±lat±lon": "syntax",
  "location is out of range": "range",
  "location too long": "range",
  "time is neither POSIX seconds nor now": "syntax",
  "time too far ahead": "clock",
  ...REPORTED_REASONS,
} as const satisfies Record<string, RefusalCode>;

type Reason = keyof typeof REASONS;

/** Parses the fields after `IAMAT`. Never throws. */
export function parseIamat(
  fields: readonly string[],
  { nowMillis, futureSeconds, pastSeconds }: Pick<ParseContext, "nowMillis" | "futureSeconds" | "pastSeconds">,
): Iamat | Refused<Reason> {
  const [client, location, time, ...rest] = fields;
  if (client === undefined || location === undefined || time === undefined || rest.length > 0)
    return { refusal: "IAMAT takes a client, a location and a time" };
  const problem = reportedProblem(client) ?? locationProblem(location);
  if (problem !== undefined) return { refusal: problem };
  if (time === NOW) return { client, location, claimed: undefined };
  const timeKey = timeKeyOf(time);
  if (timeKey === undefined) return { refusal: "time is neither POSIX seconds nor now" };
  const isTooFarAhead = isAhead(time, nowMillis, futureSeconds);
  if (pastSeconds !== undefined && (isTooFarAhead || isBehind(time, nowMillis, pastSeconds)))
    return { client, location, claimed: undefined };
  if (isTooFarAhead) return { refusal: "time too far ahead" };
  return { client, location, claimed: { time, timeKey } };
}

export const iamat = defineCommand<Iamat, Reason, "accepted" | "stale">({
  name: "IAMAT",
  fields: ["client", "location", "time"],
  says: "the client is there, at that POSIX time, or `now`",
  answeredWith: "the `AT` line of the report that the server then holds, as soon as it is durable",
  reasons: REASONS,
  outcomes: ["accepted", "stale"],
  parse: parseIamat,
  accessRefusalOf: reportedRefusalOf,
  run({ client, location, claimed }, context) {
    const refusal = context.reportRefusal(client);
    if (refusal !== undefined) return context.refuse(refusal);
    const waitMillis = context.newClientWaitMillis(client);
    if (waitMillis > 0) return context.refuse("too many new clients", waitMillis);
    const { server, receivedMillis } = context;
    const answered: ReportAnswer = ({ isAccepted, line }) => {
      context.count(isAccepted ? "accepted" : "stale");
      return `${line}\n`;
    };
    const said = { server, client, location };
    context.offer(
      client,
      (held) =>
        claimed === undefined
          ? stampedReport(said, receivedMillis, held)
          : heardReport({ ...said, ...claimed }, receivedMillis, held),
      answered,
    );
  },
});
