// What Cloudflare asks for a Durable Object, as its page said on a day. Keeps CM3.
//
// Change the numbers and the date together. Nothing else in the project knows a price.

interface Price {
  readonly dollars: number;
  /** So many units cost that. */
  readonly per: number;
  /** Units that the paid plan includes each month. */
  readonly included: number;
}

/** Where the prices come from. */
export const SOURCE = "https://developers.cloudflare.com/durable-objects/platform/pricing/";

/** When that page said so. */
export const AS_OF = "2026-11";

export const PRICES = {
  /** Rows of SQLite. Setting an alarm is one. */
  "rows written": { dollars: 1, per: 1e6, included: 50e6 },
  "rows read": { dollars: 0.001, per: 1e6, included: 25e9 },
  /** New connections and alarms, too. Of WebSocket messages, see `MESSAGES_PER_REQUEST`. */
  requests: { dollars: 0.15, per: 1e6, included: 1e6 },
  /** For an object that cannot hibernate, see `OBJECT_GB`. */
  "GB-seconds": { dollars: 12.5, per: 1e6, included: 400_000 },
  "GB stored": { dollars: 0.2, per: 1, included: 5 },
} as const satisfies Readonly<Record<string, Price>>;

export type Billed = keyof typeof PRICES;

/** So many WebSocket messages that an object receives are billed as one request. Those that it sends are free. */
export const MESSAGES_PER_REQUEST = 20;

/** An object that cannot hibernate is billed for 128 MB, whatever it uses. */
export const OBJECT_GB = 0.128;

/** The paid plan costs so much a month before anything is used. */
export const PLAN_DOLLARS = 5;

/** Cloudflare bills by the month. One has 30 days here. */
export const MONTH_SECONDS = 30 * 24 * 3600;
