// The client library in workerd, with the herd as a Worker has another one: through `fetch`.

import { abortAllDurableObjects } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect, type Herd, type HerdOptions } from "../../../src/client/herd.ts";
import { travel } from "../../support/client-journey.ts";
import { configure, freshId, postTo } from "../support/herd.ts";

const SETTINGS = { retrySecondsMin: 0.01, retrySecondsMax: 0.1 } as const;
const LOS_ANGELES = { latitude: 34.05, longitude: -118.24 };

configure({ limits: { watches: 2, reportsPage: 3 } });

env.OPERATOR_TOKEN = "the-operators-token-of-this-test";

async function operate(server: string, verb: "drain" | "resume"): Promise<void> {
  const headers = { Authorization: `Bearer ${env.OPERATOR_TOKEN}` };
  await exports.default.fetch(`https://herd/servers/${server}/${verb}`, { method: "POST", headers });
}

const fetch: HerdOptions["fetch"] = (address, init) => exports.default.fetch(address, init);

function herdAt(options: Omit<HerdOptions, "url"> = { server: "Alford" }): Herd {
  const herd = connect({ url: "https://herd", fetch, ...options, settings: { ...SETTINGS, ...options.settings } });
  onTestFinished(() => herd.close());
  return herd;
}

/** The server that it is connected to, as soon as that is another than `other`. */
function untilServer(herd: Herd, other?: string): Promise<string> {
  return new Promise((resolve) => {
    herd.addEventListener("connection", ({ purpose }) => {
      if (purpose === "commands" && herd.server !== undefined && herd.server !== other) resolve(herd.server);
    });
  });
}

describe("calls", () => {
  test("[CL1] [CL12] a report is said and found, with what is near it", async () => {
    const herd = herdAt();
    const client = freshId();
    const here = { latitude: 34.06893, longitude: -118.445127 };
    const said = await herd.iamat(client, here);
    expect(said).toMatchObject({ client, server: "Alford", location: here });
    expect(Math.abs(said.skew)).toBeLessThan(60);
    const { report, places } = await herd.whatsat(client, { km: 10, items: 2 });
    expect(report).toEqual(said);
    expect(places.results).toHaveLength(2);
    expect(places.status).toBe("OK");
    const stale = await herd.iamat(client, "+0+0", { time: "1" });
    expect(stale).toEqual(said);
  });

  test("[CL21] the herd's refusals are errors", async () => {
    const herd = herdAt();
    await expect(herd.whatsat(freshId(), { km: 10 })).rejects.toMatchObject({ code: "unknown client" });
    const ahead = new Date(Date.now() + 86_400_000);
    await expect(herd.iamat(freshId(), "+1+1", { time: ahead })).rejects.toMatchObject({ code: "clock wrong" });
  });

  test("[CL46] [RP14] the herd stamps a report, and the next one, which is later", async () => {
    const herd = herdAt();
    const client = freshId();
    const said = await herd.iamat(client, "+1+1", { time: "now" });
    expect(said).toMatchObject({ client, server: "Alford", skew: 0 });
    const next = await herd.iamat(client, "+2+2", { time: "now" });
    expect(next.location).toEqual({ latitude: 2, longitude: 2 });
    expect(next.time > said.time).toBe(true);
  });

  test('[CL48] [RP17] a device whose clock is years wrong is heard with clock: "server"', async () => {
    const herd = herdAt({ server: "Alford", clock: "server" });
    for (const time of ["9999999999", "1"]) {
      const said = await herd.iamat(freshId(), "+1+1", { time });
      expect(said.skew).toBe(0);
      expect(Math.abs(Number(said.time) * 1000 - Date.now())).toBeLessThan(60_000);
    }
  });

  test("[CL23] a server that the herd does not have is told with those that it has", async () => {
    const herd = herdAt({ server: "Alfred" });
    const asked = herd.iamat(freshId(), "+1+1");
    await expect(asked).rejects.toMatchObject({ code: "invalid" });
    await expect(asked).rejects.toThrow("Alford, Bolden, Hamilton, Parker, Powell");
  });

  test("[CL2] [CL3] [CL16] servers that lose their memory in mid-stream lose no report and mismatch no answer", async () => {
    const herd = herdAt();
    const aborts: Promise<void>[] = [];
    const onAcknowledged = (count: number) => {
      if (count % 100 === 0) aborts.push(abortAllDurableObjects());
    };
    const { mismatches, reports, last } = await travel(herd, {
      prefix: freshId(),
      clients: 10,
      reports: 400,
      onAcknowledged,
    });
    await Promise.all(aborts);
    expect([mismatches, reports]).toEqual([[], 400]);
    for (const [client, time] of Object.entries(last)) {
      const answer = await postTo("Alford", `WHATSAT ${client} 1 1`);
      expect(answer.split("\n")[0]).toMatch(new RegExp(` ${time}\\.0+$`));
    }
  });
});

