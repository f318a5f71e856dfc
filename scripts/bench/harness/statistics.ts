// The few numbers that describe a series of measurements.
//
// On a machine that does other things too, a single measurement is worthless and a mean misleads. So the median is reported, with
// the least and the greatest value.

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws if nothing was measured. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantileOf(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** The value below which that share of the values lies, interpolated between two of them. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  if (low === undefined || high === undefined) throw new Error("Cannot take a quantile of nothing");
  return low + (high - low) * (place - Math.floor(place));
}
