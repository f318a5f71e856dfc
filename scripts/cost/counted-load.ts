// What part of a load is simulated: enough of it to be counted, and little enough to be counted in some seconds. Keeps CM2.
//
// The cost of a report depends on how many there are in a second, because reports share rows and frames, and not on how long
// that goes on. So the simulated herd hears as many reports a second as the real one, for a while. What repeats in a herd
// repeats at least as often as neighbours' reports are written; the warm-up and the window are at least as long as that.
// If that is too much to simulate, fewer clients report. Each of their reports then shares its rows with fewer
// others and costs more, so the result is an upper bound.

import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import type { HerdShape } from "./herd-shape.ts";

export type Settings = Omit<HerdConfig, "servers">;

export interface Load {
  readonly herd: HerdShape;
  /** All settings of the herd beside its servers. */
  readonly settings: Settings;
  readonly clients: number;
  /** Each client reports so often. */
  readonly everySeconds: number;
}

export interface CountedLoad {
  readonly reportsPerSecond: number;
  /** Whether these are fewer than the load has. */
  readonly isSlowed: boolean;
  readonly warmUpSeconds: number;
  readonly windowSeconds: number;
}

/** What is simulated at most, so that it takes 20 s at most: a report of the paper's herd takes 30 events. */
const EVENTS_MAX = 1_200_000;

/** More servers and links share the same events. */
function reportsMax({ servers, links }: HerdShape): number {
  return Math.floor(EVENTS_MAX / (2 * (servers.length + 2 * links.length)));
}

const WINDOW_SECONDS = 60;

/** A window with fewer reports would be judged by chance; of a load with few reports it becomes longer. */
const WINDOW_REPORTS = 100;

/** The simulator's messages take up to 2 ms a hop. A window that is much longer than a flood hides them. */
const WARM_UP_SECONDS_MIN = 0.5;
const WINDOW_SECONDS_MIN = 0.5;

const SLOWER = 0.9;

/** `windowSeconds`: counts so long, at the load's own rate. */
export function countedLoad(load: Load, windowSeconds?: number): CountedLoad {
  const asked = load.clients / load.everySeconds;
  if (windowSeconds !== undefined)
    return { reportsPerSecond: asked, isSlowed: false, warmUpSeconds: warmUpSecondsOf(load, asked), windowSeconds };
  const most = reportsMax(load.herd);
  for (let reportsPerSecond = asked; ; reportsPerSecond *= SLOWER) {
    const warmUpSeconds = warmUpSecondsOf(load, reportsPerSecond);
    const leastSeconds = Math.max(WINDOW_SECONDS_MIN, writeSeconds(load, reportsPerSecond), 10 / reportsPerSecond);
    // The warm-up runs twice.
    const affordableSeconds = most / reportsPerSecond - 2 * warmUpSeconds;
    if (affordableSeconds < leastSeconds) continue;
    const wantedSeconds = Math.max(WINDOW_SECONDS, WINDOW_REPORTS / reportsPerSecond);
    const windowSeconds = Math.max(leastSeconds, Math.min(wantedSeconds, affordableSeconds));
    return { reportsPerSecond, isSlowed: reportsPerSecond < asked, warmUpSeconds, windowSeconds };
  }
}

function warmUpSecondsOf(load: Load, reportsPerSecond: number): number {
  return Math.max(WARM_UP_SECONDS_MIN, writeSeconds(load, reportsPerSecond), 2 / reportsPerSecond);
}

/** How often a server writes what its neighbours brought: after a time, or when there is much of it. */
function writeSeconds({ herd, settings: { peers } }: Load, reportsPerSecond: number): number {
  const { length } = herd.servers;
  const broughtPerSecond = (reportsPerSecond * (length - 1)) / length;
  return Math.min(peers.writeBehindSeconds, peers.writeBehindReports / broughtPerSecond);
}
