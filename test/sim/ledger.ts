// The ledger: the report of each client that the herd must not lose, which is the greatest one (RP6, RP11).
//
// A report enters when it is durable at one server. It leaves only when every server that holds it, or a greater report of its
// client, has lost its storage. No answer may leave before its report is durable, which is checked here. Everything
// acknowledged is therefore in the ledger. At the end every server has to hold exactly what the ledger says.

import type { Report } from "../../src/core/protocol/report.ts";
import { clientOf, compareReports, greatestReport } from "./claimed-time.ts";
import { Violation } from "./violation.ts";

export class Ledger {
  /** The AT line, by server and client. */
  readonly #held: ReadonlyMap<string, Map<string, string>>;
  readonly #owed = new Map<string, string>();
  /** Every AT line that was ever durable at some server. */
  readonly #everKept = new Set<string>();
  acknowledged = 0;

  constructor(servers: readonly string[]) {
    this.#held = new Map(servers.map((server) => [server, new Map()]));
  }

  /** The clients in the ledger. */
  get clients(): Iterable<string> {
    return this.#owed.keys();
  }

  /** Called when a report is durable at a server. */
  keep(server: string, { client, line }: Report): void {
    const held = this.#of(server);
    const before = held.get(client);
    if (before !== undefined && compareReports(line, before) <= 0)
      throw new Violation("RP6", `${server} put ${line} in the place of ${before}`);
    held.set(client, line);
    this.#everKept.add(line);
    this.#owed.set(client, greatestReport([line, this.#owed.get(client) ?? line]) ?? line);
  }

  /** Called when a server lost its storage. A report that only this server held leaves the ledger. */
  lose(server: string): void {
    this.#of(server).clear();
    for (const client of this.#owed.keys()) {
      const owed = greatestReport([...this.#held.values()].flatMap((held) => held.get(client) ?? []));
      if (owed === undefined) this.#owed.delete(client);
      else this.#owed.set(client, owed);
    }
  }

  /** Called when a server answers a client with an AT line. */
  acknowledge(server: string, atLine: string): void {
    this.acknowledged++;
    const held = this.#of(server).get(clientOf(atLine));
    if (held === undefined || compareReports(held, atLine) < 0)
      throw new Violation("RP7", `${server} answered ${atLine}, which is not durable there`);
  }

  /** Called when a server tells a watcher an AT line. It has to be durable at the server that heard the report. */
  tell(server: string, atLine: string): void {
    if (!this.#everKept.has(atLine)) throw new Violation("WT3", `${server} told ${atLine}, which is durable nowhere`);
  }

  /** Called at the end: the server has to hold the client's report of the ledger, byte for byte. */
  demand(server: string, client: string, held: Report | undefined): void {
    const owed = this.#owed.get(client);
    if (held?.line !== owed)
      throw new Violation("CU3", `${server} holds ${held?.line ?? `nothing of ${client}`}, the greatest is ${owed}`);
  }

  #of(server: string): Map<string, string> {
    const held = this.#held.get(server);
    if (held === undefined) throw new Error(`Cannot keep a ledger of ${server}: the herd has no such server`);
    return held;
  }
}
