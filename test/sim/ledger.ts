// What the herd owes: of each client the newest report that somebody holds durably and has held ever since.
//
// A report enters when it is durable at one server, and leaves only when the last server that holds it, or anything newer
// of its client, loses its storage. Since no answer may leave before its report is durable (checked here), everything
// acknowledged is in the ledger; in the end every server has to hold exactly what the ledger says.

import type { Report } from "../../src/core/protocol/report.ts";
import { claimedNanos, clientOf } from "./claimed-time.ts";
import { Violation } from "./violation.ts";

export class Ledger {
  /** By server and client, in nanoseconds. */
  readonly #held: ReadonlyMap<string, Map<string, bigint>>;
  readonly #owed = new Map<string, bigint>();
  /** Every AT line that was ever durable somewhere. */
  readonly #everKept = new Set<string>();
  acknowledged = 0;

  constructor(servers: readonly string[]) {
    this.#held = new Map(servers.map((server) => [server, new Map()]));
  }

  /** Clients of whom something is owed. */
  get clients(): Iterable<string> {
    return this.#owed.keys();
  }

  /** A report is durable at a server. */
  keep(server: string, { client, line }: Report): void {
    const held = this.#of(server);
    const [time, before] = [claimedNanos(line), held.get(client) ?? -1n];
    if (time <= before) throw new Violation("RP6", `${server} put ${line} in the place of one of ${before} ns`);
    held.set(client, time);
    this.#everKept.add(line);
    if (time > (this.#owed.get(client) ?? -1n)) this.#owed.set(client, time);
  }

  /** A server lost its storage: what it alone held is owed no more. */
  lose(server: string): void {
    this.#of(server).clear();
    for (const client of this.#owed.keys()) {
      const times = [...this.#held.values()].flatMap((held) => held.get(client) ?? []);
      if (times.length === 0) this.#owed.delete(client);
      else
        this.#owed.set(
          client,
          times.reduce((newest, time) => (time > newest ? time : newest)),
        );
    }
  }

  /** A server answers a client with an AT line. */
  acknowledge(server: string, atLine: string): void {
    this.acknowledged++;
    const held = this.#of(server).get(clientOf(atLine));
    if (held === undefined || held < claimedNanos(atLine))
      throw new Violation("RP7", `${server} answered ${atLine}, which is not durable there`);
  }

  /** A server tells a watcher an AT line: it is durable at the server that heard it, which is who made it. */
  tell(server: string, atLine: string): void {
    if (!this.#everKept.has(atLine)) throw new Violation("WT3", `${server} told ${atLine}, which is durable nowhere`);
  }

  /** In the end: a server holds what is owed of a client. */
  demand(server: string, client: string, held: Report | undefined): void {
    const owed = this.#owed.get(client);
    const time = held === undefined ? undefined : claimedNanos(held.line);
    if (time !== owed)
      throw new Violation(
        "CU3",
        `${server} holds ${held?.line ?? `nothing of ${client}`}, the newest is of ${owed} ns`,
      );
  }

  #of(server: string): Map<string, bigint> {
    const held = this.#held.get(server);
    if (held === undefined) throw new Error(`Cannot keep a ledger of ${server}: the herd has no such server`);
    return held;
  }
}
