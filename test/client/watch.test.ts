// Watching clients, over a connection that breaks.

import { describe, expect, onTestFinished, test } from "vitest";
import { connect, type Herd } from "../../src/client/herd.ts";
import type { ClientForgotten, ClientReport, ClientSilence } from "../../src/client/client-report.ts";
import type { ClientSettings } from "../../src/client/settings.ts";
import type { Watch } from "../../src/client/watch.ts";
import { PlayedServer, type PlayedConnection } from "../support/played-server.ts";

const SETTINGS = { retrySecondsMin: 0.01, retrySecondsMax: 0.02 } as const;

interface Watching {
  readonly herd: Herd;
  readonly played: PlayedServer;
}

async function watching(settings: Partial<ClientSettings> = {}): Promise<Watching> {
  const played = await PlayedServer.start();
  const herd = connect({ url: played.url, server: "Alford", settings: { ...SETTINGS, ...settings } });
  onTestFinished(() => herd.close());
  // This is the connection for commands.
  await played.accepts();
  return { herd, played };
}

function at(client: string, time: number, server = "Alford"): string {
  return `AT ${server} +0.000000000 ${client} +1+1 ${time}`;
}

/** The next reports, as `client time`. */
async function take(watch: Watch, count: number): Promise<string[]> {
  const reports = [];
  for (let taken = 0; taken < count; taken++) {
    const { value } = await watch.next();
    reports.push(value === undefined ? "end" : `${value.client} ${value.time}`);
  }
  return reports;
}

/** Hears this line and answers with it, as a server does to WATCH and UNWATCH, and then says these lines. */
async function meet(connection: PlayedConnection, line: string, ...told: readonly string[]): Promise<void> {
  expect(await connection.hears()).toBe(line);
  connection.says(line, ...told);
}

