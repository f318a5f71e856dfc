// Who may do what: for which clients a connection may report, about which it may ask, and until when.
//
// It comes from the claims of a token that somebody else has checked. A client's id is compared character by character,
// as it is everywhere (RP1): look-alikes are strangers. `sub` is always one client, whatever characters it has; only the
// lists of the `herd` claim know `*`, at the end. Keeps AC3 and AC4.

import * as z from "zod";
import type { AuthConfig } from "../config/auth-config.ts";
import { EVERY_CLIENT, type Command } from "../commands/command.ts";
import type { TransportKind } from "../contract/log-entry.ts";
import { CLIENT_BYTES_MAX } from "../protocol/report.ts";
import { exceedsBytes } from "../lib/utf8.ts";

/** Clients by name, and all whose names begin with one of the prefixes. */
interface ClientSet {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
}

export interface Permissions {
  readonly reports: ClientSet;
  readonly asks: ClientSet;
  readonly isOperator: boolean;
  /** POSIX milliseconds; absent where they do not end. */
  readonly expiresAtMillis?: number;
}

export type AccessRefusal =
  | "its token does not allow reports for this client"
  | "its token does not allow questions about this client"
  | "its token does not allow questions about all clients";

const NOBODY: ClientSet = { names: [], prefixes: [] };
const EVERYBODY: ClientSet = { names: [], prefixes: [""] };

/** Of a connection that showed no token, where none is asked for. */
const OPEN: Permissions = { reports: EVERYBODY, asks: EVERYBODY, isOperator: false };
const NONE: Permissions = { reports: NOBODY, asks: NOBODY, isOperator: false };

const patterns = z.array(z.string().min(1).max(CLIENT_BYTES_MAX));

const claimsSchema = z.looseObject({
  sub: z.string().min(1).optional(),
  exp: z.number(),
  herd: z
    .strictObject({
      reports: patterns.optional(),
      asks: patterns.optional(),
      operator: z.boolean().optional(),
    })
    .optional(),
});

/**
 * What the claims of a valid token allow: without lists of its own, its `sub` may report for itself and ask about itself.
 * `undefined` if the claims are not of the shape that docs/secure.md gives.
 */
export function permissionsOf(claims: unknown, clockToleranceSeconds: number): Permissions | undefined {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return undefined;
  const { sub, exp, herd = {} } = parsed.data;
  // A longer one is nobody's id, and would have to be remembered for nothing.
  const isClient = sub !== undefined && !exceedsBytes(sub, CLIENT_BYTES_MAX);
  const itself = isClient ? { names: [sub], prefixes: [] } : NOBODY;
  const isOperator = herd.operator === true;
  const allowed = (list: readonly string[] | undefined) =>
    isOperator ? EVERYBODY : list === undefined ? itself : clientSet(list);
  return {
    reports: allowed(herd.reports),
    asks: allowed(herd.asks),
    isOperator,
    expiresAtMillis: Math.min((exp + clockToleranceSeconds) * 1000, Number.MAX_SAFE_INTEGER),
  };
}

/** Of a connection that came without any: everything in an open herd, and over TCP where the herd leaves that open. */
export function permissionsWithout(auth: AuthConfig | undefined, via: TransportKind): Permissions {
  return auth === undefined || (via === "tcp" && auth.tcp === "open") ? OPEN : NONE;
}

export function mayReport({ reports }: Permissions, client: string): boolean {
  return holds(reports, client);
}

export function mayAsk({ asks }: Permissions, client: string): boolean {
  return holds(asks, client);
}

/** A client may be named `*` itself: only the `*` of a list, or an operator's token, stands for all. */
export function mayAskAll({ asks }: Permissions): boolean {
  return asks.prefixes.includes("");
}

/** Whether there is any line that would not be refused. */
export function mayAnything({ reports, asks }: Permissions): boolean {
  return [reports, asks].some(({ names, prefixes }) => names.length + prefixes.length > 0);
}

/** Why a command is refused, if it is. */
export function accessRefusalOf(permissions: Permissions, { name, client }: Command): AccessRefusal | undefined {
  if (name === "IAMAT")
    return mayReport(permissions, client) ? undefined : "its token does not allow reports for this client";
  if (name !== "WHATSAT" && client === EVERY_CLIENT)
    return mayAskAll(permissions) ? undefined : "its token does not allow questions about all clients";
  return mayAsk(permissions, client) ? undefined : "its token does not allow questions about this client";
}

function clientSet(list: readonly string[]): ClientSet {
  const prefixes = list.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
  return { names: list.filter((pattern) => !pattern.endsWith("*")), prefixes };
}

function holds({ names, prefixes }: ClientSet, client: string): boolean {
  return names.includes(client) || prefixes.some((prefix) => client.startsWith(prefix));
}
