// The delay before something that failed is tried again: exponential, with jitter. Keeps CU4.

/**
 * Milliseconds to wait after `failures` failures in a row. The limit is `retrySecondsMin`, doubled with each further failure,
 * up to `retrySecondsMax`. The delay is a random part of it, between a half and the whole, so that not everybody tries at
 * once when a server comes back. `random` is at least 0 and less than 1.
 */
export function retryDelayMillis(
  failures: number,
  limits: { readonly retrySecondsMin: number; readonly retrySecondsMax: number },
  random: number,
): number {
  const seconds = Math.min(limits.retrySecondsMax, limits.retrySecondsMin * 2 ** (failures - 1));
  return Math.ceil(seconds * 1000 * (0.5 + random / 2));
}
