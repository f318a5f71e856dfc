// A client's WebSocket to one server, for what the client library does not do: bytes that are not text, and lines whose answers
// are read as they are.
//
// It asks for reasons (LN12), and shows a token as a browser does (AC7). If the server refuses the connection, the error has the
// reason that the server gives. Keeps HC16, HC18, HC20 and HC40.

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import type { ClockPolicy } from "../../core/protocol/connection.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { notReachable, refusalFailure, titleOf } from "./herd-refusal.ts";

export interface LineSocketOptions {
  /** The herd, http or https. */
  readonly url: string;
  /** Without a name, the nearest server. */
  readonly server?: string | undefined;
  /** Where the client is, `±lat±lon`, for the choice of the nearest. */
  readonly near?: string | undefined;
  readonly token?: string | undefined;
  readonly clock?: ClockPolicy | undefined;
}

/** How long a server may take to answer. */
const ANSWER_MILLIS_MAX = 10_000;

/** What is read of a refusal. */
const REFUSAL_BYTES_MAX = 16_384;

export class LineSocket {
  /** Settles with the reason when the connection has ended. */
  readonly closed: Promise<string>;
  readonly #socket: WebSocket;
  readonly #name: string;

  private constructor(socket: WebSocket, name: string) {
    this.#socket = socket;
    this.#name = name;
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) =>
        resolve(reason.length > 0 ? reason.toString() : `it broke off with ${code}`),
      );
    });
    // What is wrong shows as the end of the connection.
    socket.on("error", () => undefined);
  }

  /** Connects. Rejects with the server's reason if it refuses. */
  static async open({ url, server, near, token = "", clock }: LineSocketOptions): Promise<LineSocket> {
    const address = new URL(server === undefined ? "/nearest" : `/servers/${encodeURIComponent(server)}`, url);
    address.searchParams.set("reasons", "yes");
    if (clock !== undefined) address.searchParams.set("clock", clock);
    if (server === undefined && near !== undefined) address.searchParams.set("near", near);
    const name = server ?? "the nearest server";
    const dialled = new URL(address);
    dialled.protocol = dialled.protocol.replace("http", "ws");
    const protocols = token === "" ? [] : ["herd", `bearer.${token}`];
    const socket = new WebSocket(dialled, protocols, { perMessageDeflate: false, handshakeTimeout: ANSWER_MILLIS_MAX });
    const refused = new Promise<never>((_, reject) => {
      socket.once("unexpected-response", (_request, response) => {
        void whyRefused(response).then((answer) =>
          reject(refusalFailure(address.origin, answer, { attempt: `connect to ${name}`, token }, server)),
        );
      });
    });
    try {
      await Promise.race([once(socket, "open"), refused]);
    } catch (error) {
      socket.on("error", () => undefined);
      socket.terminate();
      throw error instanceof CommandFailure ? error : notReachable(url);
    }
    return new LineSocket(socket, name);
  }

  /** Calls `onMessage` with each message, which has whole lines, as its bytes. */
  listen(onMessage: (message: Buffer) => void): void {
    this.#socket.on("message", (data: Buffer) => onMessage(data));
  }

  /** Sends a message of whole lines. Bytes need not be UTF-8. */
  send(message: string | Uint8Array): void {
    this.#socket.send(message);
  }

  /** Sends a line and returns its answer, which comes in one message (LN9). Rejects if none comes in time. */
  async ask(line: string): Promise<string> {
    const answered = Promise.withResolvers<string>();
    const fail = (why: string) =>
      answered.reject(new CommandFailure(EXIT.refused, `Cannot get an answer to ${line}: ${this.#name}: ${why}`));
    const timer = setTimeout(() => fail(`it did not answer within ${ANSWER_MILLIS_MAX / 1000} s`), ANSWER_MILLIS_MAX);
    const take = (data: Buffer) => answered.resolve(data.toString());
    this.#socket.once("message", take);
    void this.closed.then(fail);
    this.send(`${line}\n`);
    try {
      return await answered.promise;
    } finally {
      clearTimeout(timer);
      this.#socket.off("message", take);
    }
  }

  close(): void {
    this.#socket.close(1000);
  }
}

/** What the answer to an upgrade says that was refused. */
export async function whyRefused(
  response: IncomingMessage,
): Promise<{ readonly status: number; readonly title: string; readonly text: string }> {
  const status = response.statusCode ?? 0;
  let text = "";
  try {
    for await (const chunk of response as AsyncIterable<Buffer>)
      if (text.length < REFUSAL_BYTES_MAX) text += chunk.toString("utf8");
  } catch {
    // The status alone has to do.
  }
  return { status, title: titleOf(text) ?? response.statusMessage ?? "", text };
}
