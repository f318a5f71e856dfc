// One connection to the herd that is made again when it is lost: lines out, lines in, and its state.
//
// `send` sends while the connection is open, and keeps nothing otherwise: command-pipeline.ts repeats what was not answered.
// Lines that are sent in one go share a message, which a server takes in one turn. A WebSocket that fails does not say why, so the
// same address is asked over HTTP. If that answer is final, such as about a token, the connection closes for good.
// Keeps CL3, CL23, CL25, CL35, CL36 and CL48.
//
// No library is used for this. partysocket 1.3.0, the one that is maintained, waits without jitter. It offers no step between
// two tries, in which to ask why or to choose another server. It opens no socket through a service binding. Its timer cannot be
// ended, so after `close()` it keeps a process alive for up to its longest wait.
//
// Facts, 2026-11-22: in workerd the end that closes a dialled socket hears no `close` event; on all platforms a message that is
// sent to a closing socket is lost without an error.

import type { ClockPolicy } from "../core/protocol/connection.ts";
import { BackOff } from "./back-off.ts";
import { askWhyRefused } from "./connection-refusal.ts";
import { HerdError } from "./errors.ts";
import { LineEvent, StateEvent, type Standing } from "./events.ts";
import { shown } from "./fields.ts";
import { platformFetch, Targets, type Fetch, type HerdAddress, type Target } from "./herd-address.ts";
import { closeQuietly, openSocket } from "./open-socket.ts";
import { settingsOf, type ClientSettings } from "./settings.ts";
import { checkedToken, type Token } from "./token.ts";
import { TypedEvents } from "./typed-events.ts";

export interface LineConnectionOptions extends HerdAddress {
  /** A token for the herd's `auth`, or a function that returns a fresh one for each connection. */
  readonly token?: Token | undefined;
  /** How a WHATSAT about an unknown client is answered (WA2). By default as the herd's own configuration says. */
  readonly unknown?: "reject" | "ignore" | undefined;
  /** Whether refusals say why (LN12). Servers of earlier versions do not. */
  readonly reasons?: boolean | undefined;
  /**
   * Whose time a report gets whose own is far off (RP17). With "server", a device whose clock is wrong by years is heard, at the time
   * when its report reaches the server. By default such a report is refused, or counts as old. Servers of earlier versions do that
   * in any case.
   */
  readonly clock?: ClockPolicy | undefined;
  /** Reaches the herd in place of the network: in a Worker, the `fetch` of a service binding. */
  readonly fetch?: Fetch | undefined;
  readonly settings?: Partial<ClientSettings> | undefined;
}

// An interface would not do for a record of events.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type LineConnectionEvents = {
  readonly line: LineEvent;
  readonly state: StateEvent<"state">;
};

/** The longest message. In any script it stays well below a server's `limits.messageBytes`. */
const MESSAGE_CHARACTERS_MAX = 16_384;

/** The close code for a message that was too long. */
const MESSAGE_TOO_LONG = 1009;

export class LineConnection extends TypedEvents<LineConnectionEvents> {
  readonly #options: LineConnectionOptions;
  readonly #settings: ClientSettings;
  readonly #fetch: Fetch;
  readonly #targets: Targets;
  readonly #backOff: BackOff;
  readonly #ended = new AbortController();
  #standing: Standing = { state: "connecting" };
  /** The open socket, if there is one. */
  #socket: WebSocket | undefined;
  /** Lines of the next message. */
  #unsent: string[] = [];
  #charactersMax = MESSAGE_CHARACTERS_MAX;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failure: HerdError | undefined;

