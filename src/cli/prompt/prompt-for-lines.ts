// A prompt for lines to a server. Keeps HC6, HC12, HC27, HC40 and HC41.
//
// Lines may come at any time, because watched clients move. They are written above the line that is being typed. A refusal is
// explained below it. A lost connection is made again, and the prompt says so.

import { clearLine, createInterface, cursorTo, type Interface } from "node:readline";
import type { Writable } from "node:stream";
import { styleText } from "node:util";
import type { LineConnection, Standing } from "../../client/index.ts";
import { fieldsOf } from "../../core/protocol/line.ts";
import { parseRefusal } from "../../core/protocol/refusal.ts";
import { printable } from "../terminal/print.ts";
import { helpOf } from "./command-forms.ts";
import { explainRefusal } from "./explain-refusal.ts";
import { LineCompletion } from "./line-completion.ts";
import { HISTORY_LINES_MAX, keepHistory, readHistory } from "./line-history.ts";
import type { LineSessionOptions } from "./line-session-options.ts";
import { asTyped, TypedInput } from "./typed-input.ts";

/** What a terminal's bytes become if they are no text. */
const NO_CHARACTER = "\uFFFD";

/** Settles when the user ends the input. */
export async function promptForLines(
  connection: LineConnection,
  { input, output, isHistoryKept }: LineSessionOptions,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const completion = new LineCompletion();
  let history = isHistoryKept ? await readHistory() : [];
  const typed = new TypedInput(input);
  const readline = createInterface({
    input: typed,
    output,
    history,
    historySize: HISTORY_LINES_MAX,
    removeHistoryDuplicates: true,
    completer: (line: string) => completion.complete(line),
  });
  const print = (text: string, style?: "green" | "red" | "yellow" | "dim") =>
    writeAbove(readline, output, style === undefined ? text : styleText(style, text, { stream: output }));
  readline.on("history", (lines) => {
    history = lines;
  });
  readline.on("line", (text) => {
    const line = asTyped(text);
    const [word] = fieldsOf(line);
    if (word === "help" || word === "?") print(helpOf(Date.now()), "dim");
    else if (word === "quit" || word === "exit") return readline.close();
    else if (line.includes(NO_CHARACTER))
      print("Not sent: it has bytes that are not UTF-8. A pipe sends them as they are: herd connect < file", "yellow");
    else if (word !== undefined && !connection.send(line)) print("Not sent: there is no connection now.", "yellow");
    completion.notice(line);
    readline.prompt();
  });
  readline.on("close", resolve);
  connection.addEventListener("line", ({ direction, text }) => {
    if (direction === "sent") return;
    const refusal = parseRefusal(text);
    if (refusal === undefined) {
      completion.notice(text);
      return print(printable(text), text.startsWith("AT ") ? "green" : undefined);
    }
    print(printable(text), "red");
    print(`  ${printable(explainRefusal(refusal, Date.now()))}`, "yellow");
  });
  let wasOpen = false;
  const follow = ({ state, server, reason = "it was lost", retryMillis = 0 }: Standing) => {
    readline.setPrompt(`${state === "open" ? (server ?? "nearest") : "(no connection)"}> `);
    if (state === "waiting")
      print(`No connection: ${printable(reason)}. Next try in ${(retryMillis / 1000).toFixed(1)} s.`, "yellow");
    else if (state === "closed") reject(connection.failure);
    else if (state === "open") {
      print(wasOpen ? `Connected to ${server ?? "the nearest server"} again.` : greeting(server), "dim");
      wasOpen = true;
    }
  };
  connection.addEventListener("state", follow);
  follow(connection.standing);
  try {
    await promise;
  } finally {
    readline.close();
    typed.leave();
    output.write("\n");
    if (isHistoryKept) await keepHistory(history);
  }
}

function greeting(server: string | undefined): string {
  const now = Math.floor(Date.now() / 1000);
  return `Connected to ${server ?? "the nearest server"}. Type help for the commands. Try: IAMAT kiwi +34.07-118.45 ${now}`;
}

/** Writes above the prompt, which stays the last line and keeps what is typed in it. */
function writeAbove(readline: Interface, output: Writable, text: string): void {
  cursorTo(output, 0);
  clearLine(output, 0);
  output.write(`${text}\n`);
  readline.prompt(true);
}
