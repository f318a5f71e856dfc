// What a server can know, and what it has told: no report comes out of nothing, and none goes back (RP6, RP7).
//
// Of a client that somebody has had forgotten, anywhere, only the first is demanded: when its reports were heard, and which of them
// stays, depends on clocks and on the order in which servers tell each other. The simulator knows both.

import { Violation } from "../sim/violation.ts";
import { compareReports, isForgotten, readAt, readFields, type ReadReport } from "./reference.ts";

/** Fields of an AT line that clients are shown (RP8). */
const SHOWN_FIELDS = 6;

/** The digits of a stamp after its milliseconds. */
const STAMP_DIGITS = 6;

/** Every report that came into the herd, of a client or of Powell, as its AT line. */
export class Reports {
  readonly #byLine = new Map<string, ReadReport>();
  /** The same reports, as clients are shown them. */
  readonly #byShownLine = new Map<string, ReadReport>();
  /** What stamped reports are but for their last six digits: how many nanoseconds later than its clock's reading a server stamps. */
  readonly #stamps = new Set<string>();
  readonly #clients = new Set<string>();
  /** Clients that may have been forgotten. */
  readonly #forgotten = new Set<string>();
  /** What reports say but for when they were heard, and when their client was forgotten. */
  readonly #said = new Set<string>();

  /** A report that a server stamps, with the reading of its clock (RP15). */
  addStamped(report: ReadReport): void {
    this.#stamps.add(report.line.slice(0, -STAMP_DIGITS));
    this.#said.add(saidIn(report.line, "a stamp"));
    this.#clients.add(report.client);
  }

  add(report: ReadReport): void {
    if (report.forgot !== undefined) this.#forgotten.add(report.client);
    this.#said.add(saidIn(report.line));
    this.#byLine.set(report.line, report);
    const line = readFields(report.line).slice(0, SHOWN_FIELDS).join(" ");
    this.#said.add(saidIn(line));
    this.#byShownLine.set(line, { ...report, line });
    this.#clients.add(report.client);
  }

  /** The report of this line, as servers hold it. */
  heldAs(line: string): ReadReport | undefined {
    return this.#byLine.get(line) ?? this.#stampedAs(line) ?? this.#forgottenAs(line);
  }

  /** The report of this line, as clients are shown it. */
  shownAs(line: string): ReadReport | undefined {
    return this.#byShownLine.get(line) ?? this.#stampedAs(line) ?? this.#forgottenAs(line);
  }

  /** The client is forgotten, or may be. */
  forget(client: string): void {
    this.#forgotten.add(client);
  }

  /** Whether the client may have been forgotten. */
  mayBeForgotten(client: string): boolean {
    return this.#forgotten.has(client);
  }

  /** The report, or that the client was forgotten, of a line that may have changed by that. */
  #forgottenAs(line: string): ReadReport | undefined {
    const read = readAt(line);
    if (read === undefined || !this.#forgotten.has(read.client)) return undefined;
    const isSaid = this.#said.has(saidIn(line)) || this.#said.has(saidIn(line, "a stamp"));
    return isSaid || isForgotten(read) ? read : undefined;
  }

  #stampedAs(line: string): ReadReport | undefined {
    const isStamp = /\.\d{9}$/.test(line) && this.#stamps.has(line.slice(0, -STAMP_DIGITS));
    return isStamp ? readAt(line) : undefined;
  }

  /** Whether anybody anywhere may have heard of the client. */
  hasClient(client: string): boolean {
    return this.#clients.has(client);
  }
}

/** The server, the client and the location, the time or what stands for it, and the fields beside them. */
function saidIn(line: string, stamp?: string): string {
  const [, server, , client, location, time, ...extensions] = readFields(line);
  const others = extensions.filter((field) => !field.startsWith("forgot="));
  return [server, client, location, stamp ?? time, ...others].join(" ");
}

export class Knowledge {
  readonly #reports: Reports;
  /** Clients that this server has heard an IAMAT of. */
  readonly #heard = new Set<string>();
  /** The last report of a client that somebody was told. */
  readonly #told = new Map<string, ReadReport>();

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  /** The report that a client is shown as this AT line, if somebody made it. */
  reportOf(line: string): ReadReport | undefined {
    return this.#reports.shownAs(line);
  }

  hearOf(report: ReadReport, isStamped: boolean): void {
    this.mayHearOf(report, isStamped);
    this.#heard.add(report.client);
  }

  /** A report that the server may have taken, or refused. */
  mayHearOf(report: ReadReport, isStamped: boolean): void {
    if (isStamped) this.#reports.addStamped(report);
    else this.#reports.add(report);
  }

  knows(client: string): boolean | "maybe" {
    if (this.#heard.has(client) && !this.#reports.mayBeForgotten(client)) return true;
    return this.#reports.hasClient(client) ? "maybe" : false;
  }

  /** The client is forgotten, or may be. */
  forget(client: string): void {
    this.#reports.forget(client);
  }

  mayBeForgotten(client: string): boolean {
    return this.#reports.mayBeForgotten(client);
  }

  /** What somebody was told last of a client: what is asked from now on is answered with that, or with a later one. */
  toldOf(client: string): ReadReport | undefined {
    return this.#told.get(client);
  }

  /** Somebody is told this line, who asked after `before` was told. The report, or `undefined` if it is not one of this client. */
  tell(client: string, line: string, before: ReadReport | undefined): ReadReport | undefined {
    const report = this.#reports.shownAs(line);
    if (report?.client !== client) return undefined;
    if (this.mayBeForgotten(client)) return report;
    if (before !== undefined && compareReports(report, before) < 0)
      throw new Violation("guard", `told ${before.line}, and then ${line}`);
    const told = this.#told.get(client);
    if (told === undefined || compareReports(told, report) < 0) this.#told.set(client, report);
    return report;
  }

  /** The server holds this line of a client in the end, or nothing. */
  demandHeld(client: string, line: string | undefined): void {
    const report = line === undefined ? undefined : this.#reports.heldAs(line);
    if (line !== undefined && (report?.client !== client || readAt(line)?.line !== line))
      throw new Violation("stored", `nobody has reported ${line}`);
    const told = this.mayBeForgotten(client) ? undefined : this.#told.get(client);
    if (told !== undefined && (report === undefined || compareReports(report, told) < 0))
      throw new Violation("stored", `told ${told.line}, and holds ${line}`);
  }

  get clientsTold(): Iterable<string> {
    return this.#told.keys();
  }
}
