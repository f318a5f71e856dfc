// Where the contests run: herds and the floor, each in a workerd of its own, started by miniflare.
//
// Nothing stands between the load and workerd but the Worker itself. What was started is used again by every contest that
// asks for the same, and ends with the stage; its storage lies in a temporary directory.

import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHerdConfig, type HerdConfig } from "../../src/core/config/herd-config.ts";
import { bundleWorker, startMiniflareHerd } from "../local/miniflare-herd.ts";
import { RunningHerd } from "./running-herd.ts";
import { ANSWER_LONGER_BYTES } from "./workload.ts";

export interface StageOptions {
  readonly isQuick: boolean;
  /** How long one run of a load takes. */
  readonly runMillis: number;
}

export class Stage {
  readonly isQuick: boolean;
  readonly runMillis: number;
  readonly #state: string;
  readonly #bundles: string;
  readonly #herds = new Map<string, Promise<RunningHerd>>();
  readonly #ends: (() => Promise<void>)[] = [];
  #floor: Promise<string> | undefined;

  private constructor({ isQuick, runMillis }: StageOptions, state: string, bundles: string) {
    this.isQuick = isQuick;
    this.runMillis = runMillis;
    this.#state = state;
    this.#bundles = bundles;
  }

  static async open(options: StageOptions): Promise<Stage> {
    const state = await mkdtemp(join(tmpdir(), "places-herd-bench-"));
    // Miniflare takes a bundle below the working directory only.
    const bundles = join(".wrangler", "bench", String(process.pid));
    await mkdir(bundles, { recursive: true });
    const stage = new Stage(options, state, bundles);
    await bundleWorker(stage.#herdBundle);
    await bundleFloor(stage.#floorBundle);
    return stage;
  }

  get #herdBundle(): string {
    return join(this.#bundles, "herd.mjs");
  }

  get #floorBundle(): string {
    return join(this.#bundles, "floor.mjs");
  }

  /** A server alone, Alford, which has no one to flood to. */
  async alone(label: string): Promise<RunningHerd> {
    return this.herd(label, { servers: [{ name: "Alford", neighbours: [] }] });
  }

  /** A herd that runs until the stage closes. The label names its storage. */
  herd(label: string, config: unknown): Promise<RunningHerd> {
    const running = this.#herds.get(label) ?? this.startHerd(label, parseHerdConfig(config));
    this.#herds.set(label, running);
    return running;
  }

  /** Starts a herd on the storage of that label; whoever starts it may end it earlier than the stage. */
  async startHerd(label: string, config: HerdConfig): Promise<RunningHerd> {
    const miniflare = startMiniflareHerd({
      bundle: this.#herdBundle,
      config,
      port: 0,
      state: join(this.#state, label),
      bindings: { LOG_LEVEL: "events" },
      inspectorPort: 0,
      onPrinted: (level, text) => {
        if (level === "error") console.error(text);
      },
    });
    const herd = await RunningHerd.of(miniflare);
    this.#ends.push(() => herd.end());
    return herd;
  }

  /** A directory for what a contest starts itself. */
  async directory(): Promise<string> {
    return mkdtemp(join(this.#state, "contest-"));
  }

  /** What is done at the end, in the place of a contest that failed. */
  atEnd(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  /** The WebSocket address of a floor; one that echoes sends as many bytes as a server does in answer to an IAMAT. */
  async floorUrl(kind: "echo" | "memory" | "commit"): Promise<string> {
    this.#floor ??= this.#startFloor();
    return `${await this.#floor}${kind === "echo" ? `echo-${ANSWER_LONGER_BYTES}` : kind}`;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#ends.map((end) => end()));
    await rm(this.#state, { recursive: true, force: true });
    await rm(this.#bundles, { recursive: true, force: true });
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
