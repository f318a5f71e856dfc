// The questions for places that are under way: which session asked each, and which slot its answer fills.
//
// The answer may come in any later turn, or after its session has left. Keeps WA3 and LN5.

import type { Answer } from "../commands/command.ts";
import type { Counters } from "../contract/counters.ts";
import type { HerdEvent } from "../contract/events.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import { degreesOf } from "../protocol/location.ts";
import type { PlacesAnswer } from "../protocol/places.ts";
import { locationOf, type Report } from "../protocol/report.ts";
import type { Slot } from "./response-pipeline.ts";
import type { Session } from "./session.ts";

/** A question, and the place in the order of answers that its answer fills. */
export interface PlacesWait {
  readonly session: Session;
  readonly slot: Slot;
  readonly items: number;
  readonly answered: (places: PlacesAnswer) => Answer;
}

export class PlacesWaits {
  readonly #turn: TurnPort;
  readonly #counters: Counters;
  readonly #waits = new Map<number, PlacesWait & { readonly askedMillis: number }>();
  #queries = 0;

  constructor(turn: TurnPort, counters: Counters) {
    this.#turn = turn;
    this.#counters = counters;
  }

  /** Asks for places around a report. `answered` makes the answer to the connection of them. */
  ask(wait: PlacesWait, report: Report, radiusKm: number): void {
    const query = ++this.#queries;
    const { items } = wait;
    const location = locationOf(report);
    this.#waits.set(query, { ...wait, askedMillis: this.#turn.steadyMillis });
    this.#turn.log({ event: "places asked", query, client: report.client, location, radiusKm, items });
    this.#turn.emit({ type: "ask places", query, request: { ...degreesOf(location), radiusKm, items } });
  }

  /** Fills the slot of the answer that waits. Returns its session; `undefined` if none waits. */
  settle({
    query,
    provider,
    failures = [],
    answer,
  }: Extract<HerdEvent, { readonly type: "places answered" }>): Session | undefined {
    const wait = this.#waits.get(query);
    if (wait === undefined) return undefined;
    this.#waits.delete(query);
    wait.session.responses.fill(wait.slot, wait.answered(answer));
    const millis = this.#turn.steadyMillis - wait.askedMillis;
    this.#counters.answerPlaces(provider, answer.status);
    this.#counters.placesMillis.observe(millis);
    for (const { provider: failed, status, message: reason } of failures) {
      this.#counters.failPlaces(failed, status);
      this.#turn.log({ event: "places failed", query, provider: failed, status, reason });
    }
    this.#turn.log({
      event: "places answered",
      query,
      provider,
      status: answer.status,
      results: Math.min(answer.results.length, wait.items),
      millis,
      ...(answer.error_message !== undefined && { error: answer.error_message }),
    });
    return wait.session;
  }
}
