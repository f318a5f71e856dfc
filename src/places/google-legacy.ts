// Google's legacy Nearby Search, asked over HTTP as in the paper.
//
// One GET a query: never redirected (a redirect would carry the key elsewhere), under one time limit from the first
// byte sent to the last byte read, its body bounded. All that can go wrong on the way becomes a failure value. Every
// message leaves through `fitToShow`, so neither the key nor an address gets into one, even when the other end echoes
// them. Keeps WA3 and WA4.

import type { PlacesQuery } from "../core/places.ts";
import { readTextWithin } from "./bounded-text.ts";
import { readGoogleAnswer, refused } from "./google-legacy-answer.ts";
import { type PlacesFailure, type PlacesOutcome, type PlacesProvider, placesFailed } from "./provider.ts";

const EXAMPLE_BASE = "https://maps.googleapis.com";

/** The longest body that is read, in bytes. Twenty results are some 20 to 40 KB; this is far above and far below harm. */
export const GOOGLE_BODY_BYTES = 1024 * 1024;

/** The longest message, in characters: what Google says of itself may be of any length. */
const MESSAGE_CHARACTERS = 400;

/** The part of `fetch` that is used: `globalThis.fetch` fits. */
export type Fetch = (
  url: string,
  init: { readonly redirect: "manual"; readonly signal: AbortSignal; readonly headers: Record<string, string> },
) => Promise<Response>;

export interface GoogleLegacyOptions {
  readonly fetch: Fetch;
  /** The key of a Google Cloud project that still has the legacy Places API. */
  readonly key: string;
  /** Where the API is, without its path: `https://maps.googleapis.com` or a stand-in. */
  readonly base: string;
  /** Seconds until the whole answer must be there. */
  readonly timeoutSeconds: number;
}

/**
 * A provider that asks Google.
 *
 * @throws RangeError if the key is empty or the base is not an address: mistakes of configuration.
 */
export function googleLegacy({ fetch, key, base, timeoutSeconds }: GoogleLegacyOptions): PlacesProvider {
  if (key === "") throw new RangeError("Cannot ask Google Places as its key is empty: leave this provider out");
  if (!/^https?:/i.test(base) || !URL.canParse(base)) {
    throw new RangeError(`Cannot ask Google Places as its base must be an address such as ${EXAMPLE_BASE}`);
  }

  async function ask(query: PlacesQuery): Promise<PlacesOutcome> {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      const headers = { accept: "application/json" };
      const response = await fetch(nearbySearchUrl(base, key, query), { redirect: "manual", signal, headers });
      if (response.status !== 200) {
        await response.body?.cancel();
        return httpFailure(response.status);
      }
      const body = await readTextWithin(response, GOOGLE_BODY_BYTES, signal);
      return body === undefined ? tooLong() : readGoogleAnswer(body, query);
    } catch {
      // The error's own text may hold the URL, which holds the key.
      return signal.aborted ? tooSlow(timeoutSeconds) : unreachable();
    }
  }

  return {
    name: "google-legacy",
    async nearby(query) {
      const outcome = await ask(query);
      return outcome.ok ? outcome : { ...outcome, message: fitToShow(outcome.message, key) };
    },
  };
}

function nearbySearchUrl(base: string, key: string, query: PlacesQuery): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/maps/api/place/nearbysearch/json`;
  url.search = new URLSearchParams({
    // Seven decimals are a centimetre, and never an exponent.
    location: `${query.latitude.toFixed(7)},${query.longitude.toFixed(7)}`,
    radius: String(Math.max(1, Math.round(query.radiusKm * 1000))),
    key,
  }).toString();
  return url.href;
}

/** The failure for an HTTP status other than 200 (0 is how some platforms show a redirect that was not followed). */
function httpFailure(status: number): PlacesFailure {
  if (status === 400) return refused("INVALID_REQUEST");
  if (status === 401 || status === 403) return refused("REQUEST_DENIED");
  if (status === 429) return refused("OVER_QUERY_LIMIT");
  if (status >= 500) {
    const broken = `Google Places had an error of its own (HTTP ${status}); asking again may help.`;
    return placesFailed("UNKNOWN_ERROR", broken, { retryable: true });
  }
  const what =
    status === 0 || (status >= 300 && status < 400) ? "a redirect, which is never followed" : `HTTP ${status}`;
  const message = `Google Places answered with ${what}: check the configured address of the API.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: false });
}

function tooLong(): PlacesFailure {
  const message = `Google Places sent more than ${GOOGLE_BODY_BYTES} bytes, which no Nearby Search answer needs.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: false });
}

function tooSlow(timeoutSeconds: number): PlacesFailure {
  const message = `Google Places did not answer within ${timeoutSeconds} seconds; ask again later.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: true });
}

function unreachable(): PlacesFailure {
  const message = "Google Places could not be reached, or the connection broke off; ask again later.";
  return placesFailed("UNKNOWN_ERROR", message, { retryable: true });
}

/** The message with the key, plain or URL-encoded, and every address blotted out; then cut, so that no part is left. */
function fitToShow(message: string, key: string): string {
  const blotted = message
    .replace(/https?:\/\/\S+/gi, "(address)")
    .replaceAll(key, "(key)")
    .replaceAll(encodeURIComponent(key), "(key)");
  return blotted.length > MESSAGE_CHARACTERS ? `${blotted.slice(0, MESSAGE_CHARACTERS)}…` : blotted;
}
