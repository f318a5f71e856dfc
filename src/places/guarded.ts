// A guard for a provider on the network: a WHATSAT never hangs, the provider gets few requests at once, no money is wasted.
//
//   query ─▶ same circle asked? ─▶ budget left? ─▶ circuit closed? ─▶ a free place among the requests ─▶ try, and again
//                 │ share it          │ no: fail        │ no: fail        │ none: fail
//
// The time limit covers the whole way from the query to the answer, waiting and retries included. A request is tried again,
// after a random delay, only if its failure says that this may help. After several failures in a row the circuit opens:
// nobody waits for a provider that is down, and after a while one query tries it again. Queries for the same circle at the
// same time share one request, with any number of items. Its answer is not kept. Keeps WA4 to WA6 and
// ST10.

import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhenResult,
  retry,
  wrap,
} from "cockatiel";

import { type PlacesQuery, PLACES_ITEMS_MAX } from "../core/protocol/places.ts";
import {
  type PlacesFailure,
  type PlacesOutcome,
  type PlacesProvider,
  type ProviderStanding,
  placesFailed,
  type RemotePlaces,
  tooSlow,
} from "./port/provider.ts";
import type { RequestBudget } from "./port/request-budget.ts";

/** Settings of `places`: the configuration says what each is for. */
export interface GuardLimits {
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly retrySeconds: number;
  readonly circuitFailures: number;
  readonly circuitSeconds: number;
  readonly requestsAtOnce: number;
  readonly requestsWaiting: number;
}

const CIRCUITS: Readonly<Record<CircuitState, ProviderStanding["circuit"]>> = {
  [CircuitState.Closed]: "closed",
  [CircuitState.HalfOpen]: "half open",
  [CircuitState.Open]: "open",
  [CircuitState.Isolated]: "open",
};

/** Thrown through the policies: for them it is not a failure of the provider. */
class BudgetUsedUpError extends Error {}

/** The guarded provider. Make it once for each server: it remembers the outcomes of its requests. */
export function guarded(remote: RemotePlaces, limits: GuardLimits, budget: RequestBudget): PlacesProvider {
  let { circuit, isOfLaterTime } = newCircuit(limits);
  const lanes = bulkhead(limits.requestsAtOnce, limits.requestsWaiting);
  const tries = retry(handleWhenResult(isRetryable), {
    maxAttempts: limits.retries,
    backoff: new ExponentialBackoff({ initialDelay: limits.retrySeconds * 1000, maxDelay: limits.retrySeconds * 2000 }),
  });
  const underWay = new Map<string, Promise<PlacesOutcome>>();

  async function ask(query: PlacesQuery): Promise<PlacesOutcome> {
    if (!budget.isCounting) return notCounted();
    if (budget.spent >= budget.daily) return usedUp(budget.daily);
    // The clock was set back: the circuit would stay open for as long.
    if (isOfLaterTime()) ({ circuit, isOfLaterTime } = newCircuit(limits));
    // Another query is trying the provider again. No further query waits for its outcome.
    if (circuit.state === CircuitState.HalfOpen) return leftAlone();
    const signal = AbortSignal.timeout(limits.timeoutSeconds * 1000);
    const late = new Promise<PlacesOutcome>((resolve) => {
      signal.addEventListener("abort", () => resolve(tooSlow(`The places provider "${remote.name}"`)), { once: true });
    });
    const answer = wrap(circuit, lanes, tries).execute(() => {
      if (signal.aborted) return late;
      if (!budget.spend()) throw new BudgetUsedUpError();
      return Promise.race([remote.ask(query, signal), late]);
    }, signal);
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      if (error instanceof BrokenCircuitError) return leftAlone();
      if (error instanceof BudgetUsedUpError) return budget.isCounting ? usedUp(budget.daily) : notCounted();
      if (error instanceof BulkheadRejectedError) return tooMany();
      throw error;
    }
  }

  function leftAlone(): PlacesFailure {
    const last = failureOf(circuit.lastFailure);
    const message =
      `The places provider "${remote.name}" failed ${limits.circuitFailures} times in a row ` +
      `and is not asked for ${limits.circuitSeconds} seconds.${last === undefined ? "" : ` ${last.message}`}`;
    return placesFailed(last?.status ?? "UNKNOWN_ERROR", message, { retryable: false });
  }

  function tooMany(): PlacesFailure {
    const { requestsAtOnce, requestsWaiting } = limits;
    const message = `The places provider "${remote.name}" has ${requestsAtOnce} requests under way and ${requestsWaiting} waiting: ask again later.`;
    return placesFailed("OVER_QUERY_LIMIT", message, { retryable: true });
  }

  return {
    name: remote.name,
    terms: remote.terms,
    async nearby(query) {
      const { latitude, longitude, radiusKm, items } = query;
      const circle = [latitude, longitude, radiusKm].join();
      let outcome = underWay.get(circle);
      if (outcome === undefined) {
        outcome = ask({ ...query, items: PLACES_ITEMS_MAX }).finally(() => underWay.delete(circle));
        underWay.set(circle, outcome);
      }
      return cutTo(items, await outcome);
    },
    standing: () => ({
      circuit: CIRCUITS[circuit.state],
      requestsUnderWay: limits.requestsAtOnce - lanes.executionSlots,
      requestsToday: budget.spent,
      requestsDaily: budget.daily,
    }),
  };
}

function usedUp(daily: number): PlacesFailure {
  const message = `This server's ${daily} requests a day to providers of places (places.dailyRequests) are used up until 00:00 UTC.`;
  return placesFailed("OVER_QUERY_LIMIT", message, { retryable: false });
}

function notCounted(): PlacesFailure {
  const message =
    "This server's storage takes no writes, so it cannot count requests to providers of places, and sends none.";
  return placesFailed("UNKNOWN_ERROR", message, { retryable: false });
}

function cutTo(items: number, outcome: PlacesOutcome): PlacesOutcome {
  if (!outcome.ok) return outcome;
  return { ok: true, answer: { ...outcome.answer, results: outcome.answer.results.slice(0, items) } };
}

/** An invalid query is not the provider's failure: the next query may be valid. */
/** `isOfLaterTime`: whether it opened at a time that is yet to come. */
function newCircuit({ circuitSeconds, circuitFailures }: GuardLimits) {
  const circuit = circuitBreaker(handleWhenResult(isFailureOfProvider), {
    halfOpenAfter: circuitSeconds * 1000,
    breaker: new ConsecutiveBreaker(circuitFailures),
  });
  let openedMillis = 0;
  circuit.onBreak(() => {
    openedMillis = Date.now();
  });
  return { circuit, isOfLaterTime: () => Date.now() < openedMillis };
}

function isFailureOfProvider(outcome: unknown): boolean {
  const failure = outcome as PlacesOutcome;
  return !failure.ok && failure.status !== "INVALID_REQUEST";
}

function isRetryable(outcome: unknown): boolean {
  const failure = outcome as PlacesOutcome;
  return !failure.ok && failure.retryable;
}

function failureOf(reason: object | undefined): PlacesFailure | undefined {
  return reason !== undefined && "value" in reason ? (reason.value as PlacesFailure) : undefined;
}
