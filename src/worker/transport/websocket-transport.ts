// A WebSocket as a transport: a client's, or a feed's from or to a neighbour.
//
// Facts, 2026-11-22: `send` throws once the socket is closing; the close event that follows is what counts. A close reason has
// at most 123 bytes (RFC 6455, 5.5). The codes 1005, 1006 and 1015 may not be sent.

import { cutAtCharacter, decodeUtf8, encodeUtf8 } from "../../core/lib/utf8.ts";
import type { CloseReason } from "../../core/contract/close-reason.ts";
import { attachWatches } from "./attachment.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import type { Transport } from "./transport.ts";

const REASON_BYTES_MAX = 123;

/** How much is sent before the platform is asked again how much waits: asking costs as much as sending. */
const UNASKED_CHARACTERS_MAX = 16_384;

export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket;
  #bufferedBytes = 0;
  #unaskedCharacters = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    // If much waited, the platform is asked again: the client may have read meanwhile.
    if (this.#bufferedBytes + this.#unaskedCharacters > UNASKED_CHARACTERS_MAX) {
      this.#bufferedBytes = this.#socket.bufferedAmount;
      this.#unaskedCharacters = 0;
    }
    return this.#bufferedBytes + this.#unaskedCharacters;
  }

  send(data: string | Uint8Array): void {
    this.#unaskedCharacters += data.length;
    try {
      this.#socket.send(data);
    } catch {
      // It is closing already: its event will come.
    }
  }

  rememberWatches(watches: readonly string[]): void {
    attachWatches(this.#socket, watches);
  }

  close({ name, text }: CloseReason): void {
    closeSocket(this.#socket, CLOSE_CODES[name], text);
  }
}

/** Closes, or answers a close. Leaves out a code that may not be sent. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  const isSendable = code !== 1005 && code !== 1006 && code !== 1015;
  try {
    if (isSendable) socket.close(code, decodeUtf8(cutAtCharacter(encodeUtf8(reason), REASON_BYTES_MAX)) ?? "");
    else socket.close();
  } catch {
    // Closed already.
  }
}
