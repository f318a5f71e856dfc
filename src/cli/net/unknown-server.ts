// The error about a server that the herd does not have. It names the herd's servers, and the one that was probably meant. Keeps HC20.

import { closestMatch } from "leven";
import { CommandFailure, EXIT } from "../terminal/failure.ts";

/** Letters that may be wrong, missing or too many. */
const DISTANCE_MAX = 3;

/** `Cannot drain "Boldne": …`. `attempt` contains the name in quotation marks. */
export function unknownServer(attempt: string, name: string, names: readonly string[]): CommandFailure {
  // A wrong case is the most likely mistake, and must not count for each letter.
  const folded = closestMatch(
    name.toLowerCase(),
    names.map((known) => known.toLowerCase()),
    { maxDistance: DISTANCE_MAX },
  );
  const meant = names.find((known) => known.toLowerCase() === folded);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return new CommandFailure(EXIT.refused, `Cannot ${attempt}: the herd's servers are ${names.join(", ")}.${hint}`);
}
