// Where the trials run: herds and the floor, each in a workerd of its own that miniflare starts, and the paper's herd.
//
// The load speaks to workerd directly, without a proxy. Several trials may use the same herd; it ends with the testbed. All storage
// is in a temporary directory.

import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHerdConfig, type HerdConfig } from "../../../src/core/config/herd-config.ts";
import { earlierWorker, type EarlierVersion } from "../../../test/support/earlier-version.ts";
import { bundleWorker, startMiniflareHerd } from "../../local/miniflare-herd.ts";
import { workerOptions } from "../../local/worker-options.ts";
import { PlainNodeHerd } from "./plain-node-herd.ts";
import { OPERATOR_TOKEN, RunningHerd } from "./running-herd.ts";
import { StartedHerd } from "./started-herd.ts";
import type { Link, TcpHerd } from "./tcp-herd.ts";
import { WorkerdTcpHerd } from "./workerd-tcp-herd.ts";
import { ANSWER_LONGER_BYTES } from "./workload.ts";

export interface TestbedOptions {
  readonly isQuick: boolean;
  /** How long one run of a load lasts. */
  readonly runMillis: number;
}

export class Testbed {
  readonly isQuick: boolean;
  readonly runMillis: number;
  readonly #state: string;
  readonly #bundles: string;
  readonly #herds = new Map<string, Promise<RunningHerd>>();
  readonly #ends: (() => Promise<void>)[] = [];
  #floor: Promise<string> | undefined;

  private constructor({ isQuick, runMillis }: TestbedOptions, state: string, bundles: string) {
    this.isQuick = isQuick;
    this.runMillis = runMillis;
    this.#state = state;
    this.#bundles = bundles;
  }

  static async open(options: TestbedOptions): Promise<Testbed> {
    const state = await mkdtemp(join(tmpdir(), "places-herd-bench-"));
    // Miniflare takes the floor's bundle below the working directory only.
    const bundles = join(".wrangler", "bench", String(process.pid));
    await mkdir(bundles, { recursive: true });
    const testbed = new Testbed(options, state, bundles);
    await bundleWorker(testbed.#herdBundle);
    await bundleFloor(testbed.#floorBundle);
    return testbed;
  }

  get #herdBundle(): string {
    return join(this.#bundles, "herd.mjs");
  }

  get #floorBundle(): string {
    return join(this.#bundles, "floor.mjs");
  }

  /** Alford alone: a server without neighbours, which sends its reports to no other. */
  async alone(label: string): Promise<RunningHerd> {
    return this.herd(label, { servers: [{ name: "Alford", neighbours: [] }] });
  }

  /** A herd that runs until the testbed closes. The label names its storage; the same label is the same herd. */
  herd(label: string, config: unknown): Promise<RunningHerd> {
    const running = this.#herds.get(label) ?? this.startHerd(label, parseHerdConfig(config));
    this.#herds.set(label, running);
    return running;
  }

  /** The same as `herd`, of an earlier version. It gets no settings: it has the defaults of its time. */
  async earlierHerd(label: string, version: EarlierVersion, servers: readonly Link[]): Promise<RunningHerd> {
    const bundle = await earlierWorker(version);
    const running = this.#herds.get(label) ?? this.startHerd(label, { servers } as unknown as HerdConfig, bundle);
    this.#herds.set(label, running);
    return running;
  }

  /** Starts a herd on the storage of that label. The caller may end it earlier than the testbed does. */
  async startHerd(label: string, config: HerdConfig, bundle = this.#herdBundle): Promise<RunningHerd> {
    const state = join(this.#state, label);
    const miniflare = startMiniflareHerd({
      worker: workerOptions(),
      bundle,
      config,
      port: 0,
      state,
      bindings: { LOG_LEVEL: "events", OPERATOR_TOKEN },
      inspectorPort: 0,
      onPrinted: (level, text) => {
        if (level === "error") console.error(text);
      },
    });
    const herd = await RunningHerd.of(miniflare, state);
    this.#ends.push(() => herd.end());
    return herd;
  }

  /** This herd over TCP, on storage of its own. */
  async tcpHerd(label: string, links: readonly Link[]): Promise<TcpHerd> {
    return this.#endLast(await WorkerdTcpHerd.open(links, (config) => this.startHerd(label, config)));
  }

  /** The paper's herd in plain Node. `hasLogs`: whether its servers append each line in and out to a file. */
  async plainNodeHerd(links: readonly Link[], hasLogs = false): Promise<TcpHerd> {
    return this.#endLast(await PlainNodeHerd.open(links, hasLogs ? await this.#directory() : undefined));
  }

  /** This herd as `npm start` runs it with these options. */
  async startedHerd(...options: readonly string[]): Promise<StartedHerd> {
    const herd = await StartedHerd.start(await this.#directory(), options);
    this.#ends.push(() => herd.end());
    return herd;
  }

  /** The WebSocket address of a floor. An echo has as many bytes as a server's answer to an IAMAT. */
  async floorUrl(kind: "echo" | "memory" | "commit"): Promise<string> {
    this.#floor ??= this.#startFloor();
    return `${await this.#floor}${kind === "echo" ? `echo-${ANSWER_LONGER_BYTES}` : kind}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#ends.map((end) => end()));
    await rm(this.#state, { recursive: true, force: true });
    await rm(this.#bundles, { recursive: true, force: true });
  }

  #directory(): Promise<string> {
    return mkdtemp(join(this.#state, "own-"));
  }

  #endLast(herd: TcpHerd): TcpHerd {
    this.#ends.push(() => herd.end());
    return herd;
  }

  async #startFloor(): Promise<string> {
    const options = convertV4MiniflareOptions({
      name: "floor",
      modules: [{ type: "ESModule", path: this.#floorBundle }],
      compatibilityDate: "2026-11-17",
      durableObjects: { FLOOR: { className: "FloorObject", useSQLite: true } },
      port: 0,
    });
    const miniflare = new Miniflare({ ...options, resourcePersistencePath: join(this.#state, "floor") });
    this.#ends.push(() => miniflare.dispose());
    return (await miniflare.ready).href.replace("http", "ws");
  }
}

async function bundleFloor(file: string): Promise<void> {
  await build({
    entryPoints: ["scripts/bench/floor/floor-worker.ts"],
    outfile: file,
    bundle: true,
    format: "esm",
    external: ["cloudflare:*"],
    logLevel: "warning",
  });
}
