// Runs a contest: round after round, each side once a round, in one order and then in the other.
//
// What slows a machine down does so for a while: sides that alternate share it, and the change of order keeps the side that
// runs first from paying for what the one before left behind. One round before the first warms everything up.

import type { Contest, Run, Sample } from "./subject.ts";

/** The samples of each side, one a round. */
export interface Rounds {
  readonly value: readonly Sample[];
  readonly floor: readonly Sample[];
  readonly beside: ReadonlyMap<string, readonly Sample[]>;
}

export async function runRounds(contest: Contest, rounds: number, onRound: () => void): Promise<Rounds> {
  const sides = new Map<string, Run>([["value", contest.value]]);
  if (contest.floor !== undefined) sides.set("floor", contest.floor);
  for (const [name, run] of Object.entries(contest.beside ?? {})) sides.set(`beside ${name}`, run);
  const samples = new Map<string, Sample[]>([...sides.keys()].map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? [...sides] : [...sides].toReversed();
    for (const [name, run] of order) {
      const sample = await run();
      if (round > 0) samples.get(name)?.push(sample);
    }
    if (round > 0) onRound();
  }
  await contest.finish?.();
  return {
    value: samples.get("value") ?? [],
    floor: samples.get("floor") ?? [],
    beside: new Map(
      Object.keys(contest.beside ?? {}).map((name): [string, Sample[]] => [name, samples.get(`beside ${name}`) ?? []]),
    ),
  };
}
