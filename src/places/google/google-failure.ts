// Everything that can go wrong between this server and Google's Places, as failures whose messages help the reader.
//
// Google reports failures in three ways. Each becomes one of the legacy statuses:
//
//   legacy body's status   status             the new API's error.status (HTTP)                   status
//   OK                     OK                 OK (200)                                            OK or ZERO_RESULTS
//   ZERO_RESULTS           ZERO_RESULTS       INVALID_ARGUMENT, OUT_OF_RANGE (400)                INVALID_REQUEST
//   INVALID_REQUEST        INVALID_REQUEST    INVALID_ARGUMENT because of the key (400)           REQUEST_DENIED
//   OVER_QUERY_LIMIT       OVER_QUERY_LIMIT   FAILED_PRECONDITION (400), UNAUTHENTICATED (401),   REQUEST_DENIED
//   REQUEST_DENIED         REQUEST_DENIED       PERMISSION_DENIED (403)
//   UNKNOWN_ERROR          UNKNOWN_ERROR      NOT_FOUND (404)                                     NOT_FOUND
//   NOT_FOUND              NOT_FOUND          RESOURCE_EXHAUSTED (429)                            OVER_QUERY_LIMIT
//                                             CANCELLED (499), UNKNOWN, INTERNAL, DATA_LOSS       UNKNOWN_ERROR
//   an HTTP status alone counts as the          (500), UNIMPLEMENTED (501), UNAVAILABLE (503),
//   new API's code for it                       DEADLINE_EXCEEDED (504), ABORTED (409), others
//
// Google's own words are quoted, but never an address or the key (google-http.ts removes them). Keeps WA4.
//
// https://developers.google.com/maps/documentation/places/web-service/legacy/search-nearby#PlacesSearchStatus
// https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto

import { type PlacesFailure, placesFailed } from "../port/provider.ts";

type FailedStatus = PlacesFailure["status"];

/** What each failing status means, and whether asking again at once may help. */
const REFUSALS: Readonly<Record<FailedStatus, { readonly help: string; readonly retryable: boolean }>> = {
  INVALID_REQUEST: { help: "did not understand the request", retryable: false },
  NOT_FOUND: { help: "has nothing at that address: check the configured address of the API", retryable: false },
  // A quota or a rate limit lasts longer than the second that a retry waits.
  OVER_QUERY_LIMIT: {
    help: "will not answer more requests now: its quota or its rate limit is used up, or billing is off",
    retryable: false,
  },
  REQUEST_DENIED: {
    help: "denied the request: check that the key is right, may be used from here, and that its project has this API and billing on",
    retryable: false,
  },
  UNKNOWN_ERROR: { help: "had an error of its own; asking again may help", retryable: true },
};

/** The failure for one of Google's failing statuses, with Google's own words if it gave any. */
export function refused(status: FailedStatus, words?: string): PlacesFailure {
  const { help, retryable } = REFUSALS[status];
  const quote = words === undefined ? "" : ` It says: "${words.replace(/\s+/g, " ").trim()}"`;
  return placesFailed(status, `Google Places ${help}.${quote}`, { retryable });
}

/** The legacy status for a status of the new API. */
export function statusOfCode(code: string): FailedStatus {
  switch (code) {
    case "INVALID_ARGUMENT":
    case "OUT_OF_RANGE":
      return "INVALID_REQUEST";
    case "FAILED_PRECONDITION":
    case "UNAUTHENTICATED":
    case "PERMISSION_DENIED":
      return "REQUEST_DENIED";
    case "NOT_FOUND":
      return "NOT_FOUND";
    case "RESOURCE_EXHAUSTED":
      return "OVER_QUERY_LIMIT";
    default:
      return "UNKNOWN_ERROR";
  }
}

/** The failure for an HTTP status other than 200. Some platforms show a redirect that was not followed as 0. */
export function httpFailure(httpStatus: number): PlacesFailure {
  if (httpStatus === 400) return refused("INVALID_REQUEST");
  if (httpStatus === 401 || httpStatus === 403) return refused("REQUEST_DENIED");
  if (httpStatus === 404) return refused("NOT_FOUND");
  if (httpStatus === 429) return refused("OVER_QUERY_LIMIT");
  if (httpStatus >= 500) {
    const broken = `Google Places had an error of its own (HTTP ${httpStatus}); asking again may help.`;
    return placesFailed("UNKNOWN_ERROR", broken, { retryable: true });
  }
  const isRedirect = httpStatus === 0 || (httpStatus >= 300 && httpStatus < 400);
  const what = isRedirect ? "a redirect, which is never followed" : `HTTP ${httpStatus}`;
  const message = `Google Places answered with ${what}: check the configured address of the API.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: false });
}

export function unreadable(body: string): PlacesFailure {
  const what = body.trimStart().startsWith("<") ? "a web page (HTML or XML)" : "something cut short or not JSON";
  const message = `Google Places answered with ${what}; something between here and Google may be in the way.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: true });
}

export function misshapen(field: string): PlacesFailure {
  const message = `Google Places answered with JSON without a usable "${field}", which is no Nearby Search answer.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: false });
}

export function tooLong(answerBytes: number): PlacesFailure {
  const message = `Google Places sent more than ${answerBytes} bytes, which no Nearby Search answer needs.`;
  return placesFailed("UNKNOWN_ERROR", message, { retryable: false });
}

export function unreachable(): PlacesFailure {
  const message = "Google Places could not be reached, or the connection broke off; ask again later.";
  return placesFailed("UNKNOWN_ERROR", message, { retryable: true });
}