describe("watch", () => {
  test("[CL7] [CL30] gives the report that is held and each one after it, on a connection of its own", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi");
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 1));
    await watch.begun;
    expect(await take(watch, 1)).toEqual(["kiwi 1"]);
    const next = take(watch, 2);
    connection.says(at("kiwi", 2), at("kiwi", 3));
    expect(await next).toEqual(["kiwi 2", "kiwi 3"]);
  });

  test("[CL29] the newest report of a client waits for a slow reader; clients come in the order of their first reports", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("*");
    const connection = await played.accepts();
    await meet(connection, "WATCH *");
    await watch.begun;
    const first = take(watch, 1);
    connection.says(at("last", 1));
    await first;
    const other = herd.watch("mark");
    await meet(connection, "WATCH mark", at("kiwi", 1), at("emu", 1), at("kiwi", 2), at("mark", 1));
    await take(other, 1);
    expect(await take(watch, 3)).toEqual(["kiwi 2", "emu 1", "mark 1"]);
  });

  test("[CL7] [CL30] each gets what it watches, and two watches of one client get the same", async () => {
    const { herd, played } = await watching();
    const [kiwi, all] = [herd.watch("kiwi"), herd.watch("*")];
    const told = take(all, 3);
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 1));
    await meet(connection, "WATCH *", at("emu", 5), at("kiwi", 2));
    expect(await told).toEqual(["kiwi 1", "emu 5", "kiwi 2"]);
    expect(await take(kiwi, 1)).toEqual(["kiwi 2"]);
    const again = herd.watch("kiwi");
    await meet(connection, "WATCH kiwi", at("kiwi", 2));
    expect(await take(again, 1)).toEqual(["kiwi 2"]);
    connection.says(at("kiwi", 3));
    expect([await take(kiwi, 1), await take(again, 1)]).toEqual([["kiwi 3"], ["kiwi 3"]]);
  });

  test("[CL7] a watch has begun with the answer to its own WATCH", async () => {
    const { herd, played } = await watching();
    const [mark, ended] = [herd.watch("mark"), herd.watch("*")];
    const connection = await played.accepts();
    expect([await connection.hears(), await connection.hears()]).toEqual(["WATCH mark", "WATCH *"]);
    await ended.return();
    await expect(ended.begun).rejects.toMatchObject({ code: "closed" });
    const anew = herd.watch("*");
    let hasBegun = false;
    void anew.begun.then(() => (hasBegun = true));
    expect([await connection.hears(), await connection.hears()]).toEqual(["UNWATCH *", "WATCH *"]);
    connection.says("WATCH mark", "WATCH *", "UNWATCH *", at("mark", 1));
    await take(mark, 1);
    expect(hasBegun).toBe(false);
    connection.says("WATCH *");
    await anew.begun;
  });

  test("[CL28] [CL30] a reader that leaves the loop ends its watch, and the last watch ends the connection", async () => {
    const { herd, played } = await watching();
    const other = herd.watch("emu");
    const connection = await played.accepts();
    await meet(connection, "WATCH emu");
    const reading = (async () => {
      for await (const { time } of herd.watch("kiwi")) return time;
      return undefined;
    })();
    await meet(connection, "WATCH kiwi", at("kiwi", 1));
    expect(await reading).toBe("1");
    expect(await connection.hears()).toBe("UNWATCH kiwi");
    const waiting = other.next();
    await other.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await connection.ended;
    const anew = herd.watch("kiwi");
    await meet(await played.accepts(), "WATCH kiwi", at("kiwi", 9));
    expect(await take(anew, 1)).toEqual(["kiwi 9"]);
  });

  test("[CL28] an aborted signal ends the loop with its reason", async () => {
    const { herd, played } = await watching();
    const stop = new AbortController();
    const watch = herd.watch("kiwi", { signal: stop.signal });
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi");
    const next = watch.next();
    stop.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
    expect(await take(watch, 1)).toEqual(["end"]);
    await connection.ended;
    expect(() => herd.watch("kiwi", { signal: stop.signal })).toThrow("enough");
  });

  test("[CL21] [CL28] a refusal ends that watch alone", async () => {
    const { herd, played } = await watching();
    const [refused, taken] = [herd.watch("secret"), herd.watch("secretary")];
    const connection = await played.accepts();
    expect(await connection.hears()).toBe("WATCH secret");
    connection.says("? WATCH secret");
    await expect(refused.next()).rejects.toMatchObject({ code: "refused" });
    await expect(refused.begun).rejects.toMatchObject({ code: "refused" });
    expect(await take(refused, 1)).toEqual(["end"]);
    await meet(connection, "WATCH secretary", at("secretary", 1));
    expect(await take(taken, 1)).toEqual(["secretary 1"]);
  });

  test("[CL25] [CL28] close() ends a watch with an error, after what waits", async () => {
    const { herd, played } = await watching();
    const [watch, mark] = [herd.watch("kiwi"), herd.watch("mark")];
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 1));
    await meet(connection, "WATCH mark", at("mark", 1));
    await take(mark, 1);
    await herd.close();
    expect(await take(watch, 1)).toEqual(["kiwi 1"]);
    await expect(watch.next()).rejects.toMatchObject({ code: "closed" });
  });

  test("[CL29] reports of more clients than may wait end it with an error", async () => {
    const { herd, played } = await watching({ watchWaiting: 2 });
    const watch = herd.watch("*");
    const connection = await played.accepts();
    await meet(connection, "WATCH *", at("a", 1), at("b", 1), at("c", 1));
    await connection.ended;
    expect(await take(watch, 3)).toEqual(["a 1", "b 1", "c 1"]);
    await expect(watch.next()).rejects.toMatchObject({ code: "too many waiting" });
  });
});

