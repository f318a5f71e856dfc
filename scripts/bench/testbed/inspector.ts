// What workerd's inspector tells about an isolate: the heap that all servers of a herd share.
//
// The protocol is that of Chrome's developer tools, JSON over a WebSocket. Fact, 2026-11-22: an idle isolate answers most commands
// only when something wakes it.

import { WebSocket } from "ws";
import * as z from "zod";
import type { RunningHerd } from "./running-herd.ts";

/** As miniflare-herd.ts names it. */
const WORKER = "core:user:places-herd";

const replySchema = z.looseObject({
  id: z.number().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});
const targetsSchema = z.array(z.looseObject({ id: z.string(), webSocketDebuggerUrl: z.string() }));
const heapSchema = z.looseObject({ usedSize: z.number(), backingStorageSize: z.number().optional() });

/** Time between two requests that wake an isolate which has not replied. */
const WAKE_MILLIS = 20;

/** Bytes of heap in use after a garbage collection, with ArrayBuffers. */
export async function heapBytes(herd: RunningHerd, server: string): Promise<number> {
  const inspector = await Inspector.open(herd, server);
  await inspector.call("HeapProfiler.collectGarbage");
  const bytes = await inspector.heapBytes();
  inspector.close();
  return bytes;
}

export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  readonly #wake: () => Promise<unknown>;
  #lastId = 0;

  private constructor(socket: WebSocket, wake: () => Promise<unknown>) {
    this.#socket = socket;
    this.#wake = wake;
    socket.on("message", (data: Buffer) => {
      const { id = 0, result, error } = replySchema.parse(JSON.parse(data.toString()));
      if (error !== undefined) throw new Error(`Cannot inspect workerd: ${JSON.stringify(error)}`);
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  /** While a reply is awaited, requests for the server's status wake it. */
  static async open(herd: RunningHerd, server: string): Promise<Inspector> {
    const address = await herd.miniflare.getInspectorURL();
    address.protocol = "http";
    const targets = targetsSchema.parse(await (await fetch(new URL("/json", address))).json());
    const target = targets.find(({ id }) => id === WORKER);
    if (target === undefined) throw new Error("Cannot inspect workerd: it does not name the herd's Worker");
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return new Inspector(socket, () => herd.status(server));
  }

  async call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    let woken: Promise<unknown> = Promise.resolve();
    const waking = setInterval(() => (woken = this.#wake()), WAKE_MILLIS);
    const answer = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    try {
      return await answer;
    } finally {
      clearInterval(waking);
      await woken;
    }
  }

  /** Bytes of heap, with garbage. */
  async heapBytes(): Promise<number> {
    const { usedSize, backingStorageSize = 0 } = heapSchema.parse(await this.call("Runtime.getHeapUsage"));
    return usedSize + backingStorageSize;
  }

  close(): void {
    this.#socket.close();
  }
}
