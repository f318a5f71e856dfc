// Sends the lines of a file or a pipe to a server, and writes the answers. Keeps HC28.
//
// The reader of the answers needs all of them, or an error, so here a lost connection is an error. After each block of lines a mark
// is sent, and the next block waits for its answer. So a long input is not read faster than it is answered.

import { createInterface } from "node:readline";
import type { LineConnection, Standing } from "../../client/index.ts";
import { EndMark } from "../net/end-mark.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import type { LineSessionOptions } from "./line-session-options.ts";

/** Lines between two marks. */
const BLOCK_LINES = 256;

/** Settles when the last line is answered. */
export async function pipeLines(connection: LineConnection, { input, output }: LineSessionOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const mark = new EndMark();
  await untilOpen(connection);
  const readline = createInterface({ input });
  let linesUnmarked = 0;
  let hasEnded = false;
  readline.on("line", (line) => {
    connection.send(line);
    if (++linesUnmarked < BLOCK_LINES) return;
    linesUnmarked = 0;
    readline.pause();
    connection.send(mark.next());
  });
  readline.on("close", () => {
    hasEnded = true;
    connection.send(mark.next());
  });
  connection.addEventListener("line", ({ direction, text }) => {
    if (direction === "sent") return;
    if (!mark.take(text)) output.write(`${text}\n`);
    else if (mark.isReached && hasEnded) resolve();
    else if (mark.isReached) readline.resume();
  });
  connection.addEventListener("state", ({ state, reason }) => {
    if (state === "closed") return reject(connection.failure);
    const message = `Cannot get all answers: the connection was lost (${reason}). Send the lines again.`;
    reject(new CommandFailure(EXIT.notReachable, message));
  });
  await promise;
}

async function untilOpen(connection: LineConnection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const follow = ({ state, reason }: Standing) => {
    if (state === "open") resolve();
    else if (state === "closed") reject(connection.failure);
    else if (state === "waiting") reject(new CommandFailure(EXIT.notReachable, `Cannot connect: ${reason}`));
  };
  connection.addEventListener("state", follow);
  follow(connection.standing);
  await promise;
  connection.removeEventListener("state", follow);
}
