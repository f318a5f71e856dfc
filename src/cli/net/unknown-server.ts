// The error about a server that the herd does not have. It names the herd's servers, and the one that was probably meant. Keeps HC20.

import { hintAt } from "../terminal/closest-name.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";

/** `Cannot drain "Boldne": …`. `attempt` contains the name in quotation marks. */
export function unknownServer(attempt: string, name: string, names: readonly string[]): CommandFailure {
  return new CommandFailure(
    EXIT.usage,
    `Cannot ${attempt}: the herd's servers are ${names.join(", ")}.${hintAt(name, names)}`,
  );
}
