// The link that we dial to a neighbour. The transport exists from the moment of the dial.
//
// Facts, 2026-11-22, as the dialler sees them: when the other end is evicted or aborts, `close` comes with 1006 and `send`
// does not throw. When the other end closes, `close` comes and then `error` too. When we close, no event comes. A dialled
// socket cannot hibernate. That is why a quiet link is closed (CU4).

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
      // It is closing already: its event will come.
    }
  }

  close({ name, text }: CloseReason): void {
    this.#isOver = true;
    if (this.#socket !== undefined) closeSocket(this.#socket, CLOSE_CODES[name], text);
  }

  #open(response: Response, events: DialledEvents): void {
    const socket = response.webSocket;
    if (socket === null) {
      // A body that nobody reads would keep the connection.
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
