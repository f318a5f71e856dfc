// Who may do what: for which clients a connection may report, about which it may ask, and until when.
//
// It comes from the claims of a token that somebody else has checked. A client's id is compared character by character,
// as it is everywhere (RP1): look-alikes are strangers. `sub` is always one client, whatever characters it has; only the
// lists of the `herd` claim know `*`, at the end. Keeps AC3 and AC4.

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
  /** POSIX milliseconds; absent where they do not end. */
  readonly expiresAtMillis?: number;
}

const NOBODY: ClientSet = { names: [], prefixes: [] };
const EVERYBODY: ClientSet = { names: [], prefixes: [""] };

/** Of a connection that showed no token, where none is asked for. */
const OPEN: Permissions = { reports: EVERYBODY, asks: EVERYBODY, isOperator: false };
const NONE: Permissions = { reports: NOBODY, asks: NOBODY, isOperator: false };

/** The claims of a token that was checked: docs/secure.md has their meaning. */
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

/** What the claims of a valid token allow: without lists of its own, its `sub` may report for itself and ask about itself. */
export function permissionsOf({ sub, exp, herd = {} }: TokenClaims, clockToleranceSeconds: number): Permissions {
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

/** Of a connection that showed no token: everything in an open herd, and where it cannot show one and the herd leaves that open. */
export function permissionsWithout(auth: AuthConfig | undefined, { showsTokens }: TransportTraits): Permissions {
  return auth === undefined || (!showsTokens && auth.tcp === "open") ? OPEN : NONE;
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

/** Permissions that crossed a boundary as JSON. Throws where they are none: nobody must get a right by a mistake. */
export function readPermissions(json: string): Permissions {
  const value: unknown = JSON.parse(json);
  if (!isRecord(value)) throw new TypeError("Cannot read permissions: they are no object");
  const { reports, asks, isOperator, expiresAtMillis } = value;
  if (!isClientSet(reports) || !isClientSet(asks) || typeof isOperator !== "boolean")
    throw new TypeError("Cannot read permissions: a list of clients or the operator's flag is missing");
  if (expiresAtMillis === undefined) return { reports, asks, isOperator };
  if (typeof expiresAtMillis !== "number" || !Number.isSafeInteger(expiresAtMillis))
    throw new TypeError("Cannot read permissions: they end at no time");
  return { reports, asks, isOperator, expiresAtMillis };
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