describe("a lost connection", () => {
  test("[CL8] [CL31] is made again and sends what is watched; no report comes twice or out of order", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi");
    const first = await played.accepts();
    await meet(first, "WATCH kiwi", at("kiwi", 5));
    expect(await take(watch, 1)).toEqual(["kiwi 5"]);
    first.breakOff();
    const second = await played.accepts();
    // Another server, which is behind, and lacks the greater of two reports of one time.
    await meet(second, "WATCH kiwi", at("kiwi", 4, "Parker"), at("kiwi", 5, "Aaron"), at("kiwi", 7, "Parker"));
    expect(await take(watch, 1)).toEqual(["kiwi 7"]);
  });

  test("[CL31] two reports of one time come in the order in which they supersede each other", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi");
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 5, "Bolden"));
    expect((await watch.next()).value?.server).toBe("Bolden");
    connection.says(at("kiwi", 5, "Parker"), at("kiwi", 5, "Bolden"), at("kiwi", 6, "Alford"));
    expect([(await watch.next()).value, (await watch.next()).value].map((report) => report?.server)).toEqual([
      "Parker",
      "Alford",
    ]);
  });

  test("[CL8] a watch that ended is not sent again", async () => {
    const { herd, played } = await watching();
    const [kiwi, emu] = [herd.watch("kiwi"), herd.watch("emu")];
    const first = await played.accepts();
    await meet(first, "WATCH kiwi");
    await meet(first, "WATCH emu");
    first.breakOff();
    await kiwi.return();
    const second = await played.accepts();
    await meet(second, "WATCH emu", at("emu", 1));
    expect(await take(emu, 1)).toEqual(["emu 1"]);
  });

  test("[CL32] gives all clients' reports as they come, so one may come twice", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("*");
    const first = await played.accepts();
    await meet(first, "WATCH *", at("kiwi", 5));
    expect(await take(watch, 1)).toEqual(["kiwi 5"]);
    first.breakOff();
    // A report that was made between the two connections is in nothing that this one says.
    await meet(await played.accepts(), "WATCH *", at("kiwi", 5), at("emu", 7));
    expect(await take(watch, 2)).toEqual(["kiwi 5", "emu 7"]);
  });

  test("[CL33] that is silent is asked for a sign of life, and kept if the answer comes", async () => {
    const { herd, played } = await watching({ watchQuietSeconds: 0.02 });
    const watch = herd.watch("kiwi");
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi");
    await watch.begun;
    await meet(connection, "WATCH kiwi");
    await meet(connection, "WATCH kiwi", at("kiwi", 1));
    expect(await take(watch, 1)).toEqual(["kiwi 1"]);
  });

  test("[CL33] that is silent and gives no sign of life is dropped", async () => {
    const { herd, played } = await watching({ watchQuietSeconds: 0.02, answerSeconds: 0.02 });
    herd.watch("kiwi");
    const first = await played.accepts();
    await meet(first, "WATCH kiwi");
    expect(await first.hears()).toBe("WATCH kiwi");
    await first.ended;
    expect(await (await played.accepts()).hears()).toBe("WATCH kiwi");
  });
});

describe("an answer that does not come", () => {
  test.each([0, 300])("[CL6] to a WATCH is noticed, with watchQuietSeconds at %d", async (watchQuietSeconds) => {
    const { herd, played } = await watching({ watchQuietSeconds, answerSeconds: 0.02 });
    const watch = herd.watch("kiwi");
    const silent = await played.accepts();
    expect(await silent.hears()).toBe("WATCH kiwi");
    await silent.ended;
    await meet(await played.accepts(), "WATCH kiwi", at("kiwi", 1));
    expect(await take(watch, 1)).toEqual(["kiwi 1"]);
  });

  test("[CL6] to an UNWATCH is noticed too, while others are watched and told of", async () => {
    const { herd, played } = await watching({ watchQuietSeconds: 0, answerSeconds: 0.05 });
    const [kiwi] = [herd.watch("kiwi"), herd.watch("emu")];
    const first = await played.accepts();
    await meet(first, "WATCH kiwi");
    await meet(first, "WATCH emu");
    await kiwi.return();
    expect(await first.hears()).toBe("UNWATCH kiwi");
    await first.ended;
    expect(await (await played.accepts()).hears()).toBe("WATCH emu");
  });
});

