// How long a broken link waits before it is tried again (CU4).

/**
 * Milliseconds before the try after `failures` failed ones: `retrySecondsMin` doubled each time, up to `retrySecondsMax`,
 * of which a random part between a half and the whole is waited, so that neighbours of a returning server do not all dial
 * it at once. `random` is at least 0 and less than 1.
 */
export function retryDelayMillis(
  failures: number,
  limits: { readonly retrySecondsMin: number; readonly retrySecondsMax: number },
  random: number,
): number {
  const seconds = Math.min(limits.retrySecondsMax, limits.retrySecondsMin * 2 ** (failures - 1));
  return Math.ceil(seconds * 1000 * (0.5 + random / 2));
}
