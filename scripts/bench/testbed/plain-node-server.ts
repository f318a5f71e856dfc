// The paper's server in plain Node, for comparison: `node plain-node-server.ts Alford 12600 Parker=12603 Powell=12604`.
//
// As in the paper, locations are in a dictionary, each update is a TCP connection to each neighbour, nothing is durable, and nothing
// catches up. Places are left out. Lines, answers and the guard are those of this herd. With a file in the variable PAPER_LOG the
// server appends each line in and out to it, as the paper's servers do; otherwise it logs nothing.

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
  const lines = createInterface({ input: socket });
  // Both tell of a connection that was broken off, and either would end the process.
  for (const teller of [socket, lines]) teller.on("error", () => socket.destroy());
  lines.on("line", (line) => {
    note("<-", line);
    answer(socket, line);
  });
}).listen(Number(port), "127.0.0.1", () => console.log(`${name} listens`));

/** Writes each record at once, as Python's log handlers do. */
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

/** The guard: only a newer report is kept and passed on, so a flood ends. */
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