describe("a WATCH that is refused", () => {
  test("[CL39] [CL28] ends with the reason; one that is watched anew after another was freed begins", async () => {
    const { herd, played } = await watching();
    const [kiwi, , emu] = [herd.watch("kiwi"), herd.watch("moa"), herd.watch("emu")];
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi");
    await meet(connection, "WATCH moa", "?full WATCH emu");
    expect(await connection.hears()).toBe("WATCH emu");
    await expect(emu.next()).rejects.toMatchObject({ code: "full" });
    await expect(emu.begun).rejects.toMatchObject({ code: "full" });
    await meet(connection, "UNWATCH emu");
    await kiwi.return();
    const again = herd.watch("emu");
    await meet(connection, "UNWATCH kiwi");
    await meet(connection, "WATCH emu");
    await again.begun;
  });

  test.each([
    ["?forbidden", "forbidden"],
    ["?", "refused"],
    ["?range", "invalid"],
  ])("[CL39] with %s ends with the code %j", async (start, code) => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi");
    const connection = await played.accepts();
    connection.says(`${start} ${await connection.hears()}`);
    await expect(watch.next()).rejects.toMatchObject({ code });
  });

  test("[CL39] [CL13] is known by the beginning of a line that was too long for the server", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("a-long-name");
    const connection = await played.accepts();
    connection.says(`?range ${(await connection.hears()).slice(0, 10)}`);
    await expect(watch.next()).rejects.toMatchObject({ code: "invalid" });
  });

  test("[CL41] as too fast is said again, and so is an UNWATCH", async () => {
    const { herd, played } = await watching();
    const [kiwi, emu] = [herd.watch("kiwi"), herd.watch("emu")];
    const connection = await played.accepts();
    connection.says("?pace=0.01 WATCH kiwi", "WATCH emu");
    for (const line of ["WATCH kiwi", "WATCH emu"]) expect(await connection.hears()).toBe(line);
    await emu.begun;
    await meet(connection, "WATCH kiwi", at("kiwi", 1));
    await kiwi.begun;
    await kiwi.return();
    connection.says(`?pace=0.01 ${await connection.hears()}`);
    expect(await connection.hears()).toBe("UNWATCH kiwi");
  });

  test("[CL13] an answer to what was not said breaks the connection off", async () => {
    const { herd, played } = await watching();
    herd.watch("kiwi");
    const connection = await played.accepts();
    await connection.hears();
    connection.says("WATCH emu");
    await connection.ended;
    expect(await (await played.accepts()).hears()).toBe("WATCH kiwi");
  });
});

/** The next items, as `client time` or `client silent since`. */
async function takeItems(watch: Watch<ClientReport | ClientSilence>, count: number): Promise<string[]> {
  const items = [];
  for (let taken = 0; taken < count; taken++) {
    const { value } = await watch.next();
    if (value === undefined) items.push("end");
    else if ("silentSeconds" in value) items.push(`${value.client} silent since ${value.heardMillis}`);
    else items.push(`${value.client} ${value.time}`);
  }
  return items;
}

