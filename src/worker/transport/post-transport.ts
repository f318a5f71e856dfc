// The lines of one POST as a transport. What is sent becomes the response.

import type { PostAnswer } from "../env/server-rpc.ts";
import { encodeUtf8 } from "../../core/lib/utf8.ts";
import type { CloseReason } from "../../core/contract/close-reason.ts";
import type { Transport } from "./transport.ts";

export class PostTransport implements Transport {
  readonly answered: Promise<PostAnswer>;
  readonly #settle: PromiseWithResolvers<PostAnswer>;
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor() {
    this.#settle = Promise.withResolvers();
    this.answered = this.#settle.promise;
  }

  /** All of its answers, as they leave together. */
  get bufferedBytes(): number {
    return this.#bytes;
  }

  send(data: string | Uint8Array): void {
    const part = typeof data === "string" ? encodeUtf8(data) : data;
    this.#parts.push(part);
    this.#bytes += part.length;
  }

  close({ name, text }: CloseReason): void {
    if (name === "too many commands") return this.#settle.resolve({ refusal: { status: 429, title: text } });
    if (name === "too much waits" || name === "reads too slowly")
      return this.#settle.resolve({ refusal: { status: 503, title: text } });
    if (name !== "input ended") return this.#settle.reject(new Error(text));
    const body = new Uint8Array(this.#bytes);
    let offset = 0;
    for (const part of this.#parts) {
      body.set(part, offset);
      offset += part.length;
    }
    this.#settle.resolve(body);
  }
}
