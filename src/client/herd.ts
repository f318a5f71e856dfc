// A herd as a program uses it: say where a client is, ask what is near a client, watch clients.
//
// All calls share one connection, and all watches share another. A lost connection is made again, at another server if there
// is a choice. A call settles with its own answer, however many connections that takes. Keeps CL2, CL25 and CL36.

import { forget, iamat, whatsat, type WhatsatAnswer } from "./request.ts";
import { CommandPipeline } from "./command-pipeline.ts";
import type { ClientForgotten, ClientReport, ClientSilence } from "./client-report.ts";
import { LineEvent, StateEvent, type Purpose, type Standing } from "./events.ts";
import { HerdError } from "./errors.ts";
import { checkedClient, checkedSilence, formatTime, shown, type Location, type Time } from "./fields.ts";
import { heldReports } from "./held-reports.ts";
import { LineConnection, type LineConnectionOptions } from "./line-connection.ts";
import { ReportClock } from "./report-clock.ts";
import { settingsOf } from "./settings.ts";
import { TypedEvents } from "./typed-events.ts";
import type { Watch, WatchItem } from "./watch.ts";
import { Watches } from "./watches.ts";

export type HerdOptions = Omit<LineConnectionOptions, "unknown" | "reasons">;

// An interface would not do for a record of events.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type HerdEvents = {
  /** Each line sent and received. */
  readonly line: LineEvent;
  /** Each change of a connection's state. */
  readonly connection: StateEvent<"connection">;
};

export interface IamatOptions {
  /**
   * When the client was there. By default now by the device's clock, and later than each report before. With "now" the server's
   * clock gives the time at which the report reaches it, for a device whose clock cannot be trusted.
   */
  readonly time?: Time | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WhatsatOptions {
  /** The radius in kilometres: above 0, at most 50. */
  readonly km: number;
  /** How many places at most: 1 to 20. 20 by default. */
  readonly items?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ForgetOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface WatchOptions {
  /** Gives an item too when a client is forgotten: then a program that keeps reports drops those of this client. */
  readonly forgotten?: boolean | undefined;
  /** Gives an item too when the client was silent for so many seconds: a whole number, of one client. */
  readonly silentSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ReportsOptions {
  readonly signal?: AbortSignal | undefined;
}

const ITEMS = 20;

/** Connects to a herd. Throws HerdError "invalid" if the options cannot be used. All other errors come from the calls. */
export function connect(options: HerdOptions): Herd {
  return new Herd(givenOptions(options));
}

function givenOptions<Options extends object>(options: Options): Options {
  if (typeof options !== "object" || options === null)
    throw new HerdError("invalid", `Cannot use ${shown(options)} as options: give an object`);
  return options;
}

export class Herd extends TypedEvents<HerdEvents> {
  readonly #options: HerdOptions;
  readonly #connection: LineConnection;
  readonly #pipeline: CommandPipeline;
  readonly #watches: Watches;
  readonly #clock = new ReportClock();

  constructor(options: HerdOptions) {
    super();
    this.#options = options;
    const settings = settingsOf(options.settings);
    this.#connection = this.#open("commands");
    this.#pipeline = new CommandPipeline(this.#connection, settings);
    this.#watches = new Watches(settings, () => this.#open("watches"));
  }

  /** The server that this is connected to; `undefined` without a connection, or if the server's name is not known. */
  get server(): string | undefined {
    const { state, server } = this.standing;
    return state === "open" ? server : undefined;
  }

  /** The state of the connection for commands. */
  get standing(): Standing {
    return this.#connection.standing;
  }

  /**
   * Says where a client is. Settles when the report is durable, with the report that the server then holds: this one, or one of
   * the same client that is not earlier; its `time` tells which. Rejects with HerdError, or with the signal's reason. The server
   * may have taken the report even then.
   */
  async iamat(client: string, location: Location, options?: IamatOptions): Promise<ClientReport> {
    const { time, signal } = options ?? {};
    const { clock } = this.#options;
    if (time !== undefined) return this.#pipeline.ask(iamat(client, location, formatTime(time), clock), signal);
    const said = this.#clock.next(checkedClient(client), Date.now(), performance.now());
    try {
      const report = await this.#pipeline.ask(iamat(client, location, said, clock), signal);
      if (report.time === said) this.#clock.accept(client, said);
      // The server has replaced it: the device's clock is too far ahead.
      else if (Number(report.time) < Number(said)) this.#clock.refuse(client, said);
      return report;
    } catch (error) {
      this.#clock.refuse(client, said);
      throw error;
    }
  }

  /** Asks where a client is and what is near it. Rejects with HerdError "unknown client" if the server does not tell. */
  async whatsat(client: string, options: WhatsatOptions): Promise<WhatsatAnswer> {
    const { km, items = ITEMS, signal } = givenOptions(options);
    return this.#pipeline.ask(whatsat(client, km, items), signal);
  }

  /**
   * Has every server forget where the client was. Settles when that is durable at one of them; the others are told by it. Reports that
   * were called for before and not sent yet are rejected with "forgotten". Rejects with HerdError, or with the signal's reason. The
   * client may be forgotten even then.
   */
  async forget(client: string, options?: ForgetOptions): Promise<ClientForgotten> {
    const request = forget(client);
    const saidMicros = this.#clock.saidMicros(client);
    const forgotten = await this.#pipeline.ask(request, options?.signal);
    this.#clock.forget(client, saidMicros);
    return forgotten;
  }

  /**
   * The reports of a client, or of all clients (`*`), as the server takes them. For one client the report that the server holds
   * comes first. With `silentSeconds` an item tells each silence too, and with `forgotten` each time that a client is forgotten. It continues
   * until its reader leaves the loop or the signal aborts. It throws if the herd refuses the watch or is closed.
   */
  watch(
    client: string,
    options: WatchOptions & { readonly silentSeconds: number; readonly forgotten: true },
  ): Watch<WatchItem>;
  watch(
    client: string,
    options: WatchOptions & { readonly silentSeconds: number },
  ): Watch<ClientReport | ClientSilence>;
  watch(client: string, options: WatchOptions & { readonly forgotten: true }): Watch<ClientReport | ClientForgotten>;
  watch(client: string, options?: WatchOptions): Watch;
  watch(client: string, options?: WatchOptions): unknown {
    const { signal, silentSeconds, forgotten = false } = options ?? {};
    signal?.throwIfAborted();
    if (this.#connection.failure !== undefined) throw this.#connection.failure;
    const name = checkedClient(client);
    return this.#watches.begin(name, { silentSeconds: checkedSilence(name, silentSeconds), forgotten }, signal);
  }

  /**
   * Every report that a server of the herd holds, in the order of clients. If a watch of all clients begins before, the two
   * together miss nothing. Throws HerdError, or the signal's reason.
   */
  reports(options?: ReportsOptions): AsyncGenerator<ClientReport, void, undefined> {
    return heldReports(this.#options, options?.signal);
  }

  /** Closes both connections. Calls that wait and watches are rejected with HerdError "closed". */
  async close(): Promise<void> {
    this.#connection.close();
    this.#watches.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(purpose: Purpose): LineConnection {
    const connection = new LineConnection({ ...this.#options, unknown: "reject", reasons: true });
    connection.addEventListener("line", ({ direction, text }) =>
      this.dispatch(new LineEvent(direction, text, purpose)),
    );
    connection.addEventListener("state", (event) => this.dispatch(new StateEvent("connection", event, purpose)));
    return connection;
  }
}
