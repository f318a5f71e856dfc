// FORGET <client>: no server is to know any longer where the client was.
//
// The answer leaves when that is durable, and the neighbours are told by the same feeds as of reports. Who may report for a client may have it
// forgotten. A client that is not known is forgotten like another one: elsewhere a report of it may be on its way, and nobody
// learns who is known. Keeps FG1, FG2, FG7 and FG9.

import { forgotten } from "../protocol/forgetting.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { defineCommand, type Refused } from "./command.ts";
import { REPORTED_REASONS, reportedProblem, reportedRefusalOf } from "./reported.ts";

export interface Forget {
  readonly client: string;
}

const REASONS = {
  "FORGET takes a client": "syntax",
  ...REPORTED_REASONS,
} as const satisfies Record<string, RefusalCode>;

type Reason = keyof typeof REASONS;

/** Parses the fields after `FORGET`. Never throws. */
export function parseForget(fields: readonly string[]): Forget | Refused<Reason> {
  const [client, ...rest] = fields;
  if (client === undefined || rest.length > 0) return { refusal: "FORGET takes a client" };
  const problem = reportedProblem(client);
  return problem === undefined ? { client } : { refusal: problem };
}

export const forget = defineCommand<Forget, Reason, "forgotten">({
  name: "FORGET",
  fields: ["client"],
  says: "no server is to know any longer where the client was",
  answeredWith: "`FORGOT`, the client, and the time at which it was forgotten, as soon as that is durable",
  reasons: REASONS,
  outcomes: ["forgotten"],
  parse: parseForget,
  accessRefusalOf: reportedRefusalOf,
  run({ client }, context) {
    const refusal = context.reportRefusal(client);
    if (refusal !== undefined) return context.refuse(refusal);
    const waitMillis = context.newClientWaitMillis(client);
    if (waitMillis > 0) return context.refuse("too many new clients", waitMillis);
    const { server, receivedMillis } = context;
    context.offer(
      client,
      (held) => forgotten(server, client, receivedMillis, held),
      ({ line }) => {
        context.count("forgotten");
        return `${line}\n`;
      },
    );
  },
});
