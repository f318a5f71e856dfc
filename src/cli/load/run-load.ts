// Reports at a steady rate over some connections, and how long each waited for its answer.
//
// The rate is a plan that does not wait for answers: a herd that falls behind is seen as latency, not as fewer reports. A
// report counts from the time at which it was due, so a sender that was late is seen too. Past a number of unanswered
// reports it does wait, as more would only measure its own memory. Keeps HC9.

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
  readonly answered: number;
  /** Of each reason, how many. */
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Microseconds from when a report was due to its answer. */
  readonly latency: RecordableHistogram;
}

/** Between looks at the clock. */
const TICK_MILLIS = 10;

const UNANSWERED_MAX = 5000;

/** Sends until all is answered, or the signal is aborted. `onAnswered` hears of each report that is. */
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
  for (let sent = 0; sent < reports && !signal.aborted;) {
    const due = Math.min(reports, 1 + Math.floor(((performance.now() - startMillis) / 1000) * reportsPerSecond));
    for (; sent < due && unanswered.size < UNANSWERED_MAX; sent++) {
      const answer: Promise<void> = send(sent).finally(() => unanswered.delete(answer));
      unanswered.add(answer);
    }
    await pause(TICK_MILLIS, signal);
  }
  await Promise.all(unanswered);
  return { answered, failures, seconds: (performance.now() - startMillis) / 1000, latency };
}
