// A client over TCP that keeps lines outstanding, and gives each answer to whoever said the line.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** An invalid line, whose answer comes after all others. */
const END = "END";

export class TcpClient {
  readonly #socket: Socket;
  readonly #hearers: ((line: string) => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on("line", (line) => this.#hearers[0]?.(line));
  }

  static async open(port: number): Promise<TcpClient> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    socket.on("error", () => socket.destroy());
    return new TcpClient(socket);
  }

  /** Says a line whose answer is one line. */
  ask(line: string): Promise<string> {
    return new Promise((resolve) => {
      this.#hearers.push((answer) => {
        this.#hearers.shift();
        resolve(answer);
      });
      this.#socket.write(`${line}\n`);
    });
  }

  /** Says lines, and gives all the lines that they are answered. */
  askAll(lines: readonly string[]): Promise<string[]> {
    return new Promise((resolve) => {
      const heard: string[] = [];
      this.#hearers.push((answer) => {
        if (answer === `? ${END}`) {
          this.#hearers.shift();
          resolve(heard);
        } else heard.push(answer);
      });
      this.#socket.write(`${[...lines, END].join("\n")}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
