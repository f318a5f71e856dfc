// A conversation with a server: at a prompt, or the lines of a file or a pipe.
//
// At a prompt lines may come at any time, as watched clients move: they are written above what is being typed, and a lost
// connection comes back. Who reads the answers to a pipe wants all of them, or to be told: there a lost connection is an error.
// A mark after each so many lines tells when they are answered, so that a long input waits for its reader. Keeps HC6.

import { createInterface, cursorTo, clearLine, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { styleText } from "node:util";
import type { LineConnection, Standing } from "../../client/index.ts";
import { EndMark } from "../net/end-mark.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { HISTORY_LINES_MAX, keepHistory, readHistory } from "./line-history.ts";
import { LineCompletion } from "./line-completion.ts";
import { printable } from "../terminal/print.ts";

export interface ConverseOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly isHistoryKept: boolean;
}

/** Lines of a pipe on their way at most. */
const LINES_SENT_MAX = 256;

/** Settles when the input has ended and all is answered. Rejects with HerdError if the connection ends before. */
export async function converse(connection: LineConnection, options: ConverseOptions): Promise<void> {
  const isAtPrompt = options.input.isTTY === true && options.output.isTTY === true;
  await (isAtPrompt ? prompt(connection, options) : pipe(connection, options));
}

async function prompt(connection: LineConnection, { input, output, isHistoryKept }: ConverseOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const completion = new LineCompletion();
  let history = isHistoryKept ? await readHistory() : [];
  const readline = createInterface({
    input,
    output,
    history,
    historySize: HISTORY_LINES_MAX,
    removeHistoryDuplicates: true,
    completer: (line: string) => completion.complete(line),
  });
  const tell = (text: string, style?: "green" | "red" | "yellow" | "dim") =>
    writeAbove(readline, output, style === undefined ? text : styleText(style, text, { stream: output }));
  readline.on("history", (lines) => {
    history = lines;
  });
  readline.on("line", (line) => {
    if (line.trim() !== "" && !connection.send(line)) tell("Not sent: there is no connection just now.", "yellow");
    completion.notice(line);
    readline.prompt();
  });
  readline.on("close", resolve);
  connection.addEventListener("line", ({ direction, text }) => {
    if (direction === "sent") return;
    completion.notice(text);
    tell(printable(text), text.startsWith("AT ") ? "green" : text.startsWith("? ") ? "red" : undefined);
  });
  let isGreeted = false;
  const stand = ({ state, server, reason = "it was lost", retryMillis = 0 }: Standing) => {
    readline.setPrompt(`${state === "open" ? (server ?? "nearest") : "(no connection)"}> `);
    if (state === "waiting")
      tell(`No connection: ${printable(reason)}. Next try in ${(retryMillis / 1000).toFixed(1)} s.`, "yellow");
    else if (state === "closed") reject(connection.failure);
    else if (state === "open") {
      tell(isGreeted ? `Connected to ${server ?? "the nearest server"} again.` : greeting(server), "dim");
      isGreeted = true;
    }
  };
  connection.addEventListener("state", stand);
  stand(connection.standing);
  try {
    await promise;
  } finally {
    readline.close();
    output.write("\n");
    if (isHistoryKept) await keepHistory(history);
  }
}

function greeting(server: string | undefined): string {
  const now = Math.floor(Date.now() / 1000);
  return `Connected to ${server ?? "the nearest server"}. Tab completes, Ctrl-D ends. Try: IAMAT kiwi +34.07-118.45 ${now}`;
}

/** Above the prompt, which stays the last line with what is typed in it. */
function writeAbove(readline: Interface, output: Writable, text: string): void {
  cursorTo(output, 0);
  clearLine(output, 0);
  output.write(`${text}\n`);
  readline.prompt(true);
}

async function pipe(connection: LineConnection, { input, output }: ConverseOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const mark = new EndMark();
  await untilOpen(connection);
  const readline = createInterface({ input });
  let linesUnmarked = 0;
  let hasEnded = false;
  readline.on("line", (line) => {
    connection.send(line);
    if (++linesUnmarked < LINES_SENT_MAX) return;
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
    if (state === "closed") reject(connection.failure);
    else
      reject(
        new CommandFailure(
          EXIT.notReachable,
          `The connection was lost before all was answered: ${reason}. Say it again.`,
        ),
      );
  });
  await promise;
}

async function untilOpen(connection: LineConnection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stand = ({ state, reason }: Standing) => {
    if (state === "open") resolve();
    else if (state === "closed") reject(connection.failure);
    else if (state === "waiting") reject(new CommandFailure(EXIT.notReachable, `Cannot connect: ${reason}`));
  };
  connection.addEventListener("state", stand);
  stand(connection.standing);
  await promise;
  connection.removeEventListener("state", stand);
}
