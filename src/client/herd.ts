// A herd as a program uses it: say where a client is, ask what is near one, follow them.
//
// Calls share one connection, watches another. Both come back by themselves, at another server where there is a choice, and a
// call settles with its own answer however often they do. Keeps CL1 to CL8.

import { iamat, whatsat, type WhatsatAnswer } from "./request.ts";
import { CommandPipeline } from "./command-pipeline.ts";
import type { ClientReport } from "./client-report.ts";
import { LineEvent, StateEvent, type Purpose, type Standing } from "./events.ts";
import { checkedClient, formatTime, type Location, type Time } from "./fields.ts";
import { heldReports } from "./held-reports.ts";
import { LineConnection, type LineConnectionOptions } from "./line-connection.ts";
import { ReportClock } from "./report-clock.ts";
import { DEFAULT_SETTINGS } from "./settings.ts";
import { TypedEvents } from "./typed-events.ts";
import type { Watch } from "./watch.ts";
import { Watches } from "./watches.ts";

export type HerdOptions = Omit<LineConnectionOptions, "unknown">;

// An interface would not do for a record of events.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type HerdEvents = {
  /** Each line sent and received. */
  readonly line: LineEvent;
  /** How a connection stands. */
  readonly connection: StateEvent<"connection">;
};

export interface IamatOptions {
  /** When the client was there. Without it: now, and later than each report before it. */
  readonly time?: Time | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WhatsatOptions {
  /** The radius in kilometres: more than 0, at most 50. */
  readonly km: number;
  /** Places at most: 1 to 20, which is the default. */
  readonly items?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ReportsOptions {
  readonly signal?: AbortSignal | undefined;
}

const ITEMS = 20;

/** Connects to a herd. Throws HerdError "invalid" if the options say no address; all else is told by the calls. */
export function connect(options: HerdOptions): Herd {
  return new Herd(options);
}

export class Herd extends TypedEvents<HerdEvents> {
  readonly #options: HerdOptions;
  readonly #connection: LineConnection;
  readonly #conversation: CommandPipeline;
  readonly #watches: Watches;
  readonly #clock = new ReportClock();

  constructor(options: HerdOptions) {
    super();
    this.#options = options;
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#connection = this.#open("commands");
    this.#conversation = new CommandPipeline(this.#connection, settings);
    this.#watches = new Watches(settings, () => this.#open("watches"));
  }

  /** The server that this is connected to; `undefined` while it is to none, or its name is not known. */
  get server(): string | undefined {
    const { state, server } = this.standing;
    return state === "open" ? server : undefined;
  }

  /** How the connection for commands stands. */
  get standing(): Standing {
    return this.#connection.standing;
  }

  /**
   * Says where a client is. Settles with the report that the server holds once it is durable: this one, or a later one of the
   * same client, which its `time` tells. Rejects with HerdError, or with the signal's reason; the report may have been heard
   * all the same.
   */
  async iamat(client: string, location: Location, { time, signal }: IamatOptions = {}): Promise<ClientReport> {
    const said = time === undefined ? this.#clock.next(Date.now()) : formatTime(time);
    return this.#conversation.ask(iamat(client, location, said), signal);
  }

  /** Asks where a client is and what is near it. Rejects with HerdError "unknown client" if the server does not say. */
  async whatsat(client: string, { km, items = ITEMS, signal }: WhatsatOptions): Promise<WhatsatAnswer> {
    return this.#conversation.ask(whatsat(client, km, items), signal);
  }

  /**
   * The reports of a client, or of all (`*`), as its server takes them. Of a client that is known, the first is the one held.
   * It goes on until its reader leaves the loop, the signal aborts, or the herd refuses or is closed, which is thrown.
   */
  watch(client: string, { signal }: WatchOptions = {}): Watch {
    signal?.throwIfAborted();
    if (this.#connection.failure !== undefined) throw this.#connection.failure;
    return this.#watches.begin(checkedClient(client), signal);
  }

  /**
   * Every report that a server of the herd holds, in the order of clients. Whoever begins a watch of all before misses nothing.
   * Throws HerdError, or the signal's reason.
   */
  reports({ signal }: ReportsOptions = {}): AsyncGenerator<ClientReport, void, undefined> {
    return heldReports(this.#options, signal);
  }

  /** Closes both connections. Calls without an answer and watches are rejected with HerdError "closed". */
  async close(): Promise<void> {
    this.#connection.close();
    this.#watches.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(purpose: Purpose): LineConnection {
    const connection = new LineConnection({ ...this.#options, unknown: "reject" });
    connection.addEventListener("line", ({ direction, text }) =>
      this.dispatch(new LineEvent(direction, text, purpose)),
    );
    connection.addEventListener("state", (event) => this.dispatch(new StateEvent("connection", event, purpose)));
    return connection;
  }
}
