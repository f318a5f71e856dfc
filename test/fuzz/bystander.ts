// A client that behaves, beside those that do not: it reports and asks, over and over, and has to be answered each time.

import { LineSocket } from "../../src/cli/net/line-socket.ts";

export class Bystander {
  rounds = 0;
  readonly #url: string;
  readonly #server: string;

  constructor(url: string, server: string) {
    this.#url = url;
    this.#server = server;
  }

  /** Goes on until nobody wants more of it, at least `roundsMin` times. Answers what was wrong. */
  async talk(roundsMin: number, isOver: () => boolean): Promise<string | undefined> {
    try {
      const socket = await LineSocket.open({ url: this.#url, server: this.#server });
      while (this.rounds < roundsMin || !isOver()) {
        const client = `bystander-${this.#server}`;
        const fields = `${client} +34.068930-118.445127 ${Date.now() / 1000 + this.rounds / 1e6}`;
        await this.#demand(socket, `IAMAT ${fields}`, new RegExp(`^AT ${this.#server} \\S+ ${client} `));
        await this.#demand(socket, "HELLO", /^\?syntax HELLO\n$/);
        await this.#demand(socket, `WHATSAT ${client} 5 1`, /^AT [^\n]+\n\{[^]*"status": "OK"[^]*\}\n\n$/);
        this.rounds++;
      }
      socket.close();
      return undefined;
    } catch (error) {
      return `beside: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  async #demand(socket: LineSocket, line: string, wanted: RegExp): Promise<void> {
    const answer = await socket.ask(line);
    if (!wanted.test(answer)) throw new Error(`${line} was answered ${answer}`);
  }
}
