// The herd under test as a whole: how its servers stand, and when its floods are over.

import { env, exports } from "cloudflare:workers";
import { vi } from "vitest";
import type { HerdConfig } from "../../../src/core/config/herd-config.ts";
import type { ServerStatus } from "../../../src/core/contract/status.ts";
import type { ServerObject } from "../../../src/worker/object/server-object.ts";
import config from "../../../herd.config.json" with { type: "json" };

export const SERVERS = config.servers.map(({ name }) => name);

/** How long to wait for something that is bound to happen, so that a test fails rather than hangs. */
const PATIENCE = { timeout: 20_000, interval: 10 };

interface TestSettings {
  readonly peers?: Partial<HerdConfig["peers"]>;
  readonly nearest?: Partial<HerdConfig["nearest"]>;
  readonly limits?: Partial<HerdConfig["limits"]>;
  /** As it would stand in herd.config.json. */
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly logLevel?: "lines";
}

let ids = 0;

/** A client's id that no other test of this file uses. */
export function freshId(): string {
  return `client-${++ids}`;
}

/**
 * Changes the configuration of the herd. Only before its first server starts: a herd has one configuration. Unless a test
 * says otherwise nothing is held back for long, or every test would wait for that.
 */
export function configure({ peers, nearest, limits, auth, logLevel }: TestSettings): void {
  env.HERD_CONFIG = JSON.stringify({
    ...config,
    auth,
    limits: { ...config.limits, ...limits },
    peers: { ...config.peers, writeBehindQuietSeconds: 0.05, ...peers },
    nearest: { ...config.nearest, ...nearest },
  });
  if (logLevel !== undefined) env.LOG_LEVEL = logLevel;
}

export function stubOf(server: string): DurableObjectStub<ServerObject> {
  return env.HERD_SERVER.getByName(server);
}

export async function statusOf(server: string): Promise<ServerStatus> {
  const response = await exports.default.fetch(`https://herd/servers/${server}`);
  return response.json();
}

export async function postTo(server: string, lines: string): Promise<string> {
  const response = await exports.default.fetch(`https://herd/servers/${server}`, { method: "POST", body: lines });
  return response.text();
}

/** Asks again and again until the answer is the one waited for; then returns it. */
export function eventually<Answer>(ask: () => Promise<Answer>, isIt: (answer: Answer) => boolean): Promise<Answer> {
  return vi.waitFor(async () => {
    const answer = await ask();
    if (!isIt(answer)) throw new Error(`Waited in vain; the last answer was ${JSON.stringify(answer)}`);
    return answer;
  }, PATIENCE);
}

/**
 * Waits until every neighbour has acknowledged every report: no AT line is under way any more. The servers are asked one
 * after another, and a report can slip past the asking, so only a second look that finds nothing new is believed.
 */
export function settled(): Promise<ServerStatus[]> {
  let seen = "";
  return eventually(
    () => Promise.all(SERVERS.map(statusOf)),
    (all) => {
      const [last, now] = [seen, all.map(({ lastSeq }) => lastSeq).join()];
      seen = now;
      return (
        last === now &&
        all.every(({ lastSeq, neighbours }) => neighbours.every(({ acknowledged }) => acknowledged === lastSeq))
      );
    },
  );
}
