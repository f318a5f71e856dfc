// The link that we dial to a neighbour, as a transport that exists from the moment of the dial.
//
// Facts, 2026-11-22, seen by the dialler: when the other end is evicted or aborts, `close` comes with 1006 and `send` does
// not throw; when it closes, `close` comes and then also `error`; when we close, no event comes back. A dialled socket
// cannot hibernate, which is why a quiet link is closed (CU4).

import type { CloseReason } from "../../core/contract/close-reason.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import type { Transport } from "./transport.ts";
import { closeSocket } from "./websocket-transport.ts";

export interface DialledEvents {
  message(data: string): void;
  /** Once: the link is gone, or could not be made. */
  closed(reason: string): void;
}

export class DialledSocket implements Transport {
  /** Bounded by `peers.framesUnacknowledged`. */
  readonly bufferedBytes = 0;
  #socket: WebSocket | undefined;
  #isOver = false;

  /** Dials. `answer` is the neighbour's answer to the upgrade request. */
  constructor(answer: Promise<Response>, events: DialledEvents) {
    answer.then(
      (response) => this.#open(response, events),
      (error: unknown) =>
        this.#end(events, `cannot be reached: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  send(data: string | Uint8Array): void {
    try {
      this.#socket?.send(data);
    } catch {
      // Closing already: its event is on the way.
    }
  }

  close({ name, text }: CloseReason): void {
    this.#isOver = true;
    if (this.#socket !== undefined) closeSocket(this.#socket, CLOSE_CODES[name], text);
  }

  #open(response: Response, events: DialledEvents): void {
    const socket = response.webSocket;
    if (socket === null) {
      // Unread, its body would keep the connection.
      void response.body?.cancel();
      return this.#end(events, `refused the link with HTTP ${response.status}`);
    }
    socket.accept();
    if (this.#isOver) return closeSocket(socket, 1000, "no longer wanted");
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => events.message(typeof data === "string" ? data : ""));
    socket.addEventListener("close", ({ code, reason }) => {
      closeSocket(socket, code, reason);
      this.#end(events, `closed with ${code}${reason === "" ? "" : `: ${reason}`}`);
    });
    socket.addEventListener("error", () => this.#end(events, "broken off"));
  }

  #end(events: DialledEvents, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    events.closed(reason);
  }
}
