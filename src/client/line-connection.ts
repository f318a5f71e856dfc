// One connection to the herd that comes back: lines out, lines in, and how it stands.
//
// While a server is reached, `send` sends; what happens to lines whose answers a lost connection took with it is for others
// to say (see conversation.ts), so nothing is kept here while there is none. Lines sent in one go share a message, which
// a server takes in one turn. A WebSocket that fails tells nothing about why, so the same door is asked over HTTP; if
// the answer is final, as about a token, the connection closes for good. Keeps CL3, CL4 and CL6.
//
// Why no library reconnects here: partysocket 1.3.0, the one that is maintained, waits without jitter; has no place
// between a failed try and the next for asking the door or choosing another server's turn; opens no socket through a service
// binding; and its timer cannot be ended, which holds a process for up to its longest wait after `close()`. What is left of
// it is this file.
//
// Facts, 2026-11-22: in workerd the end that closes a dialled socket hears no `close` event; a message sent to a socket that
// is closing is lost without a word, in all of the platforms.

import { BackOff } from "./back-off.ts";
import { askAtDoor } from "./door.ts";
import { HerdError } from "./errors.ts";
import { LineEvent, StateEvent, type Standing } from "./events.ts";
import { platformFetch, Targets, type Fetch, type HerdAddress, type Target } from "./herd-address.ts";
import { closeQuietly, openSocket } from "./open-socket.ts";
import { DEFAULT_SETTINGS, type ClientSettings } from "./settings.ts";
import { checkedToken, type Token } from "./token.ts";
import { TypedEvents } from "./typed-events.ts";

export interface LineConnectionOptions extends HerdAddress {
  /** A token of the herd's `auth`, or what gives a fresh one for each connection. */
  readonly token?: Token | undefined;
  /** What a WHATSAT about an unknown client is answered (WA2); without it the herd's own policy holds. */
  readonly unknown?: "reject" | "ignore" | undefined;
  /** What reaches the herd in place of the network: in a Worker, the `fetch` of a service binding. */
  readonly fetch?: Fetch | undefined;
  readonly settings?: Partial<ClientSettings> | undefined;
}

// An interface would not do for a record of events.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type LineConnectionEvents = {
  readonly line: LineEvent;
  readonly state: StateEvent<"state">;
};

/** Characters of a message at most, well below a server's `limits.messageBytes` in any script. */
const MESSAGE_CHARACTERS_MAX = 16_384;

/** A close that says: this message was too long. */
const MESSAGE_TOO_LONG = 1009;

export class LineConnection extends TypedEvents<LineConnectionEvents> {
  readonly #options: LineConnectionOptions;
  readonly #settings: ClientSettings;
  readonly #fetch: Fetch;
  readonly #targets: Targets;
  readonly #backOff: BackOff;
  readonly #ended = new AbortController();
  #standing: Standing = { state: "connecting" };
  /** The one that is open. */
  #socket: WebSocket | undefined;
  /** Lines for the next message. */
  #unsent: string[] = [];
  #charactersMax = MESSAGE_CHARACTERS_MAX;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failure: HerdError | undefined;

