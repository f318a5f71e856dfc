// The part of @mapbox/sexagesimal 1.2.0 that is used here. It has no types of its own.

declare module "@mapbox/sexagesimal" {
  /** Latitude and longitude of a text such as `34°04'08"N 118°26'42"W`; `null` if it is none. */
  export function pair(input: string): readonly [number, number] | null;
}
