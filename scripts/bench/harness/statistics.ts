// The few numbers that a series of measurements is told by.
//
// A machine that does other things too makes single measurements worthless and means misleading: what is reported is the
// median, with the least and the greatest beside it.

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws where nothing was measured. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantileOf(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** The value below which that share of the values lies, between two of them in proportion. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  if (low === undefined || high === undefined) throw new Error("Cannot take a quantile of nothing");
  return low + (high - low) * (place - Math.floor(place));
}
