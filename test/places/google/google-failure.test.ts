// The new API's errors, as google.rpc describes them, become the legacy statuses.

import { describe, expect, test } from "vitest";

import { readGoogleAnswer } from "../../../src/places/google/google-answer.ts";
import type { PlacesFailure } from "../../../src/places/port/provider.ts";
import { failure, UCLA } from "../samples.ts";

function readError(httpStatus: number, body: unknown): PlacesFailure {
  return failure(readGoogleAnswer(httpStatus, typeof body === "string" ? body : JSON.stringify(body), UCLA));
}

/** An error as Google's APIs word it: https://cloud.google.com/apis/design/errors */
function errorInfo(code: number, status: string, reason?: string): unknown {
  const type = "type.googleapis.com/google.rpc.ErrorInfo";
  const details = [
    { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "en-US", message: "Why." },
    { "@type": type, reason, domain: "googleapis.com", metadata: { service: "places.googleapis.com" } },
  ];
  return { error: { code, message: "Because\n so.", status, ...(reason !== undefined && { details }) } };
}

describe("an error of the new API", () => {
  test.each([
    [400, "INVALID_ARGUMENT", "INVALID_REQUEST", false],
    [400, "OUT_OF_RANGE", "INVALID_REQUEST", false],
    [400, "FAILED_PRECONDITION", "REQUEST_DENIED", false],
    [401, "UNAUTHENTICATED", "REQUEST_DENIED", false],
    [403, "PERMISSION_DENIED", "REQUEST_DENIED", false],
    [404, "NOT_FOUND", "NOT_FOUND", false],
    [409, "ABORTED", "UNKNOWN_ERROR", true],
    [409, "ALREADY_EXISTS", "UNKNOWN_ERROR", true],
    [429, "RESOURCE_EXHAUSTED", "OVER_QUERY_LIMIT", false],
    [499, "CANCELLED", "UNKNOWN_ERROR", true],
    [500, "UNKNOWN", "UNKNOWN_ERROR", true],
    [500, "INTERNAL", "UNKNOWN_ERROR", true],
    [500, "DATA_LOSS", "UNKNOWN_ERROR", true],
    [501, "UNIMPLEMENTED", "UNKNOWN_ERROR", true],
    [503, "UNAVAILABLE", "UNKNOWN_ERROR", true],
    [504, "DEADLINE_EXCEEDED", "UNKNOWN_ERROR", true],
    [400, "A_STATUS_TO_COME", "UNKNOWN_ERROR", true],
  ])("[WA4] HTTP %d %s is %s, with Google's words", (httpStatus, code, status, retryable) => {
    const outcome = readError(httpStatus, errorInfo(httpStatus, code));
    expect(outcome).toMatchObject({ status, retryable });
    expect(outcome.message).toMatch(/^Google Places .*"Because so\."$/);
  });

  test.each([
    [400, "INVALID_ARGUMENT", "API_KEY_INVALID", "REQUEST_DENIED"],
    [403, "PERMISSION_DENIED", "API_KEY_SERVICE_BLOCKED", "REQUEST_DENIED"],
    [403, "PERMISSION_DENIED", "API_KEY_IP_ADDRESS_BLOCKED", "REQUEST_DENIED"],
    [403, "PERMISSION_DENIED", "API_KEY_HTTP_REFERRER_BLOCKED", "REQUEST_DENIED"],
    [403, "PERMISSION_DENIED", "SERVICE_DISABLED", "REQUEST_DENIED"],
    [403, "PERMISSION_DENIED", "BILLING_DISABLED", "REQUEST_DENIED"],
    [429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "OVER_QUERY_LIMIT"],
    [400, "INVALID_ARGUMENT", "FIELD_MASK_MISSING", "INVALID_REQUEST"],
  ])("[WA4] HTTP %d %s because of %s is %s", (httpStatus, code, reason, status) => {
    expect(readError(httpStatus, errorInfo(httpStatus, code, reason))).toMatchObject({ status, retryable: false });
  });

  test.each([
    ["no message", { status: "PERMISSION_DENIED" }],
    ["a message that is no text", { status: "PERMISSION_DENIED", message: { en: "no" } }],
    ["details that are no list", { status: "PERMISSION_DENIED", details: "API_KEY_INVALID" }],
    ["details that are nothing", { status: "PERMISSION_DENIED", details: [null, 7, { reason: 7 }, {}] }],
  ])("[WA4] with %s it is still read", (_what, error) => {
    const { status, message } = readError(400, { error });
    expect(status).toBe("REQUEST_DENIED");
    expect(message).toMatch(/^Google Places denied the request: [^"]*\.$/);
  });

  test.each([
    ["a web page", "<html><title>429</title>"],
    ["an empty body", ""],
    ["JSON that is cut short", '{"error": {"status": "PERMISSION_DEN'],
    ["an error without a status", { error: { code: 403, message: "no" } }],
    ["an error in words", { error: "PERMISSION_DENIED" }],
    ["null", "null"],
    ["the list that Google wraps errors of streams in", [errorInfo(403, "PERMISSION_DENIED")]],
  ])("[WA4] with %s in its place the HTTP status decides", (_what, body) => {
    const told = [400, 401, 403, 404, 429, 500, 503].map((httpStatus) => readError(httpStatus, body).status);
    expect(told).toEqual([
      "INVALID_REQUEST",
      "REQUEST_DENIED",
      "REQUEST_DENIED",
      "NOT_FOUND",
      "OVER_QUERY_LIMIT",
      "UNKNOWN_ERROR",
      "UNKNOWN_ERROR",
    ]);
  });

  test.each([
    [0, /a redirect, which is never followed/],
    [302, /a redirect, which is never followed/],
    [204, /HTTP 204: check the configured address/],
  ])("[WA4] HTTP %d is UNKNOWN_ERROR, whatever error its body tells", (httpStatus, message) => {
    const outcome = readError(httpStatus, errorInfo(httpStatus, "NOT_FOUND"));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: false });
    expect(outcome.message).toMatch(message);
  });
});