describe("watch with silentSeconds", () => {
  test("[CL50] gives each silence once, between the reports", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi", { silentSeconds: 60 });
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi 60", at("kiwi", 1));
    await watch.begun;
    expect(await takeItems(watch, 1)).toEqual(["kiwi 1"]);
    const next = takeItems(watch, 2);
    connection.says("SILENT kiwi 1.5", "SILENT kiwi 1.5", at("kiwi", 2));
    expect(await next).toEqual(["kiwi silent since 1500", "kiwi 2"]);
    const silence = watch.next();
    connection.says("SILENT kiwi 2");
    expect(await silence).toEqual({
      done: false,
      value: { client: "kiwi", silentSeconds: 60, heardMillis: 2000, line: "SILENT kiwi 2" },
    });
  });

  test("[CL50] tells of a client that no report was ever heard of", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi", { silentSeconds: 5 });
    await meet(await played.accepts(), "WATCH kiwi 5", "SILENT kiwi 0");
    expect(await takeItems(watch, 1)).toEqual(["kiwi silent since undefined"]);
  });

  test("[CL50] [CL29] keeps the last silence for a slow reader, and the newest report before and after it", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi", { silentSeconds: 60 });
    const connection = await played.accepts();
    const told = [
      at("kiwi", 1),
      at("kiwi", 2),
      "SILENT kiwi 2",
      at("kiwi", 3),
      at("kiwi", 4),
      "SILENT kiwi 4",
      at("kiwi", 5),
    ];
    await meet(connection, "WATCH kiwi 60", ...told, at("kiwi", 6));
    const mark = herd.watch("mark");
    await meet(connection, "WATCH mark", at("mark", 1));
    await take(mark, 1);
    expect(await takeItems(watch, 3)).toEqual(["kiwi 4", "kiwi silent since 4000", "kiwi 6"]);
  });

  test("[CL50] [CL8] asks again after a lost connection, and gives a silence that lasts no second time", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi", { silentSeconds: 60 });
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi 60", at("kiwi", 1), "SILENT kiwi 1");
    expect(await takeItems(watch, 2)).toEqual(["kiwi 1", "kiwi silent since 1000"]);
    const next = takeItems(watch, 2);
    connection.close(1001);
    const second = await played.accepts();
    await meet(second, "WATCH kiwi 60", at("kiwi", 1), "SILENT kiwi 1", at("kiwi", 2), "SILENT kiwi 2");
    expect(await next).toEqual(["kiwi 2", "kiwi silent since 2000"]);
  });

  test("[CL52] the silence of a client is told to the watches that wait for it, and asked for until the last of them ends", async () => {
    const { herd, played } = await watching();
    const plain = herd.watch("kiwi");
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 1));
    expect(await take(plain, 1)).toEqual(["kiwi 1"]);
    const [one, other] = [herd.watch("kiwi", { silentSeconds: 60 }), herd.watch("kiwi", { silentSeconds: 60 })];
    await meet(connection, "WATCH kiwi 60", at("kiwi", 1));
    await meet(connection, "WATCH kiwi 60", at("kiwi", 1), "SILENT kiwi 1");
    for (const watch of [one, other]) expect(await takeItems(watch, 2)).toEqual(["kiwi 1", "kiwi silent since 1000"]);
    expect(() => herd.watch("kiwi", { silentSeconds: 61 })).toThrow(
      expect.objectContaining({
        code: "invalid",
        message: expect.stringContaining("another watch waits for one of 60 s"),
      }),
    );
    await one.return();
    await other.return();
    await meet(connection, "WATCH kiwi", at("kiwi", 1), at("kiwi", 2));
    expect(await take(plain, 1)).toEqual(["kiwi 2"]);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, "60" as unknown as number])(
    "[CL5] %s seconds of silence are invalid, and nothing is sent",
    async (silentSeconds) => {
      const { herd } = await watching();
      expect(() => herd.watch("kiwi", { silentSeconds })).toThrow(expect.objectContaining({ code: "invalid" }));
    },
  );

  test("[CL5] nobody can wait for the silence of all clients", async () => {
    const { herd } = await watching();
    expect(() => herd.watch("*", { silentSeconds: 60 })).toThrow(expect.objectContaining({ code: "invalid" }));
  });

  test("[CL39] more seconds than the server waits for end the watch", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi", { silentSeconds: 1_000_000_000 });
    const connection = await played.accepts();
    expect(await connection.hears()).toBe("WATCH kiwi 1000000000");
    connection.says("?range WATCH kiwi 1000000000");
    await expect(watch.next()).rejects.toMatchObject({ code: "invalid" });
  });
});

/** A report that was heard so many seconds after the time that it claims. */
function heardLater(client: string, time: number, skew: number): string {
  return `AT Alford +${skew}.000000000 ${client} +1+1 ${time}`;
}

/** The next items, as `client time` or `client forgotten time`. */
async function takeWithForgotten(watch: Watch<ClientReport | ClientForgotten>, count: number): Promise<string[]> {
  const items = [];
  for (let taken = 0; taken < count; taken++) {
    const { value } = await watch.next();
    if (value === undefined) items.push("end");
    else
      items.push(
        "forgotTime" in value ? `${value.client} forgotten ${value.forgotTime}` : `${value.client} ${value.time}`,
      );
  }
  return items;
}

