// One machine attacks a running herd in every way at once that once took it down. Others are answered, what attacks is sent away,
// and the memory that all servers share stays below what the platform gives.

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { parseHerdConfig } from "../../src/core/config/herd-config.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";
import { bundleWorker, startMiniflareHerd } from "../../scripts/local/miniflare-herd.ts";
import { findFreePorts } from "../../scripts/local/ports.ts";
import { workerOptions } from "../../scripts/local/worker-options.ts";
import { Inspector } from "../../scripts/bench/testbed/inspector.ts";
import { RunningHerd } from "../../scripts/bench/testbed/running-herd.ts";
import { deafTcp } from "../support/deaf-client.ts";

/** An object has 128 MB. */
const HEAP_BYTES_MAX = 128 * 2 ** 20;

const LFS = "\n".repeat(65_536);

/** Their answers are as long as they are. */
const LONG_LINES = `${"x".repeat(1000)}\n`.repeat(60);

const google = createServer(() => undefined);

let directory: string;
let herd: RunningHerd;
let tcpPort: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "attack-"));
  await bundleWorker(join(directory, "worker.mjs"));
  [tcpPort = 0] = await findFreePorts(1);
  // A provider that never answers: whatever waits behind a WHATSAT waits as long as it may.
  await once(google.listen(0, "127.0.0.1"), "listening");
  const base = `http://127.0.0.1:${(google.address() as AddressInfo).port}`;
  const config = parseHerdConfig({
    servers: [{ name: "Alford", neighbours: [], tcpPort }],
    places: { googleUrl: base, googleLegacyUrl: base, timeoutSeconds: 3, dailyRequests: 100_000 },
  });
  const state = join(directory, "state");
  const miniflare = startMiniflareHerd({
    worker: workerOptions(),
    bundle: join(directory, "worker.mjs"),
    config,
    port: 0,
    state,
    bindings: { LOG_LEVEL: "events", GOOGLE_PLACES_KEY: "a-key" },
    inspectorPort: 0,
    onPrinted: () => undefined,
  });
  herd = await RunningHerd.of(miniflare, state);
});

afterAll(async () => {
  await herd.end();
  google.closeAllConnections();
  google.close();
  await rm(directory, { recursive: true });
});

async function connect(address: string): Promise<WebSocket> {
  const socket = new WebSocket(`${herd.socketUrl("Alford")}&reasons=yes`, {
    headers: { "CF-Connecting-IP": address },
    perMessageDeflate: true,
  });
  await once(socket, "open");
  return socket;
}

/** Its close code; `undefined` if all messages were sent and it is still open. */
async function send(socket: WebSocket, message: string, times: number): Promise<number | undefined> {
  let code: number | undefined;
  const closed = once(socket, "close").then(([given]) => (code = given as number));
  for (let n = 0; n < times && socket.readyState === WebSocket.OPEN; n++)
    await new Promise<void>((resolve) => socket.send(message, () => resolve()));
  // Whatever was sent is heard before this is answered.
  if (socket.readyState === WebSocket.OPEN) {
    const answered = once(socket, "message");
    socket.send("HELLO");
    await Promise.race([answered, closed]);
  } else await closed;
  return code;
}

function post(address: string, lines: string): Promise<Response> {
  return fetch(herd.url("Alford"), { method: "POST", body: lines, headers: { "CF-Connecting-IP": address } });
}

test.each([
  ["64 KB of LFs, 85 bytes on the wire", LFS, 200],
  ["64 KB of white space", " \n".repeat(32_768), 200],
  ["nothing at all", "", 20_000],
  ["one LF", "\n", 20_000],
])("[LI22] messages of %s are refused at last", async (_what, message, times) => {
  const socket = await connect("192.0.2.1");
  expect(await send(socket, message, times)).toBe(1008);
  const other = await connect("192.0.2.200");
  other.send("IAMAT kiwi +34-118 1");
  const [answer] = (await once(other, "message")) as [Buffer];
  expect(answer.toString()).toMatch(/^AT Alford \S+ kiwi /);
  other.close();
});

