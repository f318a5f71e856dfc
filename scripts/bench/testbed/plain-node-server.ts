// The paper's server in plain Node, for comparison: `node plain-node-server.ts Alford 12600 Parker=12603 Powell=12604`.
//
// As in the paper, locations are in a dictionary, each update is a TCP connection to each neighbour, nothing is durable, and nothing
// catches up. Places and the paper's log are left out. Lines, answers and the guard are those of this herd.

import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

const LOCATION = /^[+-]\d+(\.\d+)?[+-]\d+(\.\d+)?$/;
const TIME = /^\d+(\.\d+)?$/;

const [name = "", port = "", ...links] = process.argv.slice(2);
const neighbours = new Map(links.map((link) => link.split("=") as [string, string]));
const reports = new Map<string, { readonly line: string; readonly time: number }>();

createServer((socket) => {
  socket.on("error", () => socket.destroy());
  createInterface({ input: socket }).on("line", (line) => answer(socket, line));
}).listen(Number(port), "127.0.0.1", () => console.log(`${name} listens`));

function answer(socket: Socket, line: string): void {
  const [command, ...fields] = line.trim().split(/\s+/);
  if (command === "IAMAT" && fields.length === 3) {
    const [client = "", location = "", time = ""] = fields;
    if (LOCATION.test(location) && TIME.test(time)) {
      const skew = Date.now() / 1000 - Number(time);
      take(client, Number(time), `AT ${name} ${skew < 0 ? "" : "+"}${skew.toFixed(9)} ${fields.join(" ")}`);
      socket.write(`${reports.get(client)?.line}\n`);
      return;
    }
  }
  if (command === "AT" && fields.length === 5) return take(fields[2] ?? "", Number(fields[4]), line.trim());
  const report = reports.get(fields[0] ?? "");
  if (command === "WHATSAT" && fields.length === 3) {
    if (report !== undefined) socket.write(`${report.line}\n{}\n\n`);
    return;
  }
  socket.write(`? ${line}\n`);
}

/** The guard: only a newer report is kept and passed on, so a flood ends. */
function take(client: string, time: number, line: string): void {
  const held = reports.get(client);
  if (held !== undefined && held.time >= time) return;
  reports.set(client, { line, time });
  for (const neighbour of neighbours.values()) {
    const socket = connect(Number(neighbour), "127.0.0.1", () => socket.end(`${line}\n`));
    socket.on("error", () => console.log(`${name} cannot reach ${neighbour}`));
    socket.resume();
  }
}
