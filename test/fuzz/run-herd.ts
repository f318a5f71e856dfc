// The herd's room: all five servers in workerd, spoken to over real sockets by some who are hostile and some who are not.
//
// Which case comes when is the machine's affair; the cases are the seed's. Its caches are kept small, so that what grows is
// a leak. A first part of the cases warms it up before its heap is read.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import bundled from "../../herd.config.json" with { type: "json" };
import { heapBytes } from "../../scripts/bench/testbed/inspector.ts";
import { RunningHerd } from "../../scripts/bench/testbed/running-herd.ts";
import { bundleWorker, startMiniflareHerd } from "../../scripts/local/miniflare-herd.ts";
import { workerOptions } from "../../scripts/local/worker-options.ts";
import { findFreePorts } from "../../scripts/local/ports.ts";
import { parseHerdConfig } from "../../src/core/config/herd-config.ts";
import { Random } from "../sim/random.ts";
import { attack, type Target } from "./attack.ts";
import { Bystander } from "./bystander.ts";
import { drawHerdCase } from "./herd-case.ts";

const AT_ONCE = 16;
const WARM_UP_CASES = 500;
const BYSTANDER_ROUNDS_MIN = 20;
const HEAP_GROWTH_BYTES_MAX = 16 * 2 ** 20;
const FINDINGS_MAX = 20;
const QUIET_MILLIS_MAX = 20_000;

const TOKEN = "the-peers-token-of-the-herd-of-the-fuzz";

/** Of an address that is none: the local proxy, which does not ask the herd then. */
const PROXYS_OWN = /remote\.jsg\.TypeError: Invalid URL string\.$/;

/** Bounded, and small: what these keep is no leak. */
const SMALL_CACHES = { limits: { logEntries: 20 }, peers: { recentReports: 50, writeBehindReports: 50 } };

export interface HerdOutcome {
  readonly findings: readonly string[];
  readonly seconds: number;
  /** About the heap and the bystanders, in words. */
  readonly told: string;
}

export async function runHerd(
  seed: string,
  cases: number,
  onCase: (cases: number, findings: number) => void,
): Promise<HerdOutcome> {
  const [port = 0, ...tcpPorts] = await findFreePorts(bundled.servers.length + 1);
  const servers = bundled.servers.map((server, index) => ({ ...server, tcpPort: tcpPorts[index] }));
  const state = await mkdtemp(join(tmpdir(), "places-herd-fuzz-"));
  // Miniflare takes a bundle below the working directory only.
  const bundles = join(".wrangler", "fuzz", String(process.pid));
  await mkdir(bundles, { recursive: true });
  const bundle = join(bundles, "herd.mjs");
  await bundleWorker(bundle);
  const findings: string[] = [];
  const herd = await RunningHerd.of(
    startMiniflareHerd({
      worker: workerOptions(),
      bundle,
      config: parseHerdConfig({
        ...bundled,
        servers,
        limits: { ...bundled.limits, ...SMALL_CACHES.limits },
        peers: { ...bundled.peers, ...SMALL_CACHES.peers },
      }),
      port,
      state,
      bindings: {
        LOG_LEVEL: "lines",
        PEER_TOKEN: TOKEN,
        OPERATOR_TOKEN: "the-operators-token-of-the-herd-of-the-fuzz",
      },
      inspectorPort: 0,
      onPrinted: (level, text) => {
        // The servers' own entries quote what they were told; whatever else is printed is an error.
        if (PROXYS_OWN.test(text)) return;
        if (level === "error" || !text.startsWith('{"at":')) findings.push(`printed as ${level}: ${text}`);
      },
    }),
    state,
  );
  try {
    const byName = new Map(servers.map(({ name, tcpPort = 0 }) => [name, tcpPort]));
    const target: Target = { port, token: TOKEN, tcpPort: (server) => byName.get(server) ?? 0 };
    return await attackHerd(herd, target, new Random(`herd ${seed}`), cases, findings, onCase);
  } finally {
    await herd.end();
    await rm(state, { recursive: true, force: true });
    await rm(bundles, { recursive: true, force: true });
  }
}

async function attackHerd(
  herd: RunningHerd,
  target: Target,
  random: Random,
  cases: number,
  findings: string[],
  onCase: (cases: number, findings: number) => void,
): Promise<HerdOutcome> {
  const startMillis = performance.now();
  const startsBefore = livesOf(await herd.statuses());
  let [drawn, done] = [0, 0];
  const attackUpTo = async (most: number) => {
    while (drawn < most && findings.length < FINDINGS_MAX) {
      const herdCase = drawHerdCase(random.fork(`case ${drawn++}`), target.token);
      const finding = await attack(target, herdCase);
      if (finding !== undefined) findings.push(`${finding} ${JSON.stringify(herdCase)}`);
      onCase(++done, findings.length);
    }
  };
  const attackAtOnce = (most: number) => Promise.all(Array.from({ length: AT_ONCE }, () => attackUpTo(most)));
  let isOver = false;
  const bystanders = bundled.servers.map(({ name }) => new Bystander(`http://127.0.0.1:${target.port}`, name));
  const talks = Promise.all(bystanders.map((bystander) => bystander.talk(BYSTANDER_ROUNDS_MIN, () => isOver)));
  await attackAtOnce(Math.min(WARM_UP_CASES, cases >>> 1));
  const heapBefore = await heapBytes(herd, "Alford");
  await attackAtOnce(cases);
  isOver = true;
  findings.push(...(await talks).filter((finding) => finding !== undefined));
  const left = await connectionsLeft(herd);
  if (left > 0) findings.push(`${left} connections are left`);
  const grownBytes = (await heapBytes(herd, "Alford")) - heapBefore;
  if (grownBytes > HEAP_GROWTH_BYTES_MAX) findings.push(`the heap has grown by ${grownBytes} bytes`);
  const lives = livesOf(await herd.statuses());
  if (lives !== startsBefore) findings.push(`servers began anew: ${startsBefore}, then ${lives}`);
  const rounds = Math.min(...bystanders.map((bystander) => bystander.rounds));
  const told = `heap ${(grownBytes / 2 ** 20).toFixed(1)} MiB larger, bystanders answered ${rounds} rounds and more`;
  return { findings, seconds: (performance.now() - startMillis) / 1000, told };
}

function livesOf(statuses: Awaited<ReturnType<RunningHerd["statuses"]>>): string {
  return statuses.map(({ server, starts, incarnation }) => `${server} ${starts} ${incarnation}`).join(", ");
}

/** Those of clients, once they had time to end. */
async function connectionsLeft(herd: RunningHerd): Promise<number> {
  const endMillis = performance.now() + QUIET_MILLIS_MAX;
  for (;;) {
    const left = (await herd.statuses()).reduce((sum, { connections }) => sum + connections, 0);
    if (left === 0 || performance.now() > endMillis) return left;
  }
}
