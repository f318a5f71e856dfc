// What was probably meant by a name that nothing has. Keeps HC20 and HD1.

import { closestMatch } from "leven";

/** Letters that may be wrong, missing or too many, of a name of any length. */
const DISTANCE_MAX = 3;

/** The nearest of the names; `undefined` if none is near. A wrong case counts as no mistake, and so never for each letter. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const folded = name.toLowerCase();
  // In a short name so many wrong letters are another name.
  const maxDistance = Math.min(DISTANCE_MAX, Math.ceil(name.length / 3));
  const match = closestMatch(
    folded,
    names.map((known) => known.toLowerCase()),
    { maxDistance },
  );
  return match === undefined ? undefined : names.find((known) => known.toLowerCase() === match);
}

/** ` Did you mean Hamilton?`, or nothing. */
export function hintAt(name: string, names: readonly string[]): string {
  const meant = closestName(name, names);
  return meant === undefined || meant === name ? "" : ` Did you mean ${meant}?`;
}
