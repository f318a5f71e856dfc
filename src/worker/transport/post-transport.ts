// The lines of one POST as a transport. What is sent becomes the response.

import type { PostAnswer } from "../env/server-rpc.ts";
import { encodeUtf8 } from "../../core/lib/utf8.ts";
import type { CloseReason } from "../../core/contract/close-reason.ts";
import type { Transport } from "./transport.ts";

export class PostTransport implements Transport {
  readonly answered: Promise<PostAnswer>;
  /** Bounded by what the POST asks for, and a POST is bounded (LN10). */
  readonly bufferedBytes = 0;
  readonly #settle: PromiseWithResolvers<PostAnswer>;
  readonly #parts: Uint8Array[] = [];

  constructor() {
    this.#settle = Promise.withResolvers();
    this.answered = this.#settle.promise;
  }

  send(data: string | Uint8Array): void {
    this.#parts.push(typeof data === "string" ? encodeUtf8(data) : data);
  }

  close({ name, text }: CloseReason): void {
    if (name === "too many commands") return this.#settle.resolve({ refusal: { status: 429, title: text } });
    if (name !== "input ended") return this.#settle.reject(new Error(text));
    const body = new Uint8Array(this.#parts.reduce((bytes, part) => bytes + part.length, 0));
    let offset = 0;
    for (const part of this.#parts) {
      body.set(part, offset);
      offset += part.length;
    }
    this.#settle.resolve(body);
  }
}
