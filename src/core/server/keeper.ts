// What a turn brought is kept: what is due in one commit, and the rest in memory until a later one (CU6).
//
// This is the one place that decides when the server writes, and what a commit takes. Whatever it takes is durable
// together: reports, the numbering, cursors of neighbours, the alarm and whether the server is drained. A commit of reports alone may
// wait for more of them. After a write that the storage refused it writes nothing. Keeps RP7, CU4, CU14, CU15, CU24, ER1, ER2, SR10,
// ST2, ST7 and LG23.

import type { HerdConfig } from "../config/herd-config.ts";
import type { Counters } from "../contract/counters.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import type { Neighbours } from "../feeds/neighbours.ts";
import type { Keeping } from "../protocol/keeping.ts";
import type { Offer } from "../store/held.ts";
import type { PendingReports, Settlement } from "../store/pending-reports.ts";
import type { RecentLog } from "../store/recent-log.ts";
import type { OfferedReport, ReportStore } from "../store/report-store.ts";
import type { Sequencer } from "../store/sequencer.ts";
import type { DurableAlarm } from "./durable-alarm.ts";
import type { KeepingChange } from "./keeping-change.ts";
import type { Service } from "./service.ts";
import type { StorageCondition } from "./storage-condition.ts";

interface KeeperPorts {
  readonly peers: HerdConfig["peers"];
  readonly limits: Pick<HerdConfig["limits"], "commitMillis">;
  readonly turn: TurnPort;
  readonly counters: Counters;
  readonly storage: StorageCondition;
  readonly eraseSeconds: number;
  readonly keeping: Keeping;
  readonly keepingChange: KeepingChange;
  readonly store: Pick<ReportStore, "transact" | "wakeAt" | "eraseBy" | "eraseMillis">;
  readonly pending: PendingReports;
  readonly sequencer: Sequencer;
  readonly recent: RecentLog;
  readonly alarm: DurableAlarm;
  readonly service: Service;
  readonly neighbours: Neighbours;
  /** When a silence may have to be told, by the steady clock; Infinity if nobody waits for one. */
  readonly silenceMillis: () => number;
  /** Hears of the reports that the server took, in order. */
  readonly taken: (accepted: readonly Offer[]) => void;
}

export class Keeper {
  readonly #ports: KeeperPorts;
  /** A scan waits for the table to be complete, or the server is being drained. */
  #isFlushAsked = false;
  /** Since when a commit waits for others; `undefined` if none does. By the steady clock. */
  #waitingMillis: number | undefined;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  /** Has the next commit take all that is in memory. */
  askFlush(): void {
    this.#isFlushAsked = true;
  }

  /** When something has to be written; Infinity if nothing has. By the steady clock. */
  get dueMillis(): number {
    const { pending, storage, turn, limits } = this.#ports;
    if (!storage.takesWrites) return Infinity;
    if (this.#isUrgent) return turn.steadyMillis;
    return pending.isDue ? (this.#waitingMillis ?? turn.steadyMillis) + limits.commitMillis : Infinity;
  }

  /** Throws what the store throws: nothing of the turn is kept then. */
  keep(): void {
    const { turn, pending } = this.#ports;
    if (pending.isDue) this.#waitingMillis ??= turn.steadyMillis;
    if (this.dueMillis > turn.steadyMillis) this.#settled(pending.settleUndue(this.#nextSeq));
    if (this.dueMillis > turn.steadyMillis) return;
    this.#commit();
  }

  #commit(): void {
    const { counters, store, pending, service, keepingChange, sequencer, storage, alarm, neighbours } = this.#ports;
    const isFlush = this.#isFlushDue;
    let added = 0;
    counters.commits++;
    store.transact(() => {
      added = this.#settled(pending.settle(this.#nextSeq, isFlush));
      service.keep();
      keepingChange.keep();
      sequencer.keep();
      neighbours.forgetFormer();
      if (isFlush) neighbours.write();
      if (isFlush) this.#isFlushAsked = false;
      alarm.keep(this.#situation, (millis) => store.wakeAt(millis));
    });
    this.#waitingMillis = undefined;
    storage.measure(added);
    // What was taken is made durable before the storage has no room for it.
    if (!storage.takesReports && pending.unflushedCount > 0) this.#isFlushAsked = true;
  }

  get #nextSeq(): number {
    return this.#ports.sequencer.issuedSeq + 1;
  }

  /** Whether something has to be written that waits for nothing. */
  get #isUrgent(): boolean {
    const { pending, sequencer, service, keepingChange, alarm } = this.#ports;
    return (
      pending.isUrgent ||
      this.#isFlushDue ||
      sequencer.isDue ||
      service.isDue ||
      keepingChange.isDue ||
      !sequencer.hasNumbersFor(pending.size) ||
      alarm.isDue(this.#situation)
    );
  }

  /** Whether the commit takes what is not flushed as well. */
  get #isFlushDue(): boolean {
    const { pending, peers, neighbours } = this.#ports;
    return this.#isFlushAsked || neighbours.isDue || pending.unflushedCount + pending.size > peers.writeBehindReports;
  }

