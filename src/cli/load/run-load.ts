// Sends reports at a steady rate over some connections, and measures how long each waits for its answer.
//
// The rate does not wait for answers, so a herd that falls behind shows as latency and not as fewer reports. The latency of a
// report counts from the time at which it was due, so a sender that is late shows too. Only when very many reports are unanswered
// does it wait, because more of them would only fill its own memory. Keeps HC9 and HC33.

import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { HerdError, type Herd } from "../../client/index.ts";
import { pause } from "../terminal/until-interrupted.ts";
import type { MovingClient } from "./moving-client.ts";

export interface LoadPlan {
  readonly clients: readonly MovingClient[];
  readonly connections: readonly Herd[];
  readonly reportsPerSecond: number;
  readonly reports: number;
}

export interface LoadResult {
  /** Reports that were sent, answered or not. */
  readonly sent: number;
  readonly answered: number;
  /** How many reports failed for each reason. */
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Microseconds from when a report was due to its answer. */
  readonly latency: RecordableHistogram;
}

/** Time between two looks at the clock. */
const TICK_MILLIS = 10;

const UNANSWERED_MAX = 5000;

/** Sends until all is answered, or the signal aborts. `onAnswered` is called for each report that is answered or failed. */
export async function runLoad(plan: LoadPlan, onAnswered: () => void, signal: AbortSignal): Promise<LoadResult> {
  const { clients, connections, reportsPerSecond, reports } = plan;
  const latency = createHistogram();
  const failures: Record<string, number> = {};
  const unanswered = new Set<Promise<void>>();
  let answered = 0;
  const startMillis = performance.now();
  const send = async (index: number) => {
    const dueMillis = startMillis + (index / reportsPerSecond) * 1000;
    const client = clients[index % clients.length];
    const herd = connections[(index % clients.length) % connections.length];
    if (client === undefined || herd === undefined) return;
    try {
      await herd.iamat(client.name, client.at(index / reportsPerSecond), { signal });
      answered++;
      latency.record(Math.max(1, Math.round((performance.now() - dueMillis) * 1000)));
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof HerdError ? error.code : String(error);
      failures[reason] = (failures[reason] ?? 0) + 1;
    }
    onAnswered();
  };
  let sent = 0;
  while (sent < reports && !signal.aborted) {
    const due = Math.min(reports, 1 + Math.floor(((performance.now() - startMillis) / 1000) * reportsPerSecond));
    for (; sent < due && unanswered.size < UNANSWERED_MAX; sent++) {
      const answer: Promise<void> = send(sent).finally(() => unanswered.delete(answer));
      unanswered.add(answer);
    }
    await pause(TICK_MILLIS, signal);
  }
  await Promise.all(unanswered);
  return { sent, answered, failures, seconds: (performance.now() - startMillis) / 1000, latency };
}
