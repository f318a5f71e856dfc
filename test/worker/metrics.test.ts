// The herd's numbers: in Prometheus' format, and true of what SQLite says that it wrote.

import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { configure, freshId, postTo, SERVERS, settled } from "./herd.ts";

configure({});

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^(\w+)\{([^}]*)\} (\d+)$/;

/** Reads the text strictly: each metric has its help and its type before its samples. */
async function scrape(): Promise<Sample[]> {
  const response = await exports.default.fetch("https://herd/metrics");
  expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4");
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
      const [, sampled = "", labels = "", value] = SAMPLE.exec(line) ?? [];
      expect(sampled).toBe(described);
      const pairs = labels.split(",").map((pair) => pair.replaceAll('"', "").split("="));
      return [{ name: sampled, labels: Object.fromEntries(pairs), value: Number(value) }];
    });
}

function sum(samples: readonly Sample[], name: string, server?: string): number {
  return samples
    .filter((sample) => sample.name === name && (server ?? sample.labels["server"]) === sample.labels["server"])
    .reduce((total, { value }) => total + value, 0);
}

test("[HD6] every server tells of itself and its neighbours", async () => {
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

test("[HD6] [CU6] a hundred moves of known clients are a hundred rows at each server, and little more", async () => {
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
  expect(Math.min(...rows)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...rows)).toBeLessThanOrEqual(110);
});
