// The error about a server that the herd does not have: which it has, and which of them was probably meant.

import { closestMatch } from "leven";
import { CommandFailure, EXIT } from "../terminal/failure.ts";

/** Letters that may be wrong, missing or too many. */
const DISTANCE_MAX = 3;

/** `Cannot take "Boldne" down: …`: `attempt` has the name in quotation marks. */
export function unknownServer(attempt: string, name: string, names: readonly string[]): CommandFailure {
  // Upper and lower case are the likeliest mistake, and would count as one for each letter.
  const folded = closestMatch(
    name.toLowerCase(),
    names.map((known) => known.toLowerCase()),
    { maxDistance: DISTANCE_MAX },
  );
  const meant = names.find((known) => known.toLowerCase() === folded);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new CommandFailure(EXIT.refused, `Cannot ${attempt}: the herd's servers are ${names.join(", ")}.${hint}`);
}
