// Sends the lines of a file or a pipe to a server, and writes the answers. Keeps HC28 and HC40.
//
// Both ways carry bytes: what ends a line, and what a line may be, is for the protocol to say. The reader of the answers needs all
// of them, or an error, so here a lost connection is an error. After each block of lines a mark is sent, and the next block waits
// for its answer and for the reader. So a long input is not read faster than it is answered, and no memory grows.

import { once } from "node:events";
import { EndMark } from "../net/end-mark.ts";
import { LineMessages } from "../net/line-messages.ts";
import type { LineSocket } from "../net/line-socket.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import type { LineSessionOptions } from "./line-session-options.ts";

/** Lines between two marks. */
const BLOCK_LINES = 256;

/** Settles when the last line is answered. `format` makes what is written of a line, without its LF. */
export async function pipeLines(
  socket: LineSocket,
  { input, output }: Pick<LineSessionOptions, "input" | "output">,
  format: (line: Uint8Array) => Uint8Array | string = (line) => line,
): Promise<void> {
  const mark = new EndMark();
  let reached = Promise.withResolvers<void>();
  socket.listen((message) => {
    const { lines, isMarked } = mark.without(message);
    for (const line of lines) {
      output.write(format(line));
      output.write("\n");
    }
    if (isMarked && mark.isReached) reached.resolve();
  });
  const lost = socket.closed.then((reason): never => {
    throw new CommandFailure(
      EXIT.notReachable,
      `Cannot get all answers: the connection was lost (${reason}). Send the lines again.`,
    );
  });
  // It is awaited below, but perhaps not yet.
  lost.catch(() => undefined);
  const messages = new LineMessages({ linesMax: BLOCK_LINES });
  const read = input.pipe(messages);
  input.once("error", (error) => messages.destroy(error));
  const send = async (lines: Buffer) => {
    reached = Promise.withResolvers<void>();
    socket.send(Buffer.concat([lines, Buffer.from(`${mark.next()}\n`)]));
    await Promise.race([reached.promise, lost]);
    if (output.writableNeedDrain) await Promise.race([once(output, "drain"), lost]);
  };
  const all = (async () => {
    for await (const lines of read as AsyncIterable<Buffer>) await send(lines);
  })();
  try {
    await Promise.race([all, lost]);
  } finally {
    input.unpipe(messages);
    messages.destroy();
  }
}
