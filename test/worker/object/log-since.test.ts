// A server's log from a time on: what is kept of it, and then what comes, without a gap and without a second time.

import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { configure, postTo } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";

configure({ logLevel: "lines" });

const LOG = "/servers/Hamilton/log";

interface Entry {
  readonly at: string;
  readonly event: string;
  readonly line?: string;
}

async function entriesAt(address: string): Promise<Entry[]> {
  const text = await (await exports.default.fetch(`https://herd${address}`)).text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Entry);
}

/** Input lines alone: others are logged whenever feeds go. */
const inputs = (entries: readonly Entry[]) => entries.filter(({ event }) => event === "input").map(({ line }) => line);

describe("a log since a time", () => {
  test("[HC8] has the entries of that time and later", async () => {
    await postTo("Hamilton", "first");
    const all = await entriesAt(LOG);
    const { at = "" } = all.findLast(({ event }) => event === "input") ?? {};
    expect(inputs(await entriesAt(`${LOG}?since=${at}`))).toContain("first");
    expect(await entriesAt(`${LOG}?since=2999-01-01T00:00:00Z`)).toEqual([]);
    // The same time, as other zones write it.
    const plus = new Date(Date.parse(at) + 3_600_000).toISOString().replace("Z", "+01:00");
    expect(inputs(await entriesAt(`${LOG}?since=${encodeURIComponent(plus)}`))).toContain("first");
  });

  test("[HC8] goes on live where the entries that are kept end", async () => {
    await postTo("Hamilton", "kept");
    const follower = await openWebSocket(`${LOG}?since=2000-01-01T00:00:00Z`);
    await postTo("Hamilton", "live");
    await follower.hears(/"line":"live"/);
    const told = follower.messages.map((message) => JSON.parse(String(message)) as Entry);
    const kept = await entriesAt(LOG);
    expect(inputs(told)).toEqual(inputs(kept));
    expect(inputs(told)).toEqual(expect.arrayContaining(["kept", "live"]));
    follower.close(1000, "seen enough");
    await follower.ends();
  });

  test.each(["yesterday", "", "2026-11-22", "2026-11-22T99:00:00Z"])("[HC8] is refused since %j", async (since) => {
    const response = await exports.default.fetch(`https://herd${LOG}?since=${since}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ title: expect.stringContaining("2026-11-22T10:00:00Z") });
  });
});
