// One function over all providers: they are asked in order until one answers.
//
// After a failure the next provider is asked, except when the query itself was invalid: no other provider could answer it.
// There is always an answer in Google's legacy shape, and it names the provider that gave it. If all failed, the answer has no
// results, the status of the first failure (the operator's preferred provider) and an `error_message` made of all their
// messages. A provider should not throw. If one does, that counts as a failure too, and the text of its error is dropped,
// because it may hold a key or a stack. Keeps WA3 to WA5.

import type { PlacesAnswer, PlacesQuery, ProviderFailure } from "../core/protocol/places.ts";
import { type PlacesOutcome, type PlacesProvider, placesFailed } from "./port/provider.ts";

/** An answer, and how it was found (for the log: LG7). */
export interface ChainAnswer {
  readonly answer: PlacesAnswer;
  /** The name of the provider that answered, or `none`. */
  readonly provider: string;
  /** The providers that failed before, in order. */
  readonly failures: readonly ProviderFailure[];
}

/** The first answer that any of the providers gives. Never throws. */
export async function nearbyFromChain(providers: readonly PlacesProvider[], query: PlacesQuery): Promise<ChainAnswer> {
  const failures: ProviderFailure[] = [];
  for (const provider of providers) {
    // The next provider is asked only after this one has failed.
    const outcome = await ask(provider, query);
    const { name } = provider;
    if (outcome.ok) return { answer: { ...outcome.answer, provider: name }, provider: name, failures };
    const { status, message } = outcome;
    failures.push({ provider: name, status, message });
    if (status === "INVALID_REQUEST") break;
  }
  return { answer: failureAnswer(failures), provider: "none", failures };
}

async function ask(provider: PlacesProvider, query: PlacesQuery): Promise<PlacesOutcome> {
  try {
    return await provider.nearby(query);
  } catch {
    const message = `The places provider "${provider.name}" broke off: this is a fault of the herd, please report it.`;
    return placesFailed("UNKNOWN_ERROR", message, { retryable: true });
  }
}

/** The shape of WA4: no results, Google's own status, a message that helps. */
function failureAnswer(failures: readonly ProviderFailure[]): PlacesAnswer {
  const none = "This herd has no provider of places: set a Google Places key or build the embedded places.";
  return {
    html_attributions: [],
    results: [],
    status: failures[0]?.status ?? "UNKNOWN_ERROR",
    error_message: failures.length === 0 ? none : failures.map(({ message }) => message).join(" "),
  };
}
