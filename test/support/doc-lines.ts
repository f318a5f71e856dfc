// Transcripts as pages show them: commands and their output, and conversations of lines. Each conversation is held with a real
// server over each transport: WebSocket, POST and TCP.
//
// Everything that is heard has to be on the page, and nothing else may come. The test ends with a line whose answer is known:
// what came before that answer is all. TCP has no address for a query, so a conversation with a query is not held over TCP.

import { WebSocket } from "ws";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

/** What is said and what is heard, in order. */
export type Conversation = readonly { readonly isSaid: boolean; readonly text: string }[];

interface Where {
  /** The address of the herd. */
  readonly url: string;
  readonly tcpPort: number;
  readonly server: string;
  /** The query, without `?`. */
  readonly query: string;
  readonly isOverPost: boolean;
}

interface Heard {
  readonly via: string;
  readonly heard: string;
}

/** An invalid line. It changes nothing, and its answer comes after all others (LN4, LN5). */
const END = "END OF THE CONVERSATION";

/** With and without a reason. */
const END_ANSWER = new RegExp(`\\?(?:syntax)? ${END}\n$`);

/** The conversation over each transport: what is heard. */
export async function converse(
  { url, tcpPort, server, query, isOverPost }: Where,
  turns: Conversation,
): Promise<Heard[]> {
  const said = turns
    .filter(({ isSaid }) => isSaid)
    .map(({ text }) => `${text}\n`)
    .join("");
  const address = `${url}/servers/${server}${query === "" ? "" : `?${query}`}`;
  const heard = [{ via: "WebSocket", heard: await sayOverWebSocket(address.replace("http", "ws"), said) }];
  if (isOverPost) heard.push({ via: "POST", heard: await sayOverPost(address, said) });
  if (query === "") heard.push({ via: "TCP", heard: await sayOverTcp(tcpPort, said) });
  return heard;
}

async function sayOverPost(address: string, said: string): Promise<string> {
  const response = await fetch(address, { method: "POST", body: said });
  return response.text();
}

function sayOverWebSocket(address: string, said: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    let heard = "";
    socket.on("open", () => {
      for (const line of said.split(/(?<=\n)/)) socket.send(line);
      socket.send(END);
    });
    socket.on("message", (data: Buffer) => {
      heard += data.toString();
      const end = END_ANSWER.exec(heard);
      if (end === null) return;
      resolve(heard.slice(0, end.index));
      socket.close(1000);
    });
    socket.on("close", (code) => reject(new Error(`${address} closed with ${code} after ${JSON.stringify(heard)}`)));
    socket.on("error", reject);
  });
}

/** A command, and its output on the page. */
export interface ShownCommand {
  readonly command: string;
  readonly shown: string;
}

/** A command is after `$ `. If it ends with a backslash, it continues in the next line. */
export function commandsOf(text: string, place: string): ShownCommand[] {
  const commands: { command: string; shown: string[] }[] = [];
  for (const line of text.split("\n")) {
    const last = commands.at(-1);
    if (line.startsWith("$ ")) commands.push({ command: line.slice(2), shown: [] });
    else if (last === undefined) throw new Error(`${place}: a transcript begins with a command, "$ …"`);
    else if (last.command.endsWith("\\") && last.shown.length === 0) last.command += `\n${line}`;
    else last.shown.push(line);
  }
  return commands.map(({ command, shown }) => ({ command, shown: shown.join("\n").trimEnd() }));
}

export function conversationOf(text: string, place: string): Conversation {
  return text.split("\n").map((line) => {
    const [, mark, said = ""] = /^([<>]) ?(.*)$/.exec(line) ?? [];
    if (mark === undefined) throw new Error(`${place}: a line begins with "> " if it is said and "< " if it is heard`);
    return { isSaid: mark === ">", text: said };
  });
}

/** Everything that is heard in a conversation. */
export function heardIn(turns: Conversation): string {
  return turns
    .filter(({ isSaid }) => !isSaid)
    .map(({ text }) => text)
    .join("\n");
}
