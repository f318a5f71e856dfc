// `places` of `herd.config.json`: which providers are asked, and what a request may cost in time, memory and money. Keeps
// HD1 and the limits of WA4 to WA6.

import * as z from "zod";

import { count, seconds, webAddress } from "./setting-types.ts";

/** The fields of a place that the herd can show. Google bills a search by its most expensive field. */
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
    .describe(
      "The providers, in the order in which they are asked. One without its key is left out. After a failure the next one is asked.",
    ),
  googleUrl: webAddress.default("https://places.googleapis.com").describe("Base address of Google's Places API (New)."),
  googleFields: z
    .array(googleField)
    .refine((fields) => NEEDED_FIELDS.every((field) => fields.includes(field)), "displayName and location are needed")
    .default(["id", "displayName", "location", "types", "shortFormattedAddress", "businessStatus", "attributions"])
    .describe(
      "The fields that Google's new API is asked for. These are billed as Pro. With rating, userRatingCount, priceLevel or currentOpeningHours each search is billed as Enterprise, which costs more.",
    ),
  googleLegacyUrl: webAddress
    .default("https://maps.googleapis.com")
    .describe("Base address of Google's legacy Nearby Search."),
  timeoutSeconds: seconds
    .default(5)
    .describe("Time that a provider has to answer, its waiting and retries included. So a WHATSAT never hangs."),
  answerBytes: count(65_536)
    .default(1_048_576)
    .describe("Longest answer of a provider. Twenty places are 20 to 40 KB; an endless answer would fill the memory."),
  retries: count(0).default(1).describe("Further tries of a request whose failure may be gone at once."),
  retrySeconds: seconds
    .default(0.2)
    .describe("Delay before such a try, on average. It is random, so that tries spread."),
  circuitFailures: count(1)
    .default(5)
    .describe("Failures in a row after which a provider is not asked for a while: nobody waits for one that is down."),
  circuitSeconds: seconds.default(30).describe("How long it is not asked. Then one request tries it again."),
  requestsAtOnce: count(1)
    .default(6)
    .describe("Requests to a provider at once. The platform lets six wait for their headers at a time."),
  requestsWaiting: count(0)
    .default(100)
    .describe("Requests that may wait for those. The next provider is asked at once for any more."),
  dailyRequests: count(0)
    .default(1000)
    .describe(
      "Requests that a server sends to Google in a day (UTC). At $32 for a thousand, that is at most $32 a day for each server.",
    ),
});
