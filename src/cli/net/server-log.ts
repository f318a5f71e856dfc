// A server's log, read from outside: what is kept of it, and what is written from then on.
//
// A connection that is lost is made again from the time of the last entry heard, so the entries of that very time come
// again: as many of each as were heard already are left out. What the server no longer keeps is lost to a follower who
// was away longer. Keeps HC8.

import { BackOff } from "../../client/back-off.ts";
import { DEFAULT_SETTINGS } from "../../client/settings.ts";
import { pause } from "../terminal/until-interrupted.ts";
import { fetchHerdText } from "./herd-http.ts";

export interface LogSource {
  readonly url: string;
  readonly server: string;
  readonly token: string | undefined;
}

const TIME_OF_LINE = /^\{"at":"([^"]+)"/;

/** The entries that are kept, a line of JSON each, oldest first. */
export async function fetchLog({ url, server, token }: LogSource, since?: string): Promise<string[]> {
  const address = logAddress(url, server, since);
  const attempt = `read the log of ${JSON.stringify(server)}`;
  const text = await fetchHerdText(address, { token, by: "operator", attempt });
  return text.split("\n").filter((line) => line !== "");
}

/** What was heard last: where to go on. */
export class LogPosition {
  #since: string;
  /** Entries heard of that very time. */
  #heard: string[] = [];
  /** Those of them that the connection that stands has yet to repeat. */
  #repeated: string[] = [];

  constructor(since: string) {
    this.#since = since;
  }

  /** A connection begins: the time from which to ask. */
  begin(): string {
    this.#repeated = [...this.#heard];
    return this.#since;
  }

  /** Whether an entry is new. */
  take(line: string): boolean {
    const repeated = this.#repeated.indexOf(line);
    if (repeated >= 0) {
      this.#repeated.splice(repeated, 1);
      return false;
    }
    const at = TIME_OF_LINE.exec(line)?.[1];
    if (at !== undefined && at !== this.#since) {
      this.#since = at;
      this.#heard = [];
    }
    this.#heard.push(line);
    return true;
  }
}

/**
 * Tells each entry once, until the signal is aborted. Before the first connection, and after each that is lost, what is kept
 * is fetched: it may be more than a server lets wait for the reader of a WebSocket.
 *
 * @param onLost Hears why a connection was lost; it is tried again.
 * @throws CommandFailure if what is kept cannot be had at first.
 */
export async function followLog(
  source: LogSource,
  position: LogPosition,
  onLine: (line: string) => void,
  onLost: (reason: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const backOff = new BackOff(DEFAULT_SETTINGS);
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    let reason: string;
    try {
      for (const line of await fetchLog(source, position.begin())) if (position.take(line)) onLine(line);
      const take = (line: string) => {
        if (position.take(line)) onLine(line);
      };
      reason = await listen(source, position.begin(), take, () => backOff.open(Date.now()), signal);
    } catch (error) {
      if (isFirst) throw error;
      reason = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    onLost(reason);
    await pause(backOff.fail(Date.now(), Math.random()), signal);
  }
}

/** Listens until the connection is lost; why it was. */
async function listen(
  { url, server, token }: LogSource,
  since: string,
  onLine: (line: string) => void,
  onOpen: () => void,
  signal: AbortSignal,
): Promise<string> {
  const address = logAddress(url, server, since);
  address.protocol = address.protocol.replace("http", "ws");
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = new WebSocket(address, token === undefined || token === "" ? [] : ["herd", `bearer.${token}`]);
  const leave = () => {
    socket.close(1000);
    resolve("left");
  };
  signal.addEventListener("abort", leave, { once: true });
  socket.addEventListener("open", onOpen);
  socket.addEventListener("message", ({ data }) => onLine(String(data)));
  socket.addEventListener("error", () => resolve("it does not answer"));
  socket.addEventListener("close", ({ code, reason }) => resolve(reason === "" ? `it broke (${code})` : reason));
  const reason = await promise;
  signal.removeEventListener("abort", leave);
  return reason;
}

function logAddress(url: string, server: string, since: string | undefined): URL {
  const address = new URL(`/servers/${encodeURIComponent(server)}/log`, url);
  if (since !== undefined) address.searchParams.set("since", since);
  return address;
}
