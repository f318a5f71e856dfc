// The herd's numbers: in Prometheus' format, and true of what SQLite says that it wrote.

import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import alerts from "../../../docs/operate/alerts.yaml?raw";
import dashboard from "../../../docs/operate/dashboard.json" with { type: "json" };
import { configure, freshId, postTo, SERVERS, settled } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";

configure({});

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^(\w+?)(_bucket|_sum|_count)?\{(.*)\} ([\d.]+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the text strictly: each metric has its help and its type before its samples. */
async function scrape(): Promise<Sample[]> {
  const response = await exports.default.fetch("https://herd/metrics");
  expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  expect(text.endsWith("\n")).toBe(true);
  let described = "";
  return text
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      const [, kind, name = ""] = /^# (HELP|TYPE) (\w+) \S/.exec(line) ?? [];
      if (kind === "HELP") described = name;
      if (kind !== undefined) {
        expect(name).toBe(described);
        return [];
      }
      const [, sampled = "", suffix = "", labels = "", value] = SAMPLE.exec(line) ?? [];
      expect(sampled).toBe(described);
      const pairs = [...labels.matchAll(LABEL)].map(([, label = "", text = ""]) => [label, text]);
      return [{ name: `${sampled}${suffix}`, labels: Object.fromEntries(pairs), value: Number(value) }];
    });
}

function sum(samples: readonly Sample[], name: string, server?: string): number {
  return samples
    .filter((sample) => sample.name === name && (server ?? sample.labels["server"]) === sample.labels["server"])
    .reduce((total, { value }) => total + value, 0);
}

test("[HD6] [HD18] every server tells of itself and its neighbours", async () => {
  await postTo("Alford", `IAMAT ${freshId()} +1+1 1`);
  await settled();
  const samples = await scrape();
  expect(samples.filter(({ name }) => name === "herd_clients").map(({ labels }) => labels["server"])).toEqual(SERVERS);
  expect(sum(samples, "herd_clients")).toBe(SERVERS.length);
  expect(
    samples.filter(({ name, labels }) => name === "herd_feed_sent_reports_total" && labels["server"] === "Hamilton"),
  ).toEqual([{ name: "herd_feed_sent_reports_total", labels: { server: "Hamilton", neighbour: "Parker" }, value: 0 }]);
  expect(sum(samples, "herd_feed_sent_bytes_total", "Alford")).toBeGreaterThan(60);
  expect(sum(samples, "herd_messages_received_total", "Parker")).toBeGreaterThan(0);
});

test("[HD17] commands are counted by outcome, refusals by reason, and their times in buckets", async () => {
  const before = await scrape();
  const id = freshId();
  await postTo(
    "Bolden",
    `IAMAT ${id} +1+1 2\nIAMAT ${id} +1+1 1\nWHATSAT ${id} 1 1\nWHATSAT nobody 1 1\nHELLO\nWHATSAT ${id} 99 1`,
  );
  const after = await scrape();
  const grown = (name: string, labels: Readonly<Record<string, string>>) => {
    const [was, is] = [before, after].map(
      (samples) =>
        samples.find(
          (sample) =>
            sample.name === name &&
            Object.entries({ server: "Bolden", ...labels }).every(([label, text]) => sample.labels[label] === text),
        )?.value ?? 0,
    );
    return (is ?? 0) - (was ?? 0);
  };
  expect(grown("herd_commands_total", { command: "IAMAT", outcome: "accepted" })).toBe(1);
  expect(grown("herd_commands_total", { command: "IAMAT", outcome: "stale" })).toBe(1);
  expect(grown("herd_commands_total", { command: "WHATSAT", outcome: "answered" })).toBe(1);
  expect(grown("herd_commands_total", { command: "WHATSAT", outcome: "unknown client" })).toBe(1);
  expect(grown("herd_commands_total", { outcome: "refused" })).toBe(2);
  expect(grown("herd_refused_total", { reason: "unknown command" })).toBe(1);
  expect(grown("herd_refused_total", { reason: "radius must be more than 0 and at most 50" })).toBe(1);
  expect(grown("herd_places_total", { provider: "embedded", status: "ZERO_RESULTS" })).toBe(1);
  expect(grown("herd_wait_seconds_count", {})).toBe(grown("herd_wait_seconds_bucket", { le: "+Inf" }));
  expect(grown("herd_places_seconds_count", {})).toBe(1);
});

