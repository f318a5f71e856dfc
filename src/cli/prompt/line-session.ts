// Lines to a server and lines from it: at a prompt, or those of a file or a pipe. Keeps HC6, HC27 and HC28.

import type { LineConnection } from "../../client/index.ts";
import { pipeLines } from "./pipe-lines.ts";
import { promptForLines } from "./prompt-for-lines.ts";
import type { LineSessionOptions } from "./line-session-options.ts";

/** Settles when the input has ended and all is answered. Rejects with HerdError if the connection ends before. */
export async function runLineSession(connection: LineConnection, options: LineSessionOptions): Promise<void> {
  const isTerminal = options.input.isTTY === true && options.output.isTTY === true;
  await (isTerminal ? promptForLines(connection, options) : pipeLines(connection, options));
}
