// What a connection may do: for which clients it may report, about which clients it may ask, and until when.
//
// Permissions come from the claims of a token that the edge has checked. A client's id is compared character by character,
// as everywhere (RP1): two ids that only look alike are two clients. `sub` is always one client, whatever characters it has.
// A `*` has a meaning only at the end of an entry in the lists of the `herd` claim. Keeps AC3, AC4, AC14, AC15 and AC17.

import type { AuthConfig } from "../config/auth-config.ts";
import type { TransportTraits } from "../protocol/connection.ts";
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
  /** Whose token it is: all its connections share some limits (LI4). Absent without a token, or if it is longer than an id. */
  readonly subject?: string;
  /** POSIX milliseconds; absent where they do not end. */
  readonly expiresAtMillis?: number;
}

const NOBODY: ClientSet = { names: [], prefixes: [] };
const EVERYBODY: ClientSet = { names: [], prefixes: [""] };

/** For a connection without a token, where the herd asks for none. */
const OPEN: Permissions = { reports: EVERYBODY, asks: EVERYBODY, isOperator: false };
const NONE: Permissions = { reports: NOBODY, asks: NOBODY, isOperator: false };

/** The claims of a checked token. docs/secure.md explains them. */
export interface TokenClaims {
  readonly sub?: string | undefined;
  /** POSIX seconds. */
  readonly exp: number;
  readonly herd?:
    | {
        readonly reports?: readonly string[] | undefined;
        readonly asks?: readonly string[] | undefined;
        readonly operator?: boolean | undefined;
      }
    | undefined;
}

/** What the claims of a valid token allow. Without a list, `sub` may report for itself, or ask about itself. */
export function permissionsOf({ sub, exp, herd = {} }: TokenClaims, clockToleranceSeconds: number): Permissions {
  // No client has a longer id, so there is nothing to remember.
  const isClient = sub !== undefined && !exceedsBytes(sub, CLIENT_BYTES_MAX);
  const itself = isClient ? { names: [sub], prefixes: [] } : NOBODY;
  const isOperator = herd.operator === true;
  const allowed = (list: readonly string[] | undefined) =>
    isOperator ? EVERYBODY : list === undefined ? itself : clientSet(list);
  return {
    reports: allowed(herd.reports),
    asks: allowed(herd.asks),
    isOperator,
    ...(isClient && { subject: sub }),
    expiresAtMillis: Math.min((exp + clockToleranceSeconds) * 1000, Number.MAX_SAFE_INTEGER),
  };
}

/** For a connection without a token. It may do everything in an open herd, and if it cannot show one and `auth.tcp` is open. */
export function permissionsWithout(auth: AuthConfig | undefined, { showsTokens }: TransportTraits): Permissions {
  return auth === undefined || (!showsTokens && auth.tcp === "open") ? OPEN : NONE;
}

export function mayReport({ reports }: Permissions, client: string): boolean {
  return holds(reports, client);
}

export function mayAsk({ asks }: Permissions, client: string): boolean {
  return holds(asks, client);
}

/** A client may have the id `*`. Only the `*` of a list, or an operator's token, means all clients. */
export function mayAskAll({ asks }: Permissions): boolean {
  return asks.prefixes.includes("");
}

/** Whether the connection may do anything at all. */
export function mayAnything({ reports, asks }: Permissions): boolean {
  return [reports, asks].some(({ names, prefixes }) => names.length + prefixes.length > 0);
}

/** Reads permissions that crossed a boundary as JSON. Throws on anything else: a mistake must not give a right. */
export function readPermissions(json: string): Permissions {
  const value: unknown = JSON.parse(json);
  if (!isRecord(value)) throw new TypeError("Cannot read permissions: the value is no object");
  const { reports, asks, isOperator, subject, expiresAtMillis } = value;
  if (!isClientSet(reports) || !isClientSet(asks) || typeof isOperator !== "boolean")
    throw new TypeError("Cannot read permissions: a list of clients or the operator's flag is missing");
  if (subject !== undefined && typeof subject !== "string")
    throw new TypeError("Cannot read permissions: their subject is no text");
  const read = { reports, asks, isOperator, ...(subject !== undefined && { subject }) };
  if (expiresAtMillis === undefined) return read;
  if (typeof expiresAtMillis !== "number" || !Number.isSafeInteger(expiresAtMillis))
    throw new TypeError("Cannot read permissions: their end is no time");
  return { ...read, expiresAtMillis };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isClientSet(value: unknown): value is ClientSet {
  return isRecord(value) && isTexts(value["names"]) && isTexts(value["prefixes"]);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function clientSet(list: readonly string[]): ClientSet {
  const prefixes = list.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
  return { names: list.filter((pattern) => !pattern.endsWith("*")), prefixes };
}

function holds({ names, prefixes }: ClientSet, client: string): boolean {
  return names.includes(client) || prefixes.some((prefix) => client.startsWith(prefix));
}