  /** Connects at once. Throws HerdError "invalid" if the options say no address. */
  constructor(options: LineConnectionOptions) {
    super();
    this.#options = options;
    this.#settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#fetch = options.fetch ?? platformFetch;
    this.#targets = new Targets(options, this.#fetch);
    this.#backOff = new BackOff(this.#settings, this.#targets.count);
    // Whoever made it can listen first.
    queueMicrotask(() => void this.#connect());
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Why it is closed for good, if it is. */
  get failure(): HerdError | undefined {
    return this.#failure;
  }

  /** Sends a line if the connection is open, and says whether it is. No answer may come all the same: it may break. */
  send(line: string): boolean {
    if (this.#socket === undefined) return false;
    if (this.#unsent.length === 0) queueMicrotask(() => this.#flush());
    this.#unsent.push(line);
    this.dispatch(new LineEvent("sent", line));
    return true;
  }

  /** Gives up the connection that is open, as if it had been lost: a new one is made. */
  drop(reason: string): void {
    if (this.#socket === undefined) return;
    this.#release();
    this.#retry(true, reason);
  }

  /** For good. What was sent before still leaves. */
  close(): void {
    this.#end(new HerdError("closed", "The connection to the herd was closed on this side: close() was called"));
  }

  async #connect(): Promise<void> {
    const { signal } = this.#ended;
    if (signal.aborted) return;
    this.#stand({ state: "connecting" });
    const target = await this.#targets.next(this.#patience());
    if (signal.aborted) return;
    this.#stand({ state: "connecting", server: target.server });
    let token: string | undefined;
    try {
      token = await checkedToken(this.#options.token);
    } catch (error) {
      if (error instanceof HerdError) return this.#end(error);
      return this.#retry(false, `no token could be had: ${String(error)}`);
    }
    await this.#dial(target, token);
  }

  async #dial(target: Target, token: string | undefined): Promise<void> {
    const { unknown, fetch } = this.#options;
    const { signal } = this.#ended;
    try {
      const { socket, server } = await openSocket(target, unknown, token, fetch, this.#patience());
      if (signal.aborted) return closeQuietly(socket);
      this.#listen(socket);
      this.#backOff.open(Date.now());
      this.#stand({ state: "open", server });
    } catch {
      if (signal.aborted) return;
      const { reason, final } = await askAtDoor(this.#fetch, target, token, this.#patience());
      if (final === undefined) this.#retry(false, reason);
      else this.#end(final);
    }
  }

  #listen(socket: WebSocket): void {
    this.#socket = socket;
    const lose = (reason: string) => {
      if (this.#socket === socket) this.drop(reason);
    };
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket === socket) this.#hear(typeof data === "string" ? data : decode(data as ArrayBuffer));
    });
    socket.addEventListener("error", () => lose("the connection broke"));
    socket.addEventListener("close", ({ code, reason }) => {
      // The next ones hold one line each.
      if (code === MESSAGE_TOO_LONG) this.#charactersMax = 0;
      lose(reason === "" ? `the connection broke (${code})` : reason);
    });
  }

  #hear(message: string): void {
    const lines = message.split("\n");
    // What follows the last LF is no line.
    if (lines.at(-1) === "") lines.pop();
    const socket = this.#socket;
    for (const line of lines) {
      // Whoever heard a line may have dropped the connection.
      if (this.#socket !== socket) return;
      this.dispatch(new LineEvent("received", line));
    }
  }

  #flush(): void {
    const lines = this.#unsent;
    this.#unsent = [];
    let message = "";
    for (const line of lines) {
      if (message !== "" && message.length + line.length > this.#charactersMax) {
        this.#socket?.send(message);
        message = "";
      }
      message += `${line}\n`;
    }
    if (message !== "") this.#socket?.send(message);
  }

  /** Waits and tries again. */
  #retry(wasOpen: boolean, reason: string): void {
    if (this.#ended.signal.aborted) return;
    const { server } = this.#standing;
    this.#targets.fail(wasOpen);
    const retryMillis = this.#backOff.fail(Date.now(), Math.random());
    this.#timer = setTimeout(() => void this.#connect(), retryMillis);
    this.#stand({ state: "waiting", server, reason, retryMillis });
  }

  #end(failure: HerdError): void {
    if (this.#ended.signal.aborted) return;
    this.#flush();
    this.#failure = failure;
    this.#ended.abort(failure);
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#release();
    this.#stand({ state: "closed", server: this.#standing.server, reason: failure.message });
  }

  /** Lets go of the socket that is open. */
  #release(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#unsent = [];
    if (socket !== undefined) closeQuietly(socket);
  }

  #stand(standing: Standing): void {
    this.#standing = standing;
    this.dispatch(new StateEvent("state", standing));
  }

  #patience(): AbortSignal {
    return AbortSignal.any([this.#ended.signal, AbortSignal.timeout(this.#settings.connectSeconds * 1000)]);
  }
}

function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
}