describe("watch, of a client that is forgotten", () => {
  test("[CL63] tells it in its place, and after it a report with an earlier time is newer", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi", { forgotten: true });
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 9));
    expect(await takeWithForgotten(watch, 1)).toEqual(["kiwi 9"]);
    const forgotten = watch.next();
    connection.says("FORGOT kiwi 10.000000000");
    expect(await forgotten).toEqual({
      done: false,
      value: { client: "kiwi", forgotTime: "10.000000000", line: "FORGOT kiwi 10.000000000" },
    });
    const next = takeWithForgotten(watch, 2);
    connection.says(heardLater("kiwi", 2, 9), at("kiwi", 1), heardLater("kiwi", 3, 8));
    expect(await next).toEqual(["kiwi 2", "kiwi 3"]);
  });

  test("[CL63] a watch that was not asked to tell it goes on with the reports that were heard after it", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi");
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 9));
    expect(await take(watch, 1)).toEqual(["kiwi 9"]);
    const next = take(watch, 1);
    connection.says("FORGOT kiwi 10.000000000", heardLater("kiwi", 2, 9));
    expect(await next).toEqual(["kiwi 2"]);
  });

  test("[CL63] [CL8] a server that is behind brings nothing back, and tells nothing twice", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi", { forgotten: true });
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 8), "FORGOT kiwi 10.000000000", heardLater("kiwi", 2, 9));
    expect(await takeWithForgotten(watch, 3)).toEqual(["kiwi 8", "kiwi forgotten 10.000000000", "kiwi 2"]);
    const next = takeWithForgotten(watch, 2);
    connection.close(1001);
    const second = await played.accepts();
    const behind = [at("kiwi", 8), at("kiwi", 9), "FORGOT kiwi 9.000000000", "FORGOT kiwi 10.000000000"];
    await meet(second, "WATCH kiwi", ...behind, heardLater("kiwi", 2, 9), "FORGOT kiwi 12.000000000", at("kiwi", 13));
    expect(await next).toEqual(["kiwi forgotten 12.000000000", "kiwi 13"]);
  });

  test.each([true, false])(
    "[CL63] [CL29] what waits for a slow reader is dropped, told (%s) or not",
    async (forgotten) => {
      const { herd, played } = await watching();
      const watch = herd.watch("*", { forgotten: forgotten as true });
      const connection = await played.accepts();
      await meet(connection, "WATCH *");
      await watch.begun;
      const first = takeWithForgotten(watch, 1);
      connection.says(at("last", 1));
      await first;
      const other = herd.watch("mark");
      const told = [at("kiwi", 1), at("emu", 1), "FORGOT kiwi 2.000000000", "FORGOT emu 3.000000000", at("emu", 5)];
      await meet(connection, "WATCH mark", ...told, at("mark", 1));
      await take(other, 1);
      const items = forgotten
        ? ["kiwi forgotten 2.000000000", "emu forgotten 3.000000000", "emu 5", "mark 1"]
        : ["emu 5", "mark 1"];
      expect(await takeWithForgotten(watch, items.length)).toEqual(items);
    },
  );

  test("[CL63] [CL29] those that are forgotten count among the clients that may wait", async () => {
    const { herd, played } = await watching({ watchWaiting: 2 });
    const watch = herd.watch("*", { forgotten: true });
    await meet(await played.accepts(), "WATCH *", ...["a", "b", "c"].map((client) => `FORGOT ${client} 2.000000000`));
    await expect(watch.begun.then(() => takeWithForgotten(watch, 4))).rejects.toMatchObject({
      code: "too many waiting",
    });
  });

  test("[CL63] [CL50] it stands before a silence, which may be told again after it", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi", { silentSeconds: 60, forgotten: true });
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi 60", at("kiwi", 1), "SILENT kiwi 1", "FORGOT kiwi 2.000000000", "SILENT kiwi 0");
    const mark = herd.watch("mark");
    await meet(connection, "WATCH mark", at("mark", 1));
    await take(mark, 1);
    const lines = [];
    for (let taken = 0; taken < 2; taken++) lines.push((await watch.next()).value?.line);
    expect(lines).toEqual(["FORGOT kiwi 2.000000000", "SILENT kiwi 0"]);
  });

  test("[CL65] a server that tells an earlier time after the newest report has had the client forgotten between them", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi");
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", at("kiwi", 9));
    expect(await take(watch, 1)).toEqual(["kiwi 9"]);
    const next = take(watch, 1);
    connection.says(at("kiwi", 9), heardLater("kiwi", 2, 9));
    expect(await next).toEqual(["kiwi 2"]);
    const last = take(watch, 2);
    connection.close(1001);
    const second = await played.accepts();
    // It is behind, until it has told the newest one.
    await meet(second, "WATCH kiwi", heardLater("kiwi", 1, 1), heardLater("kiwi", 2, 9), heardLater("kiwi", 1, 12));
    second.says(at("kiwi", 13));
    expect(await last).toEqual(["kiwi 1", "kiwi 13"]);
  });

  test("[CL64] lines of later versions are ignored", async () => {
    const { herd, played } = await watching();
    const watch = herd.watch("kiwi");
    const connection = await played.accepts();
    await meet(connection, "WATCH kiwi", "NEWS kiwi of tomorrow", "FORGOT kiwi", "FORGOT kiwi tomorrow", at("kiwi", 1));
    expect(await take(watch, 1)).toEqual(["kiwi 1"]);
  });
});
