// A provider for tests: a test sees what it is asked, and decides what it answers.

import type { PlacesQuery } from "../../src/core/protocol/places.ts";
import { type GuardLimits, guarded } from "../../src/places/guarded.ts";
import {
  placesFailed,
  placesFound,
  type PlacesFailure,
  type PlacesOutcome,
  type PlacesProvider,
  type PlacesTerms,
  type RemotePlaces,
} from "../../src/places/port/provider.ts";
import type { RequestBudget } from "../../src/places/port/request-budget.ts";
import { northOf, UCLA } from "./samples.ts";

export const TERMS: PlacesTerms = {
  keep: "place ids",
  draw: "any map",
  credit: "nobody",
  source: "https://terms.example/",
};

/** Twenty places, all within ten kilometres of UCLA. */
export const TWENTY = placesFound(
  Array.from({ length: 20 }, (_, index) => northOf(UCLA, (index + 1) / 4)),
  ["by somebody"],
);

/** Mends itself, perhaps. */
export const SHAKY: PlacesFailure = placesFailed("UNKNOWN_ERROR", "It shook.", { retryable: true });
export const DENIED: PlacesFailure = placesFailed("REQUEST_DENIED", "It said no.", { retryable: false });

/** Other circles than UCLA's, as many as wanted. */
export function circle(index: number): PlacesQuery {
  return { ...UCLA, latitude: index };
}

export class ScriptedRemote implements RemotePlaces {
  readonly name = "scripted";
  readonly terms = TERMS;
  /** What it was asked, in order. */
  readonly asked: { readonly query: PlacesQuery; readonly signal: AbortSignal }[] = [];
  readonly #script: (query: PlacesQuery, signal: AbortSignal) => PlacesOutcome | Promise<PlacesOutcome>;
  readonly #awaited: { readonly times: number; readonly resolve: () => void }[] = [];

  constructor(script: (query: PlacesQuery, signal: AbortSignal) => PlacesOutcome | Promise<PlacesOutcome>) {
    this.#script = script;
  }

  ask(query: PlacesQuery, signal: AbortSignal): Promise<PlacesOutcome> {
    this.asked.push({ query, signal });
    for (const { times, resolve } of this.#awaited) if (this.asked.length >= times) resolve();
    return Promise.resolve(this.#script(query, signal));
  }

  /** Resolves as soon as it was asked so many times. */
  isAsked(times: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.asked.length >= times) resolve();
    else this.#awaited.push({ times, resolve });
    return promise;
  }
}

/** Answers in the order of the list; afterwards always with the last. */
export function saying(...outcomes: readonly [PlacesOutcome, ...PlacesOutcome[]]): ScriptedRemote {
  let said = 0;
  return new ScriptedRemote(() => outcomes[Math.min(said++, outcomes.length - 1)] ?? outcomes[0]);
}

/** Answers when told to, whatever the signal says. */
export class HeldRemote extends ScriptedRemote {
  readonly #held: PromiseWithResolvers<PlacesOutcome>[];

  constructor() {
    const held: PromiseWithResolvers<PlacesOutcome>[] = [];
    super(() => {
      const answer = Promise.withResolvers<PlacesOutcome>();
      held.push(answer);
      return answer.promise;
    });
    this.#held = held;
  }

  /** Answers what it was asked as the `index`-th. */
  answer(index: number, outcome: PlacesOutcome = TWENTY): void {
    this.#held[index]?.resolve(outcome);
  }

  reject(index: number, error: Error): void {
    this.#held[index]?.reject(error);
  }
}

export class MemoryBudget implements RequestBudget {
  spent = 0;
  isCounting = true;
  readonly daily: number;

  constructor(daily = 1_000_000) {
    this.daily = daily;
  }

  spend(): boolean {
    if (this.spent >= this.daily) return false;
    this.spent++;
    return true;
  }
}

/** Guarded so that nothing but what the test sets stands in the way. */
export function guard(
  remote: RemotePlaces,
  limits: Partial<GuardLimits> = {},
  budget: RequestBudget = new MemoryBudget(),
): PlacesProvider {
  const wide: GuardLimits = {
    timeoutSeconds: 30,
    retries: 0,
    retrySeconds: 0.001,
    circuitFailures: 1000,
    circuitSeconds: 30,
    requestsAtOnce: 1000,
    requestsWaiting: 0,
  };
  return guarded(remote, { ...wide, ...limits }, budget);
}