  /** Connects at once. Throws HerdError "invalid" if the options cannot be used. */
  constructor(options: LineConnectionOptions) {
    super();
    if (!("withResolvers" in Promise))
      throw new HerdError(
        "invalid",
        "Cannot connect: this platform has no Promise.withResolvers; Node has it from 22 on",
      );
    const { clock } = options;
    if (clock !== undefined && clock !== "server")
      throw new HerdError("invalid", `Cannot use ${shown(clock)} as clock: it is "server", or left out`);
    this.#options = options;
    this.#settings = settingsOf(options.settings);
    this.#fetch = options.fetch ?? platformFetch;
    this.#targets = new Targets(options, this.#fetch);
    this.#backOff = new BackOff(this.#settings, this.#targets.count);
    // The caller can add listeners before the first event.
    queueMicrotask(() => void this.#connect());
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** Why the connection is closed for good; `undefined` while it is not. */
  get failure(): HerdError | undefined {
    return this.#failure;
  }

  /** Sends a line if the connection is open, and returns whether it is. An answer is not certain: the connection may break. */
  send(line: string): boolean {
    if (this.#socket === undefined) return false;
    if (this.#unsent.length === 0) queueMicrotask(() => this.#flush());
    this.#unsent.push(line);
    this.dispatch(new LineEvent("sent", line));
    return true;
  }

  /** Drops the open connection as if it had been lost. A new one is made. */
  drop(reason: string): void {
    if (this.#socket === undefined) return;
    this.#release();
    this.#retry(true, reason);
  }

  /** Closes for good. Lines that were sent before still leave. */
  close(): void {
    this.#end(new HerdError("closed", "The connection to the herd was closed by close()"));
  }

  async #connect(): Promise<void> {
    const { signal } = this.#ended;
    if (signal.aborted) return;
    this.#setStanding({ state: "connecting" });
    const target = await this.#targets.next(this.#connectTimeout());
    if (signal.aborted) return;
    this.#setStanding({ state: "connecting", server: target.server });
    let token: string | undefined;
    try {
      token = await checkedToken(this.#options.token);
    } catch (error) {
      if (error instanceof HerdError) return this.#end(error);
      return this.#retry(false, `the token function failed: ${String(error)}`);
    }
    await this.#dial(target, token);
  }

  async #dial(target: Target, token: string | undefined): Promise<void> {
    const { unknown, reasons, clock, fetch } = this.#options;
    const { signal } = this.#ended;
    try {
      const asked = { unknown, reasons, clock };
      const { socket, server } = await openSocket(target, asked, token, fetch, this.#connectTimeout());
      if (signal.aborted) return closeQuietly(socket);
      this.#listen(socket);
      this.#backOff.open(performance.now());
      this.#setStanding({ state: "open", server });
    } catch {
      if (signal.aborted) return;
      const { reason, final } = await askWhyRefused(this.#fetch, target, token, this.#connectTimeout());
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
      // From now on each message contains one line.
      if (code === MESSAGE_TOO_LONG) this.#charactersMax = 0;
      lose(reason === "" ? `the connection broke (${code})` : reason);
    });
  }

  #hear(message: string): void {
    const lines = message.split("\n");
    // The text after the last LF is no line.
    if (lines.at(-1) === "") lines.pop();
    const socket = this.#socket;
    for (const line of lines) {
      // A listener may have dropped the connection.
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

  /** Waits, then tries again. */
  #retry(wasOpen: boolean, reason: string): void {
    if (this.#ended.signal.aborted) return;
    const { server } = this.#standing;
    this.#targets.fail(wasOpen);
    const retryMillis = this.#backOff.fail(performance.now(), Math.random());
    this.#timer = setTimeout(() => void this.#connect(), retryMillis);
    this.#setStanding({ state: "waiting", server, reason, retryMillis });
  }

  #end(failure: HerdError): void {
    if (this.#ended.signal.aborted) return;
    this.#flush();
    this.#failure = failure;
    this.#ended.abort(failure);
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#release();
    this.#setStanding({ state: "closed", server: this.#standing.server, reason: failure.message });
  }

  /** Closes the open socket and forgets it. */
  #release(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#unsent = [];
    if (socket !== undefined) closeQuietly(socket);
  }

  #setStanding(standing: Standing): void {
    this.#standing = standing;
    this.dispatch(new StateEvent("state", standing));
  }

  #connectTimeout(): AbortSignal {
    return AbortSignal.any([this.#ended.signal, AbortSignal.timeout(this.#settings.connectSeconds * 1000)]);
  }
}

function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
}