describe("which server", () => {
  test("[CL19] the nearest; when it is taken out of service the next one, without a lost call", async () => {
    const herd = herdAt({ near: LOS_ANGELES });
    expect(await untilServer(herd)).toBe("Alford");
    const client = freshId();
    expect(await herd.iamat(client, "+1+1", { time: "1" })).toMatchObject({ server: "Alford" });
    const next = untilServer(herd, "Alford");
    await operate("Alford", "drain");
    try {
      const moved = herd.iamat(client, "+2+2", { time: "2" });
      expect(await next).toBe("Parker");
      expect(await moved).toMatchObject({ client, time: "2" });
    } finally {
      await operate("Alford", "resume");
    }
  });

  test("[CL4] each of several in turn", async () => {
    const herd = herdAt({ server: ["Bolden", "Hamilton"] });
    expect(await untilServer(herd)).toBe("Bolden");
    const next = untilServer(herd, "Bolden");
    await operate("Bolden", "drain");
    try {
      expect(await next).toBe("Hamilton");
    } finally {
      await operate("Bolden", "resume");
    }
  });
});

describe("watches", () => {
  test("[CL7] what one server hears is told at another", async () => {
    const [here, there] = [herdAt(), herdAt({ server: "Hamilton" })];
    const client = freshId();
    const held = await here.iamat(client, "+1+1", { time: "1" });
    const watch = there.watch(client);
    expect((await watch.next()).value).toEqual(held);
    const next = watch.next();
    const moved = await here.iamat(client, "+2+2", { time: "2" });
    expect((await next).value).toEqual(moved);
  });

  test("[CL7] of all, everything that comes after it has begun", async () => {
    const herd = herdAt();
    const client = freshId();
    const watch = herd.watch("*");
    await watch.begun;
    const told = watch.next();
    const report = await herd.iamat(client, "+1+1");
    expect((await told).value).toEqual(report);
  });

  test("[CL21] [CL28] one more than limits.watches is refused, the others go on", async () => {
    const herd = herdAt();
    const clients = [freshId(), freshId(), freshId()];
    const [first, , third] = clients.map((client) => herd.watch(client));
    await expect(third?.begun).rejects.toMatchObject({ code: "full" });
    const report = await herd.iamat(clients[0] ?? "", "+1+1");
    expect((await first?.next())?.value).toEqual(report);
  });

  test("[CL8] a watch outlives the memory of its server", async () => {
    const herd = herdAt();
    const client = freshId();
    const watch = herd.watch(client);
    await watch.begun;
    await abortAllDurableObjects();
    const report = await herd.iamat(client, "+1+1");
    expect((await watch.next()).value).toEqual(report);
  });
});

test("[CL10] all reports held come, over as many pages as it takes", async () => {
  const herd = herdAt();
  const clients = Array.from({ length: 8 }, () => `${freshId()} é`.replace(" ", "&"));
  const said = await Promise.all(clients.map((client) => herd.iamat(client, "+1+1")));
  const held = await Array.fromAsync(herd.reports());
  expect(held).toEqual(expect.arrayContaining(said));
  expect(new Set(held.map(({ client }) => client)).size).toBe(held.length);
});
