// The paper's server in plain Node, for comparison: `node plain-node-server.ts Alford 12600 Parker=12603 Powell=12604`.
//
// As in the paper: locations in a dictionary, one TCP connection a neighbour and update, nothing durable, no catching up.
// Places are left out. What it does it does as this herd does: lines, answers, the guard. With a file in the variable
// PAPER_LOG it appends each line in and out to it, as the paper's servers do; otherwise it logs nothing.

import { openSync, writeSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

const LOCATION = /^[+-]\d+(\.\d+)?[+-]\d+(\.\d+)?$/;
const TIME = /^\d+(\.\d+)?$/;

const [name = "", port = "", ...links] = process.argv.slice(2);
const neighbours = new Map(links.map((link) => link.split("=") as [string, string]));
const reports = new Map<string, { readonly line: string; readonly time: number }>();
const file = process.env["PAPER_LOG"];
const log = file === undefined ? undefined : openSync(file, "a");

createServer((socket) => {
  socket.on("error", () => socket.destroy());
  createInterface({ input: socket }).on("line", (line) => {
    note("<-", line);
    answer(socket, line);
  });
}).listen(Number(port), "127.0.0.1", () => console.log(`${name} listens`));

/** Python's log handlers, and Twisted's, write each record at once. */
function note(direction: string, line: string): void {
  if (log !== undefined) writeSync(log, `${new Date().toISOString()} ${name} ${direction} ${line}\n`);
}

function say(socket: Socket, text: string): void {
  note("->", text);
  socket.write(`${text}\n`);
}

function answer(socket: Socket, line: string): void {
  const [command, ...fields] = line.trim().split(/\s+/);
  if (command === "IAMAT" && fields.length === 3) {
    const [client = "", location = "", time = ""] = fields;
    if (LOCATION.test(location) && TIME.test(time)) {
      const skew = Date.now() / 1000 - Number(time);
      take(client, Number(time), `AT ${name} ${skew < 0 ? "" : "+"}${skew.toFixed(9)} ${fields.join(" ")}`);
      return say(socket, `${reports.get(client)?.line}`);
    }
  }
  if (command === "AT" && fields.length === 5) return take(fields[2] ?? "", Number(fields[4]), line.trim());
  const report = reports.get(fields[0] ?? "");
  if (command === "WHATSAT" && fields.length === 3) {
    if (report !== undefined) say(socket, `${report.line}\n{}\n`);
    return;
  }
  say(socket, `? ${line}`);
}

/** The guard: what is newer is kept and passed on, so floods end. */
function take(client: string, time: number, line: string): void {
  const held = reports.get(client);
  if (held !== undefined && held.time >= time) return;
  reports.set(client, { line, time });
  for (const neighbour of neighbours.values()) {
    note("->", line);
    const socket = connect(Number(neighbour), "127.0.0.1", () => socket.end(`${line}\n`));
    socket.on("error", () => console.log(`${name} cannot reach ${neighbour}`));
    socket.resume();
  }
}
