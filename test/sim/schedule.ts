// The schedule of a run: everything that clients do and every fault, each at its time.
//
// It is data: drawn from the options, printed when a run fails, shrunk to what the failure needs, and kept as a test.
// Delays and jitter are not in it; they are drawn from the seed during the run.

import { Draw, times } from "./draw.ts";
import type { Action } from "./action.ts";
import type { SimOptions } from "./options.ts";
import { Random } from "./random.ts";

export interface Schedule {
  readonly options: SimOptions;
  readonly actions: readonly Action[];
}

export function scheduleOf(options: SimOptions): Schedule {
  const draw = new Draw(options);
  const { faults, messages, watches = 0, silences = 0, stamps = 0, forgets = 0 } = options;
  const watching = new Random(`watchers of ${options.seed}`);
  const waiting = new Random(`silences of ${options.seed}`);
  const services = new Random(`services of ${options.seed}`);
  const storages = new Random(`full storages of ${options.seed}`);
  const clocks = new Random(`clocks of ${options.seed}`);
  const stamping = new Random(`stamped reports of ${options.seed}`);
  const forgetting = new Random(`forgets of ${options.seed}`);
  const devices = new Random(`devices of ${options.seed}`);
  const actions = [
    ...times(messages, () => draw.say()),
    ...times(Math.ceil(messages / 20), () => draw.hangUp()),
    ...times(faults.cuts, () => draw.cut()),
    ...times(faults.ghosts, () => draw.ghost()),
    ...times(faults.heldDials, () => draw.holdDials()),
    ...times(faults.partitions, () => draw.part()),
    ...times(faults.crashes, () => draw.crash(false)),
    ...times(faults.storageLosses, () => draw.crash(true)),
    ...times(faults.slowServers, () => draw.slow()),
    ...times(faults.farFutureReports, () => draw.farFuture()),
    ...times(faults.bursts, () => draw.burst()),
    ...times(stamps, () => draw.stamp(stamping)),
    ...times(forgets, () => draw.forget(forgetting)),
    ...times(faults.devicesClocks ?? 0, () => draw.deviceClock(devices)),
    ...times(watches, () => draw.watch(watching)),
    ...times(silences, () => draw.waitForSilence(waiting)),
    ...times(faults.slowReaders ?? 0, () => draw.readSlowly(watching)).flat(),
    ...times(faults.services ?? 0, () => draw.service(services)).flat(),
    ...times(faults.fullStorages ?? 0, () => draw.fillStorage(storages)),
    ...times(faults.clockMillisMax > 0 ? (faults.clocksSet ?? 0) : 0, () => draw.setClock(clocks)),
  ];
  return { options, actions: actions.toSorted((one, other) => one.atMillis - other.atMillis) };
}
