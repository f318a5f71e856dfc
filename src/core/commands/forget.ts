// FORGET <client>: no server is to know any longer where the client was.
//
// The answer leaves when that is durable, and the neighbours are told by the same feeds as of reports. Who may report for a client may have it
// forgotten. A client that is not known is forgotten like another one: elsewhere a report of it may be on its way, and nobody
// learns who is known. Keeps FG1, FG2, FG7 and FG9.

import { mayReport } from "../access/permissions.ts";
import { forgotten } from "../protocol/forgetting.ts";
import { CLIENT_BYTES_MAX } from "../protocol/report.ts";
import { exceedsBytes } from "../lib/utf8.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { EVERY_CLIENT } from "./watched.ts";
import { defineCommand, type Refused } from "./command.ts";

export interface Forget {
  readonly client: string;
}

const REASONS = {
  "FORGET takes a client": "syntax",
  "client too long": "range",
  "* means all clients": "syntax",
  "too many clients": "full",
  "too many new clients": "pace",
  "too many bytes stored": "full",
  "the storage is full": "storage",
  "its token does not allow reports for this client": "forbidden",
} as const satisfies Record<string, RefusalCode>;

type Reason = keyof typeof REASONS;

/** Parses the fields after `FORGET`. Never throws. */
export function parseForget(fields: readonly string[]): Forget | Refused<Reason> {
  const [client, ...rest] = fields;
  if (client === undefined || rest.length > 0) return { refusal: "FORGET takes a client" };
  if (exceedsBytes(client, CLIENT_BYTES_MAX)) return { refusal: "client too long" };
  return client === EVERY_CLIENT ? { refusal: "* means all clients" } : { client };
}

export const forget = defineCommand<Forget, Reason, "forgotten">({
  name: "FORGET",
  fields: ["client"],
  says: "no server is to know any longer where the client was",
  answeredWith: "`FORGOT`, the client, and the time at which it was forgotten, as soon as that is durable",
  reasons: REASONS,
  outcomes: ["forgotten"],
  parse: parseForget,
  accessRefusalOf: ({ client }, permissions) =>
    mayReport(permissions, client) ? undefined : "its token does not allow reports for this client",
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
