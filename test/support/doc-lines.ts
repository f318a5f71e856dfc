// Transcripts as pages show them: commands and what they print, and conversations of lines, which are held here with a real
// server over each way in: WebSocket, POST and TCP.
//
// All that is heard has to be what the page shows, and nothing else: the last line said is one whose answer is known, and
// what comes before that answer is all there was. TCP has no address to put a query into, so one with a query goes without.

import { WebSocket } from "ws";
import { sayOverTcp } from "./tcp-lines.ts";

/** What is said, and what is heard, in their order. */
export type CommandPipeline = readonly { readonly isSaid: boolean; readonly text: string }[];

interface Where {
  /** Of the herd. */
  readonly url: string;
  readonly tcpPort: number;
  readonly server: string;
  /** Without `?`. */
  readonly query: string;
  readonly isOverPost: boolean;
}

interface Heard {
  readonly via: string;
  readonly heard: string;
}

/** An invalid line: it changes nothing, and its answer comes after all others (LN4, LN5). */
const END = "END OF THE CONVERSATION";

/** What each way in lets hear of it. */
export async function converse(
  { url, tcpPort, server, query, isOverPost }: Where,
  turns: CommandPipeline,
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
      if (!heard.endsWith(`? ${END}\n`)) return;
      resolve(heard.slice(0, -`? ${END}\n`.length));
      socket.close(1000);
    });
    socket.on("close", (code) => reject(new Error(`${address} closed with ${code} after ${JSON.stringify(heard)}`)));
    socket.on("error", reject);
  });
}

/** A command, and what a page shows that it prints. */
export interface ShownCommand {
  readonly command: string;
  readonly shown: string;
}

/** After `$ ` stands a command; one that ends with a backslash goes on in the next line. */
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

export function conversationOf(text: string, place: string): CommandPipeline {
  return text.split("\n").map((line) => {
    const [, mark, said = ""] = /^([<>]) ?(.*)$/.exec(line) ?? [];
    if (mark === undefined) throw new Error(`${place}: a line begins with "> " if it is said and "< " if it is heard`);
    return { isSaid: mark === ">", text: said };
  });
}

/** All that is heard of a conversation. */
export function heardIn(turns: CommandPipeline): string {
  return turns
    .filter(({ isSaid }) => !isSaid)
    .map(({ text }) => text)
    .join("\n");
}
