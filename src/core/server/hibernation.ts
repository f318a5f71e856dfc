// Fact, 2026-11-22: an object that has nothing to do, no timer among it, leaves memory after about this long.
// (https://developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle/)

export const HIBERNATION_MILLIS = 10_000;
