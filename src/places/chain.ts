// One function over all providers: they are asked in order until one answers.
//
// A provider that fails hands over to the next, unless it is the query that it cannot make anything of: no other would
// mend that. Whatever happens there is an answer in Google's legacy shape, and it names the provider that gave it. If
// nobody answered it has no results, the status of the first failure (of the provider that its operator preferred) and an
// `error_message` made of what each of them said. A provider that throws breaks the seam's promise; that too counts as a
// failure, and its error's text, which might hold a key or a stack, goes nowhere. Keeps WA3 to WA5.

import type { PlacesAnswer, PlacesQuery, ProviderFailure } from "../core/protocol/places.ts";
import { type PlacesOutcome, type PlacesProvider, placesFailed } from "./port/provider.ts";

/** An answer, and how it came about (for the log: LG1). */
export interface ChainAnswer {
  readonly answer: PlacesAnswer;
  /** The name of the provider that answered, or `none`. */
  readonly provider: string;
  /** The providers that failed before that, in order. */
  readonly failures: readonly ProviderFailure[];
}

/** The first answer that any of the providers gives. Never throws. */
export async function nearbyFromChain(providers: readonly PlacesProvider[], query: PlacesQuery): Promise<ChainAnswer> {
  const failures: ProviderFailure[] = [];
  for (const provider of providers) {
    // One after another is the point: the next is asked only when this one failed.
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

/** WA4's shape: no results, Google's own status, a message that helps. */
function failureAnswer(failures: readonly ProviderFailure[]): PlacesAnswer {
  const none = "This herd has no provider of places: set a Google Places key or build the embedded places.";
  return {
    html_attributions: [],
    results: [],
    status: failures[0]?.status ?? "UNKNOWN_ERROR",
    error_message: failures.length === 0 ? none : failures.map(({ message }) => message).join(" "),
  };
}
