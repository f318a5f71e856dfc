// `places` of `herd.config.json`: who is asked for places, and what a request may cost in time, memory and money.

import * as z from "zod";

import { count, seconds, webAddress } from "./setting-types.ts";

/** The fields of a place that the herd can show. Google bills a search by the dearest that it is asked for. */
const googleField = z.enum([
  // Pro
  "id",
  "displayName",
  "location",
  "viewport",
  "types",
  "shortFormattedAddress",
  "formattedAddress",
  "businessStatus",
  "plusCode",
  "photos",
  "iconMaskBaseUri",
  "iconBackgroundColor",
  "attributions",
  // Enterprise
  "rating",
  "userRatingCount",
  "priceLevel",
  "currentOpeningHours",
]);

type GoogleField = z.infer<typeof googleField>;

const NEEDED_FIELDS: readonly GoogleField[] = ["displayName", "location"];

export const placesSchema = z.strictObject({
  providers: z
    .array(z.enum(["google", "google-legacy", "embedded"]))
    .default(["google", "google-legacy", "embedded"])
    .describe("Who is asked, in order. One without its key is left out; one that fails hands over to the next."),
  googleUrl: webAddress.default("https://places.googleapis.com").describe("Base address of Google's Places API (New)."),
  googleFields: z
    .array(googleField)
    .refine((fields) => NEEDED_FIELDS.every((field) => fields.includes(field)), "displayName and location are needed")
    .default(["id", "displayName", "location", "types", "shortFormattedAddress", "businessStatus", "attributions"])
    .describe(
      "What is asked of each place of Google's new API. These are billed as Pro; rating, userRatingCount, priceLevel or currentOpeningHours make every search an Enterprise one, which is dearer.",
    ),
  googleLegacyUrl: webAddress
    .default("https://maps.googleapis.com")
    .describe("Base address of Google's legacy Nearby Search."),
  timeoutSeconds: seconds
    .default(5)
    .describe("Time that a provider has to answer, waiting and retrying included, so that a WHATSAT never hangs."),
  answerBytes: count(65_536)
    .default(1_048_576)
    .describe("A provider's answer at most: twenty places are 20 to 40 KB, an endless answer would fill the memory."),
  retries: count(0).default(1).describe("Further tries of a request whose failure may mend itself at once."),
  retrySeconds: seconds.default(0.2).describe("Delay before such a try, about: it is random, so that tries spread."),
  circuitFailures: count(1)
    .default(5)
    .describe("Failures in a row after which a provider is left alone: nobody then waits for one that is down."),
  circuitSeconds: seconds.default(30).describe("How long it is left alone before one request tries it again."),
  requestsAtOnce: count(1)
    .default(6)
    .describe("Requests to a provider under way at most: the platform lets six wait for their headers at a time."),
  requestsWaiting: count(0)
    .default(100)
    .describe("Requests that wait for those at most; more are handed over to the next provider at once."),
  dailyRequests: count(0)
    .default(1000)
    .describe("Requests that a server sends to Google a day (UTC): at $32 a thousand, at most $32 a day and server."),
});