test("[HD6] [HD17] what is watched, and what its watchers are told, is counted", async () => {
  const [watcher, id] = [await openWebSocket("/servers/Powell"), freshId()];
  await watcher.say(`WATCH ${id}\nWATCH *\nUNWATCH ${id}\nUNWATCH x\n`);
  await watcher.hears(/UNWATCH x\n/);
  await postTo("Powell", `IAMAT ${id} +1+1 1`);
  await watcher.hears(/^AT /);
  const samples = await scrape();
  const commands = samples.filter(
    ({ name, labels }) => name === "herd_commands_total" && labels["server"] === "Powell",
  );
  const answered = (command: string) => commands.find(({ labels }) => labels["command"] === command)?.value;
  expect([answered("WATCH"), answered("UNWATCH")]).toEqual([2, 2]);
  expect([sum(samples, "herd_watches", "Powell"), sum(samples, "herd_told_lines_total", "Powell")]).toEqual([1, 1]);
  watcher.close(1000, "enough");
});

test("[HD19] every number that the dashboard and the alert rules ask for is told", async () => {
  const told = new Set((await scrape()).map(({ name }) => name));
  const asked = [JSON.stringify(dashboard), alerts].flatMap((text) => text.match(/\bherd_\w+/g) ?? []);
  const rare = new Set([
    "herd_refused_total",
    "herd_places_failed_total",
    "herd_places_circuit_open",
    "herd_places_requests_today",
    "herd_places_requests_daily",
  ]);
  expect(asked.length).toBeGreaterThan(20);
  expect([...new Set(asked)].filter((name) => !told.has(name) && !rare.has(name))).toEqual([]);
});

test("[HD18] [CU24] [SR1] a hundred moves of known clients in one message are a few rows at each server", async () => {
  const clients = Array.from({ length: 100 }, freshId);
  const report = (time: number) => postTo("Alford", clients.map((client) => `IAMAT ${client} +1+1 ${time}`).join("\n"));
  await report(1);
  await settled();
  const before = await scrape();
  await report(2);
  await settled();
  const after = await scrape();
  const rows = SERVERS.map(
    (server) => sum(after, "herd_rows_written_total", server) - sum(before, "herd_rows_written_total", server),
  );
  expect(Math.min(...rows)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...rows)).toBeLessThanOrEqual(10);
});

async function digestsOf(): Promise<number[]> {
  const text = await (await exports.default.fetch("https://herd/metrics")).text();
  return [...text.matchAll(/^herd_reports_digest\{server="\w+"\} (\d+)$/gm)].map(([, digest]) => Number(digest));
}

test("[HD62] has the digests of what the servers hold as numbers, the same for servers that hold the same", async () => {
  await postTo("Alford", `IAMAT ${freshId()} +1+1 1`);
  // They are begun when somebody asks.
  await vi.waitUntil(async () => (await digestsOf()).length === SERVERS.length, { timeout: 20_000 });
  await vi.waitUntil(async () => new Set(await digestsOf()).size === 1, { timeout: 20_000 });
  expect((await digestsOf()).every((digest) => Number.isSafeInteger(digest))).toBe(true);
});

test("[HD6] [HD20] a server that cannot start is told of, and the herd is not healthy", async () => {
  expect(await (await exports.default.fetch("https://herd/health")).text()).toBe("ok\n");
  await runInDurableObject(env.HERD_SERVER.getByName("Powell"), (_, ctx) => {
    ctx.storage.sql.exec("UPDATE layout SET version = 99");
    return ctx.storage.sync().then(() => ctx.abort("to start again"));
  }).catch(() => undefined);
  const response = await exports.default.fetch("https://herd/health");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ servers: ["Powell"] });
  const up = (await scrape()).filter(({ name }) => name === "herd_server_up");
  expect(up.map(({ labels, value }) => [labels["server"], value])).toEqual(
    SERVERS.map((server) => [server, server === "Powell" ? 0 : 1]),
  );
});