  /** Tells everybody. Returns how many reports of new clients were written. */
  #settled({ accepted, refused, written, added }: Settlement): number {
    const { sequencer, recent, turn, counters, neighbours, taken } = this.#ports;
    if (turn.logsLines) {
      for (const offer of accepted) turn.log({ event: "accepted", ...clientAndSource(offer), seq: offer.seq });
      for (const offer of refused) turn.log({ event: "stale", ...clientAndSource(offer) });
      for (const offer of [...accepted, ...refused]) if (isAcrossForget(offer)) turn.forgetInLog(offer.report.client);
    }
    for (const { source } of accepted) if (source !== undefined) counters.feedAccepted++;
    for (const { source } of refused) if (source !== undefined) counters.feedStale++;
    sequencer.addClients(added);
    for (const offered of written) this.#noteErasing(offered);
    const last = accepted.at(-1);
    if (last === undefined) return added;
    sequencer.take(last.seq);
    // Not the offers: they hold what they superseded.
    for (const { seq, report, source, held, isAsSent } of accepted)
      recent.append({ seq, report, source: isAsSent ? source : undefined, held });
    taken(accepted);
    neighbours.assumeAllBehind();
    return added;
  }

  /** What is written is to be erased when it is past keeping; what was held of a client that was forgotten since, from now on. */
  #noteErasing({ report, isAcrossForget = false }: OfferedReport): void {
    const { keeping, eraseSeconds, store, turn } = this.#ports;
    const millis = isAcrossForget ? turn.nowMillis : keeping.untilMillis(report);
    if (millis < Infinity) store.eraseBy(millis + eraseSeconds * 1000);
  }

  /** What the durable alarm depends on. */
  get #situation() {
    const { turn, store, service, sequencer, neighbours, silenceMillis, peers } = this.#ports;
    const { nowMillis } = turn;
    const { isDrained } = service;
    const { isAnyBehind, isEveryCaughtUp, isAnyLinked } = neighbours;
    const isQuiet = sequencer.isQuietSinceAlarm;
    const wakeMillis = nowMillis + peers.wakeSeconds * 1000;
    const lookAfterMillis = () => neighbours.lookAfterMillis(wakeMillis);
    return {
      nowMillis,
      isDrained,
      isAnyBehind,
      isEveryCaughtUp,
      isAnyLinked,
      isQuiet,
      lookAfterMillis,
      silenceMillis: turn.wallMillisOf(silenceMillis()),
      eraseMillis: store.eraseMillis,
      wakeMillis,
    };
  }
}

function clientAndSource({ report, source }: Offer): { readonly client: string; readonly from: string } {
  return { client: report.client, from: source?.neighbour ?? "a client" };
}

/** Whether its client was forgotten between what was held and the report: then one of them is of before. */
function isAcrossForget({ report, before }: Offer): boolean {
  return report.forgotKey !== (before?.forgotKey ?? "");
}