test("[LI4] [LI29] WHATSATs in POSTs ask for no more places than those of a connection", async () => {
  await post("192.0.2.2", "IAMAT moa +34-118 1\n");
  // Each waits for places, or is refused at once.
  const answers = Promise.allSettled(
    Array.from({ length: 15 }, () => post("192.0.2.2", "WHATSAT moa 10 5\n".repeat(60))),
  );
  await expect.poll(async () => (await herd.status("Alford")).counters.refused["too many WHATSATs"] ?? 0).toBe(14 * 60);
  await answers;
});

/** Fills the queue behind a WHATSAT that waits for places. */
async function queue(socket: WebSocket): Promise<void> {
  socket.send("WHATSAT kiwi 10 20");
  for (let n = 0; n < 40 && socket.readyState === WebSocket.OPEN; n++)
    await new Promise<void>((resolve) => socket.send(LONG_LINES, () => resolve()));
}

/** Measures the heap again and again, without garbage: V8 collects that before the platform would end an object. */
class Peak {
  readonly #inspector: Inspector;
  readonly #measuring: Promise<void>;
  #bytes = 0;
  #isOver = false;

  private constructor(inspector: Inspector) {
    this.#inspector = inspector;
    this.#measuring = this.#measure();
  }

  static async begin(): Promise<Peak> {
    return new Peak(await Inspector.open(herd, "Alford"));
  }

  async end(): Promise<number> {
    this.#isOver = true;
    await this.#measuring;
    this.#inspector.close();
    return this.#bytes;
  }

  async #measure(): Promise<void> {
    while (!this.#isOver) {
      // Sent together: between two answers, what comes meanwhile would leave garbage again.
      const [, bytes] = await Promise.all([
        this.#inspector.call("HeapProfiler.collectGarbage"),
        this.#inspector.heapBytes(),
      ]);
      this.#bytes = Math.max(this.#bytes, bytes);
    }
  }
}

test("[LI22] [LI25] [LI27] [LI29] [LI30] one machine's attacks at once: others are answered, and memory stays below the object's", async () => {
  const peak = await Peak.begin();
  const honest = await connect("192.0.2.201");
  let answers = 0;
  honest.on("message", (data: Buffer) => {
    answers += data.toString().match(/^AT /gm)?.length ?? 0;
  });

  // Answers that wait behind a slow WHATSAT, on 60 connections.
  const waiting = await Promise.all(Array.from({ length: 60 }, () => connect("192.0.2.10")));
  // 190 watchers of everything, who read nothing, and a TCP client with 20,000 WHATSATs, who reads nothing either.
  const watchers = await Promise.all(Array.from({ length: 190 }, () => connect("192.0.2.11")));
  for (const watcher of watchers) {
    watcher.pause();
    watcher.send("WATCH *");
  }
  const deaf = await deafTcp(tcpPort);
  deaf.on("error", () => undefined);
  deaf.write("WHATSAT kiwi 50 20\n".repeat(20_000));
  // Blank messages, and WHATSATs in POSTs.
  const blanks = await connect("192.0.2.12");
  const attacks = Promise.allSettled([
    ...waiting.map(queue),
    send(blanks, LFS, 100),
    ...Array.from({ length: 10 }, () => post("192.0.2.13", "WHATSAT kiwi 10 20\n".repeat(3000))),
  ]);
  // Within its own rate.
  const REPORTS = 900;
  for (let n = 0; n < REPORTS; n++) {
    honest.send(`IAMAT honest-${n % 200} +34-118 ${n + 1}`);
    if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await expect.poll(() => answers, { timeout: 30_000 }).toBe(REPORTS);
  expect(await sayOverTcp(tcpPort, "IAMAT last +1+1 1\n")).toMatch(/^AT Alford /);
  const bytes = await peak.end();
  console.log(`Peak of the heap under attack: ${(bytes / 2 ** 20).toFixed(0)} MB`);
  expect(bytes).toBeLessThan(HEAP_BYTES_MAX);
  deaf.destroy();
  for (const socket of [...waiting, ...watchers, blanks, honest]) socket.terminate();
  await attacks;
});
