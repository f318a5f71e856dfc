// One request to one of Google's Places APIs.
//
// It follows no redirect, which would carry the key elsewhere. It is given up when its time is over, and its body has a
// limit. Everything that can go wrong becomes a failure value. `fitToShow` removes the key and every address from its message,
// even if the other end echoed them. Keeps WA4.

import { readTextWithin } from "./bounded-text.ts";
import { tooLong, unreachable } from "./google-failure.ts";
import { type PlacesOutcome, tooSlow } from "../port/provider.ts";

/** The longest message, in characters. Google's own words may have any length. */
const MESSAGE_CHARACTERS_MAX = 400;

/** The parts of a request that Google's APIs need. */
export interface GoogleRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The part of `fetch` that is used. `globalThis.fetch` fits. */
export type Fetch = (
  url: string,
  init: Omit<GoogleRequest, "url"> & { readonly redirect: "manual"; readonly signal: AbortSignal },
) => Promise<Response>;

/** How one of Google's APIs is reached. */
export interface GoogleAccess {
  readonly fetch: Fetch;
  /** The key of a Google Cloud project that has the API. */
  readonly key: string;
  /** The address of the API, without its path. */
  readonly base: string;
  /** The longest answer that is read, in bytes. */
  readonly answerBytes: number;
}

/**
 * The address of a path under the base.
 *
 * @throws RangeError if the key is empty or the base is not an address, which are mistakes of configuration.
 */
export function googleAddress({ key, base }: GoogleAccess, path: string): URL {
  if (key === "") throw new RangeError("Cannot ask Google Places as its key is empty: leave this provider out");
  if (!/^https?:/i.test(base) || !URL.canParse(base)) {
    throw new RangeError(
      "Cannot ask Google Places as its base must be an address such as https://places.googleapis.com",
    );
  }
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${path}`;
  return url;
}

/** Sends the request. `read` makes the outcome from the HTTP status and the body. */
export async function askGoogle(
  { fetch, key, answerBytes }: GoogleAccess,
  { url, ...request }: GoogleRequest,
  read: (httpStatus: number, body: string) => PlacesOutcome,
  signal: AbortSignal,
): Promise<PlacesOutcome> {
  const outcome = await ask();
  return outcome.ok ? outcome : { ...outcome, message: fitToShow(outcome.message, key) };

  async function ask(): Promise<PlacesOutcome> {
    try {
      const response = await fetch(url, { ...request, redirect: "manual", signal });
      const body = await readTextWithin(response, answerBytes, signal);
      return body === undefined ? tooLong(answerBytes) : read(response.status, body);
    } catch {
      // The error's own text may hold the URL, which may hold the key.
      return signal.aborted ? tooSlow("Google Places") : unreachable();
    }
  }
}

/** The message without addresses and without the key, plain or URL-encoded. It is cut last, so that no part of a key stays. */
function fitToShow(message: string, key: string): string {
  const blotted = message
    .replace(/https?:\/\/\S+/gi, "(address)")
    .replaceAll(key, "(key)")
    .replaceAll(encodeURIComponent(key), "(key)");
  return blotted.length > MESSAGE_CHARACTERS_MAX ? `${blotted.slice(0, MESSAGE_CHARACTERS_MAX)}…` : blotted;
}
