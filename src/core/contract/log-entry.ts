// What a server's log says: one structured entry per event. Keeps LG3 to LG8, LG20 and LG23.
//
// Entries of detail, one per line in or out, tell the story of every flood. They are made only if the log wants lines
// (`LOG_LEVEL=lines`): at tens of thousands of lines a second they cost more than the work that they describe.

import type { TransportKind } from "../protocol/connection.ts";
import { fieldsOf } from "../protocol/line.ts";
import type { PlacesStatus } from "../protocol/places.ts";
import type { StorageState } from "./status.ts";

export type LogLevel = "lines" | "events";

const ATTENTION: ReadonlySet<LogEntry["event"]> = new Set([
  "connection refused",
  "epoch begun",
  "feed stopped",
  "feed refused",
  "reports ahead",
  "places failed",
  "cannot check tokens",
  "storage full",
] as const);

/** Whether an operator should see it, however much else is logged. */
export function needsAttention(entry: LogEntry): boolean {
  if (entry.event === "open to all") return "warning" in entry;
  if (entry.event === "link down") return entry.retryInSeconds !== undefined;
  return ATTENTION.has(entry.event);
}

/** Whether it may say where one of these clients was. */
export function saysWhere(entry: LogEntry, clients: ReadonlySet<string>): boolean {
  if (entry.event === "places asked") return entry.location !== undefined && clients.has(entry.client);
  if (!("line" in entry) || entry.line === undefined) return false;
  return fieldsOf(entry.line).some((field) => clients.has(field));
}

export type LogEntry =
  | {
      readonly event: "started";
      readonly epoch: string;
      readonly incarnation: string;
      readonly starts: number;
      readonly clients: number;
      /** It is out of service. */
      readonly isDrained?: true;
    }
  /** The herd asks for no token; `warning` where strangers can connect. */
  | { readonly event: "open to all"; readonly note: string }
  | { readonly event: "open to all"; readonly warning: string }
  /** The herd asks for tokens, and lacks the secret with which they are signed: nobody is admitted. */
  | { readonly event: "cannot check tokens"; readonly reason: string }
  /** The server takes no reports, or none of new clients. */
  | { readonly event: "storage full"; readonly state: Exclude<StorageState, "has room">; readonly reason: string }
  /** It takes all reports again. */
  | { readonly event: "storage has room" }
  /** Reports that an earlier version stored are moved to where this one stores them; all of them are. */
  | { readonly event: "move begun" }
  | { readonly event: "move ended" }
  /**
   * What is past keeping, and what was held before a client was forgotten, has left the storage: so many pages were written anew, and of so many
   * clients less is held.
   */
  | { readonly event: "erased"; readonly erased: number; readonly pages: number }
  /** An operator took the server out of service, with so many clients connected, or resumed it. */
  | { readonly event: "drained"; readonly connections: number }
  | { readonly event: "resumed" }
  | { readonly event: "epoch begun"; readonly epoch: string; readonly reason: string }
  | { readonly event: "connected"; readonly connection: number; readonly via: TransportKind }
  | { readonly event: "connection refused"; readonly via: TransportKind | "log"; readonly reason: string }
  | { readonly event: "disconnected"; readonly connection: number; readonly reason: string }
  | {
      readonly event: "refused";
      readonly connection: number;
      /** Each part that refuses lines, such as a command, has a closed list of reasons. */
      readonly reason: string;
      /** With `lines`. */
      readonly line?: string;
      /** With `events`, in place of the line, as far as they were understood. */
      readonly command?: string;
      readonly client?: string;
    }
  | {
      readonly event: "unknown client";
      readonly connection: number;
      readonly client: string;
      readonly answer: "none" | "?";
    }
  | {
      readonly event: "places asked";
      readonly query: number;
      readonly client: string;
      /** With `lines`. */
      readonly location?: string;
      readonly radiusKm: number;
      readonly items: number;
    }
  | {
      readonly event: "places failed";
      readonly query: number;
      readonly provider: string;
      readonly status: PlacesStatus;
      readonly reason: string;
    }
  | {
      readonly event: "places answered";
      readonly query: number;
      readonly provider: string;
      readonly status: PlacesStatus;
      readonly results: number;
      readonly millis: number;
      readonly error?: string;
    }
  // Links: a feed to a neighbour, or from one.
  | { readonly event: "dialled"; readonly to: string }
  | { readonly event: "link up"; readonly to: string; readonly cursor: number; readonly behind: number }
  | { readonly event: "link idle"; readonly to: string }
  | { readonly event: "link down"; readonly to: string; readonly reason: string; readonly retryInSeconds?: number }
  | { readonly event: "scan begun"; readonly to: string; readonly above: number; readonly upTo: number }
  | { readonly event: "scan ended"; readonly to: string; readonly upTo: number }
  | { readonly event: "feed open"; readonly from: string; readonly epoch: string; readonly cursor: number }
  | { readonly event: "feed closed"; readonly from: string; readonly reason: string }
  | { readonly event: "feed refused"; readonly from: string; readonly reason: string }
  /** Reports of it are not taken, as their time is too far ahead; `client` is that of the first. */
  | { readonly event: "reports ahead"; readonly from: string; readonly reports: number; readonly client: string }
  /**
   * A line of it is not understood: nothing more is taken of that neighbour until it says something else. With `events` only the
   * shape of the line.
   */
  | { readonly event: "feed stopped"; readonly from: string; readonly line: string }
  // Detail.
  | { readonly event: "input"; readonly from: string; readonly line: string }
  /** The first line of an answer, a told line, or a line of a feed; `more` counts the characters of the answer after it. */
  | { readonly event: "output"; readonly to: string; readonly line: string; readonly more?: number }
  | { readonly event: "accepted"; readonly seq: number; readonly client: string; readonly from: string }
  | { readonly event: "stale"; readonly client: string; readonly from: string }
  | { readonly event: "flood"; readonly to: string; readonly reports: number; readonly upTo: number };
