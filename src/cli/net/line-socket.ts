// A client's WebSocket to one server: it sends a line and waits for its answer, one at a time.
//
// It shows a token as a browser does (AC7).

import { CommandFailure, EXIT } from "../terminal/failure.ts";

/** How long a server may take to answer. */
const ANSWER_MILLIS_MAX = 10_000;

export class LineSocket {
  readonly #socket: WebSocket;
  readonly #address: string;

  private constructor(socket: WebSocket, address: string) {
    this.#socket = socket;
    this.#address = address;
  }

  /** Connects to a server of the herd at `url` (http or https). A WHATSAT about an unknown client is answered `? ` (WA2). */
  static async open(url: string, server: string, token = ""): Promise<LineSocket> {
    const address = new URL(`/servers/${server}?unknown=reject`, url);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address, token === "" ? [] : ["herd", `bearer.${token}`]);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve(), { once: true });
      const fail = () =>
        reject(
          new CommandFailure(
            EXIT.refused,
            `Cannot connect to ${server} at ${address.href}: is it in service, and does the herd ask for a token?`,
          ),
        );
      socket.addEventListener("error", fail, { once: true });
    });
    return new LineSocket(socket, address.href);
  }

  /** Sends a line and returns its answer, which comes in one message (LN5). Rejects if none comes in time. */
  async ask(line: string): Promise<string> {
    const answer = new Promise<string>((resolve, reject) => {
      const done = new AbortController();
      const end = (settle: () => void) => {
        done.abort();
        clearTimeout(timer);
        settle();
      };
      const fail = (why: string) =>
        end(() => reject(new CommandFailure(EXIT.refused, `${this.#address} ${why} after: ${line}`)));
      const timer = setTimeout(() => fail(`did not answer within ${ANSWER_MILLIS_MAX / 1000} s`), ANSWER_MILLIS_MAX);
      const { signal } = done;
      this.#socket.addEventListener("message", ({ data }) => end(() => resolve(String(data))), { signal });
      this.#socket.addEventListener("close", ({ code }) => fail(`closed the connection with ${code}`), { signal });
    });
    this.#socket.send(`${line}\n`);
    return answer;
  }

  close(): void {
    this.#socket.close(1000);
  }
}
