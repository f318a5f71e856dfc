// Why a connection closes. The core names the reason; the edge turns the name into a code of its transport.
//
// A name is for programs, its text for people. Keeps LN10, AC6, LI6, LI7, LI14, LI19, LI27, LI32 and WT12.

type CloseReasonName =
  // Connections of clients.
  | "input ended"
  | "token expired"
  | "message too long"
  | "too many commands"
  | "no line in time"
  | "silent"
  | "gave way"
  | "reads too slowly"
  | "too much waits"
  | "speaks HTTP"
  // Feeds.
  | "idle"
  | "of no more use"
  | "no answer"
  | "protocol error"
  | "not understood"
  | "not a neighbour"
  | "storage full"
  // All connections.
  | "drained"
  | "server restarts";

export interface CloseReason {
  readonly name: CloseReasonName;
  /** For people. The far end and the log get it. */
  readonly text: string;
}

export const INPUT_ENDED: CloseReason = { name: "input ended", text: "input ended" };
export const TOKEN_EXPIRED: CloseReason = { name: "token expired", text: "the token has expired" };
export const MESSAGE_TOO_LONG: CloseReason = { name: "message too long", text: "message too long" };
export const TOO_MANY_COMMANDS: CloseReason = { name: "too many commands", text: "too many commands" };
/** The connection of an address that had been silent for longest, when the address had all that it may have. */
export const GAVE_WAY: CloseReason = { name: "gave way", text: "gave way to a newer connection of its address" };
export const READS_TOO_SLOWLY: CloseReason = { name: "reads too slowly", text: "reads too slowly" };
/** A browser can be made to send a request to a TCP port, with lines in its body. */
export const SPEAKS_HTTP: CloseReason = { name: "speaks HTTP", text: "this port takes lines, not HTTP" };
export const TOO_MUCH_WAITS: CloseReason = { name: "too much waits", text: "too many answers wait" };

export function noLineInTime(seconds: number): CloseReason {
  return { name: "no line in time", text: `no line within ${seconds} s` };
}

export function silent(seconds: number): CloseReason {
  return { name: "silent", text: `silent for ${seconds} s` };
}

/** A read-only server takes no reports. The sender of the feed gets this, and tries again. */
export function takesNoReports(server: string, problem: string): CloseReason {
  return { name: "storage full", text: `${server} takes no reports: ${problem}` };
}

/** The server is out of service. The text tells a client where to go. */
export function drained(server: string): CloseReason {
  return { name: "drained", text: `${server} is taken out of service: connect to /nearest` };
}
