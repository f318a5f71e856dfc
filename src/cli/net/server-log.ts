// A server's log, read from outside: the entries that it keeps, and those that it writes from then on.
//
// A new connection asks for the entries from the time of the last one that came. So the entries of that very time come again, and
// those that came before are left out. If a follower was away so long that the server no longer keeps what it missed, that is
// lost. Keeps HC31 and HC32.

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

/** The entries that the server keeps, a line of JSON each, oldest first. */
export async function fetchLog({ url, server, token }: LogSource, since?: string): Promise<string[]> {
  const address = logAddress(url, server, since);
  const attempt = `read the log of ${JSON.stringify(server)}`;
  const text = await fetchHerdText(address, { token, by: "operator", attempt });
  return text.split("\n").filter((line) => line !== "");
}

/** The last entries that came: where the next connection continues. */
export class LogPosition {
  #since: string;
  /** Entries of that very time that came. */
  #heard: string[] = [];
  /** Those of them that the present connection has not repeated yet. */
  #repeated: string[] = [];

  constructor(since: string) {
    this.#since = since;
  }

  /** A connection begins. Returns the time from which to ask. */
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
 * Calls `onLine` with each entry once, until the signal aborts. Before each connection the entries that the server keeps are
 * fetched over HTTP: they may be more than a server lets wait for the reader of a WebSocket.
 *
 * @param onLost Gets the reason why a connection was lost. It is tried again.
 * @throws CommandFailure if the first fetch fails.
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

/** Listens until the connection is lost, and returns the reason. */
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
