// A client of one server over each of the three ways in, with the same verbs: say, hear, and how it ended.
//
// What is heard is kept as a *byte string*, one character a byte, so that text tools work on answers that are not text
// too. Waits are for what the server does, never for time.

import { exports } from "cloudflare:workers";
import config from "../../../herd.config.json" with { type: "json" };

export type TransportKind = "websocket" | "tcp" | "post";

/** Text, or bytes where they need not be UTF-8. On a WebSocket: a text or a binary message. */
export type Said = string | Uint8Array;

export const VIAS: readonly TransportKind[] = ["websocket", "tcp", "post"];

/** Bytes, or the UTF-8 of a text, as characters of one byte each. */
export function byteString(said: Said): string {
  const bytes = typeof said === "string" ? new TextEncoder().encode(said) : said;
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** The bytes of a byte string. */
export function bytesOf(byteString: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(byteString, (character) => character.charCodeAt(0));
}

export abstract class LineClient {
  #heard = "";
  #closeReason: string | undefined;
  #change = Promise.withResolvers<void>();

  /** One message, one piece of the stream, or one whole POST. */
  abstract say(said: Said): Promise<void>;

  /** Everything heard since the last call, as soon as it matches. Throws if the connection ends before. */
  async hears(until: RegExp): Promise<string> {
    while (!until.test(this.#heard)) {
      if (this.#closeReason !== undefined)
        throw new Error(`Cannot hear ${until}: ended with ${this.#closeReason} after ${JSON.stringify(this.#heard)}`);
      await this.#change.promise;
    }
    const heard = this.#heard;
    this.#heard = "";
    return heard;
  }

  /** Waits for the end: what was still heard, and how it ended (close code and reason, "end of stream", HTTP status). */
  async ends(): Promise<{ heard: string; closeReason: string }> {
    while (this.#closeReason === undefined) await this.#change.promise;
    return { heard: this.#heard, closeReason: this.#closeReason };
  }

  protected hear(data: Said): void {
    this.#heard += byteString(data);
    this.#tell();
  }

  protected end(how: string): void {
    this.#closeReason ??= how;
    this.#tell();
  }

  #tell(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

export class WebSocketClient extends LineClient {
  /** As they came: text, or bytes of a binary message. */
  readonly messages: Said[] = [];
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      const message = typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer);
      this.messages.push(message);
      this.hear(message);
    });
    socket.addEventListener("close", ({ code, reason }) => this.end(`${code} ${reason}`));
    socket.accept();
  }

  async say(said: Said): Promise<void> {
    this.#socket.send(said);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  async breakOff(): Promise<void> {
    this.close(1000, "broken off");
  }
}

export class TcpClient extends LineClient {
  readonly #socket: Socket;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.#writer = (socket.writable as WritableStream<Uint8Array>).getWriter();
    void this.#read(socket.readable as ReadableStream<Uint8Array>);
  }

  async say(said: Said): Promise<void> {
    await this.#writer.write(typeof said === "string" ? new TextEncoder().encode(said) : said);
  }

  /** Half-closes: nothing more is said, but the answers are still heard. */
  async sayNoMore(): Promise<void> {
    await this.#writer.close();
  }

  /** Breaks the connection off, both ways. */
  async breakOff(): Promise<void> {
    await this.#socket.close();
  }

  async #read(readable: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of readable) this.hear(chunk);
      this.end("end of stream");
    } catch (error) {
      this.end(String(error));
    }
  }
}

class PostClient extends LineClient {
  readonly #address: string;

  constructor(address: string) {
    super();
    this.#address = address;
  }

  async say(said: Said): Promise<void> {
    const response = await exports.default.fetch(this.#address, { method: "POST", body: said });
    const answers = new Uint8Array(await response.arrayBuffer());
    if (response.ok) this.hear(answers);
    else this.end(String(response.status));
  }
}

/** Upgrades at this path of the Worker. */
export async function openWebSocket(
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<WebSocketClient> {
  const response = await exports.default.fetch(`https://herd${path}`, {
    headers: { ...headers, Upgrade: "websocket" },
  });
  if (response.webSocket === null) throw new Error(`Cannot upgrade at ${path}: HTTP ${response.status}`);
  return new WebSocketClient(response.webSocket);
}

/** A client of this server. `query`, as in `?unknown=reject`, is nothing that TCP could say. */
export async function connect(via: TransportKind, server: string, query = ""): Promise<LineClient> {
  if (via === "tcp") return connectTcp(server);
  if (via === "post") return new PostClient(`https://herd/servers/${server}${query}`);
  return openWebSocket(`/servers/${server}${query}`);
}

export function connectTcp(server: string): TcpClient {
  const port = config.servers.find(({ name }) => name === server)?.tcpPort;
  return new TcpClient(exports.default.connect(`localhost:${port}`));
}
