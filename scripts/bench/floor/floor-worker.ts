// The floors that the herd is measured beside: the least that a Durable Object can do with a line, on the same runtime.
//
// The object's name says what it does. `echo-20` sends each message back with 20 bytes more, which makes it as long as the herd's
// answer; this is the cost of the platform's sockets. `memory` splits the line, keeps it in a Map and answers with an AT line, and
// nothing is durable. `commit` also stores the line, each in a transaction of its own. All use the hibernation API for their sockets,
// as the herd does. Every line is taken for an IAMAT.

import { DurableObject } from "cloudflare:workers";

interface Env {
  readonly FLOOR: DurableObjectNamespace<FloorObject>;
}

const UPSERT = `INSERT INTO reports (client, time, line) VALUES (?, ?, ?)
  ON CONFLICT (client) DO UPDATE SET time = excluded.time, line = excluded.line WHERE excluded.time > time`;

export class FloorObject extends DurableObject<Env> {
  readonly #answer: (message: string) => string;
  readonly #lines = new Map<string, string>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#answer = this.#answerOf(ctx.id.name ?? "");
  }

  override fetch(): Response {
    const { 0: near, 1: far } = new WebSocketPair();
    this.ctx.acceptWebSocket(far);
    return new Response(null, { status: 101, webSocket: near });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    if (typeof message === "string") socket.send(this.#answer(message));
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(code === 1000 ? code : 1001);
  }

  #answerOf(name: string): (message: string) => string {
    switch (name) {
      case "memory":
        return (message) => this.#keep(message, () => {});
      case "commit": {
        const { sql } = this.ctx.storage;
        sql.exec("CREATE TABLE IF NOT EXISTS reports (client TEXT PRIMARY KEY, time TEXT, line TEXT) WITHOUT ROWID");
        return (message) =>
          this.ctx.storage.transactionSync(() =>
            this.#keep(message, (client, time, line) => sql.exec(UPSERT, client, time, line)),
          );
      }
      default: {
        const padding = `${" ".repeat(Math.max(0, Number(name.slice("echo-".length)) - 1))}\n`;
        return (message) => message.slice(0, -1) + padding;
      }
    }
  }

  /** The answers of a message of one or more lines. */
  #keep(message: string, store: (client: string, time: string, line: string) => void): string {
    let answers = "";
    for (const iamat of message.split("\n")) {
      if (iamat === "") continue;
      const [, client = "", location = "", time = ""] = iamat.split(" ");
      const skew = Date.now() / 1000 - Number(time);
      const line = `AT Alford ${skew < 0 ? "-" : "+"}${Math.abs(skew).toFixed(9)} ${client} ${location} ${time}`;
      this.#lines.set(client, line);
      store(client, time, line);
      answers += `${line}\n`;
    }
    return answers;
  }
}

export default {
  fetch(request, env) {
    const name = new URL(request.url).pathname.slice(1);
    return env.FLOOR.getByName(name).fetch(request);
  },
} satisfies ExportedHandler<Env>;
