// Runs a trial: round after round, each side once in a round, in one order and then in the reverse order.
//
// A slow phase of the machine lasts for a while, so sides that alternate share it. The change of order is fair to the side that
// runs first, which would otherwise always pay for what the last one left behind. One round before the first warms everything up. Keeps BM2.

import type { Run, Sample, Trial } from "./subject.ts";

/** The samples of each side, one for each round. */
export interface Rounds {
  readonly value: readonly Sample[];
  readonly baseline: readonly Sample[];
  readonly beside: ReadonlyMap<string, readonly Sample[]>;
}

export async function runRounds(trial: Trial, rounds: number, onRound: () => void): Promise<Rounds> {
  const sides = new Map<string, Run>([["value", trial.value]]);
  if (trial.baseline !== undefined) sides.set("baseline", trial.baseline);
  for (const [name, run] of Object.entries(trial.beside ?? {})) sides.set(`beside ${name}`, run);
  const samples = new Map<string, Sample[]>([...sides.keys()].map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? [...sides] : [...sides].toReversed();
    for (const [name, run] of order) {
      const sample = await run();
      if (round > 0) samples.get(name)?.push(sample);
    }
    if (round > 0) onRound();
  }
  await trial.finish?.();
  return {
    value: samples.get("value") ?? [],
    baseline: samples.get("baseline") ?? [],
    beside: new Map(
      Object.keys(trial.beside ?? {}).map((name): [string, Sample[]] => [name, samples.get(`beside ${name}`) ?? []]),
    ),
  };
}
