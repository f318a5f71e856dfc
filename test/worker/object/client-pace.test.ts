// The client library against a server that holds its address to a pace.

import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { connect, type HerdOptions } from "../../../src/client/herd.ts";
import { configure, freshId, stubOf } from "../support/herd.ts";

configure({
  limits: { commandsPerSecond: 200, commandsBurst: 20, addressCommandsPerSecond: 400, addressCommandsBurst: 40 },
});

/** A herd as a client of this address reaches it. */
function herdFor(address: string, settings: HerdOptions["settings"] = {}) {
  return connect({
    url: "https://herd",
    server: "Alford",
    settings: { retrySecondsMin: 0.05, retrySecondsMax: 0.1, ...settings },
    fetch: (input, init) => {
      const request = new Request(input, init);
      request.headers.set("CF-Connecting-IP", address);
      return exports.default.fetch(request);
    },
  });
}

async function heldTime(client: string): Promise<string | undefined> {
  const page = await stubOf("Alford").reports(undefined, 500);
  if (page === undefined || "refusal" in page) throw new Error("Expected a page of reports");
  return page.reports.find((line) => line.split(" ")[3] === client)?.split(" ")[5];
}

test.each([1500, 3000])(
  "[CL41] [CL42] of %d reports of a client at once the newest is held, and no call is refused",
  async (count) => {
    const client = freshId();
    await using herd = herdFor(`192.0.2.${count % 251}`);
    const reports = Array.from({ length: count }, (_, index) =>
      herd.iamat(client, "+1+1", { time: String(index + 1) }),
    );
    const times = (await Promise.all(reports)).map(({ time }) => Number(time));
    expect(times.every((time, index) => time >= index + 1)).toBe(true);
    expect(await heldTime(client)).toBe(String(count));
  },
);

test("[CL41] all reports of many clients are taken, though they come far too fast", async () => {
  const ids = Array.from({ length: 60 }, () => freshId());
  await using herd = herdFor("192.0.2.252", { reportsSent: "all" });
  const reports = ids.flatMap((client) => ["1", "2"].map((time) => herd.iamat(client, "+1+1", { time })));
  expect((await Promise.all(reports)).map(({ time }) => time)).toEqual(ids.flatMap(() => ["1", "2"]));
  for (const client of ids) expect(await heldTime(client)).toBe("2");
});
