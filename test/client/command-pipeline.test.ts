// Calls over a connection that breaks: each settles with its own answer, whatever happens to its connections.

import { describe, expect, onTestFinished, test, vi } from "vitest";
import { connect, type Herd, type HerdOptions } from "../../src/client/herd.ts";
import { PlayedServer } from "../support/played-server.ts";

const HERE = { latitude: 34.06893, longitude: -118.445127 };
const PLACES = { html_attributions: [], results: [], status: "ZERO_RESULTS" };

/** Short waits, for a test. */
const SETTINGS = { retrySecondsMin: 0.01, retrySecondsMax: 0.05, connectSeconds: 5 } as const;

function herdAt(server: PlayedServer, options: Partial<HerdOptions> = {}): Herd {
  const herd = connect({
    url: server.url,
    server: "Alford",
    ...options,
    settings: { ...SETTINGS, ...options.settings },
  });
  onTestFinished(() => herd.close());
  return herd;
}

/** What a server answers to an IAMAT. */
function answerTo(iamat: string, server = "Alford"): string {
  const [, client, location, time] = iamat.split(" ");
  return `AT ${server} +0.000000001 ${client} ${location} ${time}`;
}

describe("iamat", () => {
  test("[CL1] [CL12] sends a location in decimals, and settles with the report as the server holds it", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const report = herd.iamat("kiwi", HERE, { time: "1400794645.392014450" });
    const connection = await played.accepts();
    const line = await connection.hears();
    expect(line).toBe("IAMAT kiwi +34.06893-118.445127 1400794645.392014450");
    connection.says("AT Alford +0.5 wrong", "");
    const again = await played.accepts();
    expect(await again.hears()).toBe(line);
    again.says("AT Alford -0.500000000 kiwi +34.06893-118.445127 1400794645.392014450");
    expect(await report).toEqual({
      client: "kiwi",
      server: "Alford",
      skew: -0.5,
      location: HERE,
      time: "1400794645.392014450",
      heardMillis: 1_400_794_644_892,
      line: "AT Alford -0.500000000 kiwi +34.06893-118.445127 1400794645.392014450",
    });
  });

  test("[CL11] reports of one moment have times of their own, each later", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { reportsSent: "all" } });
    const reports = Array.from({ length: 50 }, () => herd.iamat("kiwi", HERE));
    const connection = await played.accepts();
    const times = [];
    for (const _ of reports) {
      const line = await connection.hears();
      times.push(Number(line.split(" ")[3]));
      connection.says(answerTo(line));
    }
    await Promise.all(reports);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(times).size).toBe(50);
    expect(connection.messages, "lines of one moment share a message").toBe(1);
  });

  test("[CL12] settles with a later report that the server holds", async () => {
    const played = await PlayedServer.start();
    const report = herdAt(played).iamat("kiwi", HERE, { time: 10 });
    const connection = await played.accepts();
    expect(await connection.hears()).toBe("IAMAT kiwi +34.06893-118.445127 10.000000");
    connection.says("AT Parker +0.000000000 kiwi +1+1 11");
    expect(await report).toMatchObject({ server: "Parker", time: "11" });
  });
});

describe("whatsat", () => {
  test("[CL2] settles with the report and the places, however their lines are cut into messages", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const answers = Promise.all([herd.whatsat("kiwi", { km: 10, items: 5 }), herd.whatsat("emu", { km: 0.5 })]);
    const connection = await played.accepts();
    expect(connection.target).toBe("/servers/Alford?unknown=reject&reasons=yes");
    expect([await connection.hears(), await connection.hears()]).toEqual(["WHATSAT kiwi 10 5", "WHATSAT emu 0.5 20"]);
    const json = JSON.stringify(PLACES, null, 2).split("\n");
    connection.says("AT Alford +0.000000000 kiwi +1+1 1", ...json);
    connection.says("", "AT Alford +0.000000000 emu +2+2 1", ...json, "");
    expect(await answers).toMatchObject([
      { report: { client: "kiwi", location: { latitude: 1, longitude: 1 } }, places: PLACES },
      { report: { client: "emu" }, places: PLACES },
    ]);
  });

  test.each([
    ["?unknown", "unknown client"],
    ["?forbidden", "forbidden"],
    ["?range", "invalid"],
    ["?syntax", "invalid"],
    ["?full", "full"],
    ["?storage", "storage full"],
    ["?clock", "clock wrong"],
    ["?", "refused"],
    ["?tomorrow=5", "refused"],
  ])("[CL21] a refusal that begins with %s rejects with the code %j", async (start, code) => {
    const played = await PlayedServer.start();
    const asked = herdAt(played).whatsat("nobody", { km: 10 });
    const connection = await played.accepts();
    connection.says(`${start} ${await connection.hears()}`);
    await expect(asked).rejects.toMatchObject({ name: "HerdError", code });
    await expect(asked).rejects.not.toThrow(/ or .* or /);
  });
});

describe("an answer that is not the command's own", () => {
  test.each([
    { what: "of another client", answers: ["AT Alford +0.000000000 emu +1+1 20"] },
    { what: "of an earlier time", answers: ["AT Alford +0.000000000 kiwi +1+1 19.9"] },
    { what: "a refusal of another line", answers: ["? IAMAT kiwi +1+1 21"] },
    { what: "an empty refusal", answers: ["? "] },
    { what: "nothing of the protocol", answers: ["hello"] },
    { what: "an empty line", answers: [""] },
  ])("[CL13] [CL16] $what breaks the connection off, and the command is sent again", async ({ answers }) => {
    const played = await PlayedServer.start();
    const report = herdAt(played).iamat("kiwi", "+1+1", { time: "20" });
    const first = await played.accepts();
    expect(await first.hears()).toBe("IAMAT kiwi +1+1 20");
    first.says(...answers);
    await first.ended;
    const second = await played.accepts();
    second.says(answerTo(await second.hears()));
    expect(await report).toMatchObject({ client: "kiwi", time: "20" });
  });

  test("[CL13] places that are no JSON break the connection off", async () => {
    const played = await PlayedServer.start();
    const asked = herdAt(played).whatsat("kiwi", { km: 1 });
    const first = await played.accepts();
    await first.hears();
    first.says("AT Alford +0.000000000 kiwi +1+1 1", "{", "");
    const second = await played.accepts();
    await second.hears();
    second.says("AT Alford +0.000000000 kiwi +1+1 1", JSON.stringify(PLACES), "");
    expect(await asked).toMatchObject({ places: PLACES });
  });

  test("[CL13] a line that answers no command breaks the connection off", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const first = await played.accepts();
    first.says("AT Alford +0.000000000 kiwi +1+1 1");
    await first.ended;
    const report = herd.iamat("emu", "+1+1", { time: "1" });
    const second = await played.accepts();
    second.says(answerTo(await second.hears()));
    expect(await report).toMatchObject({ client: "emu" });
  });

  test("[CL13] lines that come after the connection was dropped answer nothing", async () => {
    const played = await PlayedServer.start();
    const report = herdAt(played).iamat("kiwi", "+1+1", { time: "2" });
    const first = await played.accepts();
    await first.hears();
    first.says("hello", "AT Alford +0.000000000 kiwi +9+9 3");
    const second = await played.accepts();
    second.says(answerTo(await second.hears()));
    expect(await report).toMatchObject({ location: { latitude: 1, longitude: 1 } });
  });
});

describe("a lost connection", () => {
  test("[CL16] what was not answered is sent again in order, before what came later", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const calls = ["a", "b", "c"].map((client) => herd.iamat(client, "+1+1", { time: "1" }));
    const first = await played.accepts();
    first.says(answerTo(await first.hears()));
    await calls[0];
    await first.hears();
    first.breakOff();
    await first.ended;
    calls.push(herd.iamat("d", "+1+1", { time: "1" }));
    const second = await played.accepts();
    const heard = [await second.hears(), await second.hears(), await second.hears()];
    expect(heard).toEqual(["b", "c", "d"].map((client) => `IAMAT ${client} +1+1 1`));
    second.says(...heard.map((line) => answerTo(line)));
    expect((await Promise.all(calls)).map(({ client }) => client)).toEqual(["a", "b", "c", "d"]);
  });

  test("[CL2] half an answer is forgotten with its connection", async () => {
    const played = await PlayedServer.start();
    const asked = herdAt(played).whatsat("kiwi", { km: 1 });
    const first = await played.accepts();
    await first.hears();
    first.says("AT Alford +0.000000000 kiwi +1+1 1", '{ "status":');
    first.close(1001, "going");
    const second = await played.accepts();
    await second.hears();
    second.says("AT Alford +0.000000000 kiwi +2+2 2", JSON.stringify(PLACES), "");
    expect(await asked).toMatchObject({ report: { time: "2" } });
  });

  test("[CL17] no more commands than settings.commandsSent are sent and not answered", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { commandsSent: 2 } });
    const calls = ["a", "b", "c"].map((client) => herd.iamat(client, "+1+1", { time: "1" }));
    const connection = await played.accepts();
    const two = [await connection.hears(), await connection.hears()];
    expect(connection.messages).toBe(1);
    connection.says(...two.map((line) => answerTo(line)));
    connection.says(answerTo(await connection.hears()));
    await Promise.all(calls);
    expect(connection.messages).toBe(2);
  });

  test("[CL18] no more calls than settings.commandsWaiting wait", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { commandsWaiting: 2 } });
    const calls = ["a", "b"].map((client) => herd.iamat(client, "+1+1", { time: "1" }));
    await expect(herd.iamat("c", "+1+1", { time: "1" })).rejects.toMatchObject({ code: "too many waiting" });
    const connection = await played.accepts();
    connection.says(answerTo(await connection.hears()), answerTo(await connection.hears()));
    await Promise.all(calls);
    const fourth = herd.iamat("d", "+1+1", { time: "1" });
    connection.says(answerTo(await connection.hears()));
    await fourth;
  });

  test("[CL6] a server that owes an answer and says nothing counts as lost", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { answerSeconds: 0.1 } });
    const report = herd.iamat("kiwi", "+1+1", { time: "1" });
    const silent = await played.accepts();
    const line = await silent.hears();
    await silent.ended;
    // A connection whose answer comes too late for this short time is lost too.
    const answering = async (): Promise<never> => {
      for (;;) {
        const connection = await played.accepts();
        const again = await connection.hears();
        expect(again).toBe(line);
        connection.says(answerTo(again));
      }
    };
    await Promise.race([report, answering()]);
  });
});

describe("a call that ends without its answer", () => {
  test("[CL22] rejects as unreachable after settings.timeoutSeconds, and says why", async () => {
    const played = await PlayedServer.start();
    played.isOpen = false;
    const report = herdAt(played, { settings: { timeoutSeconds: 0.1 } }).iamat("kiwi", "+1+1");
    await expect(report).rejects.toMatchObject({ name: "HerdError", code: "unreachable" });
    await expect(report).rejects.toThrow("Alford");
  });

  test("[CL24] aborted before it was sent, it is never sent", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { commandsSent: 1 } });
    const stop = new AbortController();
    const first = herd.iamat("a", "+1+1", { time: "1" });
    const aborted = herd.iamat("b", "+1+1", { time: "1", signal: stop.signal });
    const third = herd.iamat("c", "+1+1", { time: "1" });
    const connection = await played.accepts();
    const line = await connection.hears();
    stop.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    connection.says(answerTo(line));
    const next = await connection.hears();
    expect(next).toBe("IAMAT c +1+1 1");
    connection.says(answerTo(next));
    await Promise.all([first, third]);
  });

  test("[CL2] [CL24] aborted after it was sent, its answer goes to no other call, and it is not sent again", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { reportsSent: "all" } });
    const stop = new AbortController();
    const aborted = herd.iamat("kiwi", "+1+1", { time: "1", signal: stop.signal });
    const other = herd.iamat("kiwi", "+2+2", { time: "2" });
    const first = await played.accepts();
    const lines = [await first.hears(), await first.hears()];
    stop.abort();
    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
    first.says(answerTo(lines[0] ?? ""));
    first.breakOff();
    const second = await played.accepts();
    expect(await second.hears()).toBe("IAMAT kiwi +2+2 2");
    second.says(answerTo(lines[1] ?? ""));
    expect(await other).toMatchObject({ time: "2" });
  });

  test("[CL24] with a signal that was aborted before, nothing is done", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    await expect(herd.iamat("kiwi", "+1+1", { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    const stamp = herd.iamat("emu", "+1+1", { time: "1" });
    const connection = await played.accepts();
    const line = await connection.hears();
    expect(line).toBe("IAMAT emu +1+1 1");
    connection.says(answerTo(line));
    await stamp;
  });

  test("[CL21] a refusal rejects as refused, and the next call is answered", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const refused = herd.iamat("kiwi", "+1+1", { time: "9" });
    const taken = herd.iamat("emu", "+1+1", { time: "9" });
    const connection = await played.accepts();
    connection.says(`? ${await connection.hears()}`, answerTo(await connection.hears()));
    await expect(refused).rejects.toMatchObject({ code: "refused" });
    expect(await taken).toMatchObject({ client: "emu" });
  });

  test("[CL25] close() rejects what waits, and every later call", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const sent = herd.iamat("kiwi", "+1+1");
    const connection = await played.accepts();
    await connection.hears();
    await herd.close();
    await expect(sent).rejects.toMatchObject({ code: "closed" });
    await expect(herd.whatsat("kiwi", { km: 1 })).rejects.toMatchObject({ code: "closed" });
    expect(() => herd.watch("kiwi")).toThrow(expect.objectContaining({ code: "closed" }));
    await connection.ended;
  });
});

/** What a server answers to an IAMAT with `now`. */
function stampOf(line: string, time: string): string {
  return answerTo(line.replace(/now$/, time));
}

/** A herd whose first connection is held up by another client's command. */
async function busy(settings: HerdOptions["settings"] = {}) {
  const played = await PlayedServer.start();
  const herd = herdAt(played, { settings: { commandsSent: 1, ...settings } });
  const first = herd.iamat("busy", "+1+1", { time: "1" });
  const connection = await played.accepts();
  const line = await connection.hears();
  const free = async () => {
    connection.says(answerTo(line));
    await first;
  };
  return { played, herd, connection, free };
}

describe("reports of one client that wait", () => {
  test("[CL42] are not sent but the newest, whose answer settles all, at the place of the oldest", async () => {
    const { herd, connection, free } = await busy();
    const said = ["5", "7", "6"].map((time) => herd.iamat("kiwi", "+1+1", { time }));
    const other = herd.iamat("emu", "+1+1", { time: "1" });
    said.push(herd.iamat("kiwi", "+1+1", { time: "8" }));
    await free();
    const line = await connection.hears();
    expect(line).toBe("IAMAT kiwi +1+1 8");
    connection.says(answerTo(line));
    expect((await Promise.all(said)).map(({ time }) => time)).toEqual(["8", "8", "8", "8"]);
    connection.says(answerTo(await connection.hears()));
    expect(await other).toMatchObject({ client: "emu" });
  });

  test("[CL42] [CL24] if the newest is aborted, the next newest is sent in its place", async () => {
    const { herd, connection, free } = await busy();
    const stop = new AbortController();
    const [old, next] = ["5", "6"].map((time) => herd.iamat("kiwi", "+1+1", { time }));
    const newest = herd.iamat("kiwi", "+1+1", { time: "7", signal: stop.signal });
    stop.abort();
    await expect(newest).rejects.toMatchObject({ name: "AbortError" });
    await free();
    const line = await connection.hears();
    expect(line).toBe("IAMAT kiwi +1+1 6");
    connection.says(answerTo(line));
    expect([(await old)?.time, (await next)?.time]).toEqual(["6", "6"]);
  });

  test("[CL42] [CL21] if the newest is refused, the next newest is sent", async () => {
    const { herd, connection, free } = await busy();
    const old = herd.iamat("kiwi", "+1+1", { time: "5" });
    const ahead = herd.iamat("kiwi", "+1+1", { time: "99999999999" });
    await free();
    connection.says(`?clock ${await connection.hears()}`);
    await expect(ahead).rejects.toMatchObject({ code: "clock wrong" });
    connection.says(answerTo(await connection.hears()));
    expect(await old).toMatchObject({ time: "5" });
  });

  test("[CL42] [CL16] if the connection is lost, the newest of what was not answered is repeated", async () => {
    const { played, herd, connection, free } = await busy();
    const reports = ["5", "6"].map((time) => herd.iamat("kiwi", "+1+1", { time }));
    await free();
    expect(await connection.hears()).toBe("IAMAT kiwi +1+1 6");
    connection.breakOff();
    const second = await played.accepts();
    second.says(answerTo(await second.hears()));
    expect((await Promise.all(reports)).map(({ time }) => time)).toEqual(["6", "6"]);
  });

  test('[CL42] are all sent with reportsSent "all"', async () => {
    const { herd, connection, free } = await busy({ reportsSent: "all" });
    const reports = ["5", "6"].map((time) => herd.iamat("kiwi", "+1+1", { time }));
    await free();
    for (const _ of reports) connection.says(answerTo(await connection.hears()));
    expect((await Promise.all(reports)).map(({ time }) => time)).toEqual(["5", "6"]);
  });
});

describe("reports that the herd is to stamp", () => {
  test("[CL46] settle with the time that the herd gave, which changes no time that is chosen later", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const report = herd.iamat("kiwi", "+1+1", { time: "now" });
    const connection = await played.accepts();
    const line = await connection.hears();
    expect(line).toBe("IAMAT kiwi +1+1 now");
    connection.says(stampOf(line, "1800000000.000000000"));
    expect(await report).toMatchObject({ time: "1800000000.000000000" });
    const next = herd.iamat("kiwi", "+1+1", {});
    expect(await connection.hears()).toBe("IAMAT kiwi +1+1 1000.000000");
    connection.says("AT Alford +0.000000000 kiwi +1+1 1800000000.000000000");
    expect(await next).toMatchObject({ time: "1800000000.000000000" });
  });

  test("[CL47] of those that wait the one that was called for last is sent, and settles also those with a time", async () => {
    const { herd, connection, free } = await busy();
    const said = ["5", "now", "9999999999", "now", "7"].map((time, index) =>
      herd.iamat("kiwi", `+${index}+1`, { time }),
    );
    await free();
    const line = await connection.hears();
    expect(line).toBe("IAMAT kiwi +3+1 now");
    connection.says(stampOf(line, "8"));
    expect((await Promise.all(said)).map(({ time }) => time)).toEqual(["8", "8", "8", "8", "8"]);
  });

  test("[CL47] [CL42] if the newest is aborted, the one of the call before is sent in its place", async () => {
    const { herd, connection, free } = await busy();
    const stop = new AbortController();
    const said = ["+1+1", "+2+2", "+3+3"].map((place) => herd.iamat("kiwi", place, { time: "now" }));
    const newest = herd.iamat("kiwi", "+4+4", { time: "now", signal: stop.signal });
    stop.abort();
    await expect(newest).rejects.toMatchObject({ name: "AbortError" });
    await free();
    const line = await connection.hears();
    expect(line).toBe("IAMAT kiwi +3+3 now");
    connection.says(stampOf(line, "8"));
    expect((await Promise.all(said)).map(({ time }) => time)).toEqual(["8", "8", "8"]);
  });

  test("[CL47] [CL16] those that were sent are repeated in their order, when the connection is lost", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { reportsSent: "all" } });
    const said = ["+1+1", "+2+2"].map((place) => herd.iamat("kiwi", place, { time: "now" }));
    const first = await played.accepts();
    await first.hears();
    first.breakOff();
    const second = await played.accepts();
    const lines = [await second.hears(), await second.hears()];
    expect(lines).toEqual(["IAMAT kiwi +1+1 now", "IAMAT kiwi +2+2 now"]);
    second.says(...lines.map((line, index) => stampOf(line, `${index + 1}`)));
    expect((await Promise.all(said)).map(({ time }) => time)).toEqual(["1", "2"]);
  });

  test("[CL49] one that was too fast is not said again after a newer one was sent: that one's answer settles both", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { reportsSent: "all" } });
    const said = ["+1+1", "+2+2"].map((place) => herd.iamat("kiwi", place, { time: "now" }));
    const connection = await played.accepts();
    const lines = [await connection.hears(), await connection.hears()];
    connection.says(`?pace=0.001 ${lines[0]}`, stampOf(lines[1] ?? "", "8"));
    expect((await Promise.all(said)).map(({ line }) => line)).toEqual(
      [1, 2].map(() => "AT Alford +0.000000001 kiwi +2+2 8"),
    );
    const other = herd.whatsat("emu", { km: 1 });
    expect(await connection.hears()).toBe("WHATSAT emu 1 20");
    connection.says("?unknown WHATSAT emu 1 20");
    await expect(other).rejects.toMatchObject({ code: "unknown client" });
  });

  test("[CL49] [CL21] it is said again after all, if the newer one is refused, whether somebody waits for that one or not", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { reportsSent: "all" } });
    const old = herd.iamat("kiwi", "+1+1", { time: "now" });
    const stop = new AbortController();
    const newer = herd.iamat("kiwi", "+2+2", { time: "now", signal: stop.signal });
    const connection = await played.accepts();
    const lines = [await connection.hears(), await connection.hears()];
    connection.says(`?pace=0.001 ${lines[0]}`);
    // Once the refusal is heard.
    herd.addEventListener("line", ({ text }) => {
      if (text.startsWith("?pace")) queueMicrotask(() => stop.abort());
    });
    await expect(newer).rejects.toMatchObject({ name: "AbortError" });
    connection.says(`?forbidden ${lines[1]}`);
    const again = await connection.hears();
    expect(again).toBe(lines[0]);
    connection.says(stampOf(again, "9"));
    expect(await old).toMatchObject({ time: "9" });
  });
});

describe('with clock: "server"', () => {
  test("[CL48] [CL37] the address asks for it, and a time that was replaced counts for nothing", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { clock: "server" });
    vi.useFakeTimers({ toFake: ["Date"], now: 4_000_000_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const ahead = herd.iamat("kiwi", HERE);
    const connection = await played.accepts();
    expect(connection.target).toBe("/servers/Alford?unknown=reject&reasons=yes&clock=server");
    expect((await connection.hears()).split(" ").at(-1)).toBe("4000000000.000000");
    connection.says("AT Alford +0.000000000 kiwi +34.06893-118.445127 1800000000.000000000");
    expect(await ahead).toMatchObject({ time: "1800000000.000000000" });
    // So little that the clock is slowed down, not set.
    vi.setSystemTime(3_999_999_999_500);
    const next = herd.iamat("kiwi", HERE);
    const line = await connection.hears();
    expect(line.split(" ").at(-1)).toBe("3999999999.500000");
    connection.says(answerTo(line));
    await next;
  });
});

describe("what a server refuses as too fast", () => {
  test("[CL41] is said again in its order, one at a time", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const reports = ["a", "b", "c"].map((client) => herd.iamat(client, "+1+1", { time: "1" }));
    const connection = await played.accepts();
    const lines = [await connection.hears(), await connection.hears(), await connection.hears()];
    connection.says(answerTo(lines[0] ?? ""), `?pace=0.02 ${lines[1]}`, `?pace=0.02 ${lines[2]}`);
    const messages = connection.messages;
    for (const line of lines.slice(1)) {
      expect(await connection.hears()).toBe(line);
      connection.says(answerTo(line));
    }
    expect((await Promise.all(reports)).map(({ client }) => client)).toEqual(["a", "b", "c"]);
    expect(connection.messages - messages).toBe(2);
  });

  test("[CL41] [CL22] rejects as too fast, with the time to wait, if that goes on for too long", async () => {
    const played = await PlayedServer.start();
    const asked = herdAt(played, { settings: { timeoutSeconds: 0.1 } }).whatsat("kiwi", { km: 1 });
    const connection = await played.accepts();
    connection.says(`?pace=30 ${await connection.hears()}`);
    await expect(asked).rejects.toMatchObject({ code: "too fast", retryAfterSeconds: 30 });
  });

  test("[CL41] a server that closed the connection for it is sent few commands at once", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const reports = ["a", "b", "c", "d"].map((client) => herd.iamat(client, "+1+1", { time: "1" }));
    const first = await played.accepts();
    for (const _ of reports) await first.hears();
    first.close(1008, "too many commands");
    const second = await played.accepts();
    for (const [index] of reports.entries()) {
      const line = await second.hears();
      // One, then two, then what is left.
      if (index === 0) expect(second.messages).toBe(1);
      second.says(answerTo(line));
    }
    await Promise.all(reports);
    expect(second.messages).toBeGreaterThan(1);
  });
});

describe("a device's clock", () => {
  test.each([-3_600_000, 3_600_000])("[CL43] that is set by %d ms changes no wait", async (millis) => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { answerSeconds: 0.05, timeoutSeconds: 3 } });
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const late = herd.whatsat("kiwi", { km: 1 });
    const first = await played.accepts();
    await first.hears();
    vi.setSystemTime(Date.now() + millis);
    // It owes an answer.
    await first.ended;
    await (await played.accepts()).hears();
    await expect(late).rejects.toMatchObject({ code: "unreachable" });
  });

  test("[CL37] a time that was refused counts for nothing, for the client and for others", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const nowMillis = 1_800_000_000_000;
    vi.useFakeTimers({ toFake: ["Date"], now: nowMillis + 7_200_000 });
    onTestFinished(() => void vi.useRealTimers());
    const ahead = herd.iamat("kiwi", HERE);
    const connection = await played.accepts();
    connection.says(`?clock ${await connection.hears()}`);
    await expect(ahead).rejects.toMatchObject({ code: "clock wrong" });
    vi.setSystemTime(nowMillis);
    for (const client of ["kiwi", "emu"]) {
      const report = herd.iamat(client, HERE);
      const line = await connection.hears();
      expect(line.split(" ").at(-1)).toBe("1800000000.000000");
      connection.says(answerTo(line));
      await report;
    }
  });
});

describe("forget", () => {
  const FORGOT = "FORGOT kiwi 1400794699.108000000";

  test("[CL60] settles with the time of the herd, and is sent again over a lost connection", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const forgotten = herd.forget("kiwi");
    const first = await played.accepts();
    expect(await first.hears()).toBe("FORGET kiwi");
    first.breakOff();
    const second = await played.accepts();
    expect(await second.hears()).toBe("FORGET kiwi");
    second.says(FORGOT);
    expect(await forgotten).toEqual({ client: "kiwi", forgotTime: "1400794699.108000000", line: FORGOT });
  });

  test.each([
    ["forbidden", "forbidden"],
    ["storage", "storage full"],
    ["full", "full"],
  ])("[CL60] [CL21] a refusal as %s rejects as %s", async (code, name) => {
    const played = await PlayedServer.start();
    const forgotten = herdAt(played).forget("kiwi");
    const connection = await played.accepts();
    connection.says(`?${code} ${await connection.hears()}`);
    await expect(forgotten).rejects.toMatchObject({ code: name });
  });

  test.each(["newest", "all"] as const)(
    "[CL61] reports that wait are not sent any more (%s), those of others are",
    async (reportsSent) => {
      const played = await PlayedServer.start();
      const herd = herdAt(played, { settings: { reportsSent } });
      const before = [1, 2].map((time) => herd.iamat("kiwi", HERE, { time }));
      const emu = herd.iamat("emu", HERE, { time: 1 });
      const forgotten = herd.forget("kiwi");
      for (const report of before)
        await expect(report).rejects.toMatchObject({
          code: "forgotten",
          message: expect.stringContaining('"kiwi" was to be forgotten after it was said'),
        });
      const connection = await played.accepts();
      const line = await connection.hears();
      expect(line).toMatch(/^IAMAT emu /);
      expect(await connection.hears()).toBe("FORGET kiwi");
      connection.says(answerTo(line), FORGOT);
      await emu;
      await forgotten;
    },
  );

  test("[CL61] what is called for after it about its client is sent once it is answered, also over a lost connection", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const forgotten = herd.forget("kiwi");
    const after = herd.iamat("kiwi", HERE, { time: 1 });
    const asked = herd.whatsat("kiwi", { km: 1 });
    const emu = herd.iamat("emu", HERE, { time: 1 });
    const first = await played.accepts();
    expect(await first.hears()).toBe("FORGET kiwi");
    const line = await first.hears();
    expect(line).toMatch(/^IAMAT emu /);
    // Too fast: what was said after it is still held back.
    first.says("?pace=0.01 FORGET kiwi", answerTo(line));
    await emu;
    expect(await first.hears()).toBe("FORGET kiwi");
    first.breakOff();
    const second = await played.accepts();
    expect(await second.hears()).toBe("FORGET kiwi");
    second.says(FORGOT);
    await forgotten;
    const report = await second.hears();
    expect(report).toMatch(/^IAMAT kiwi /);
    expect(await second.hears()).toMatch(/^WHATSAT kiwi /);
    second.says(answerTo(report), answerTo(report), JSON.stringify(PLACES), "");
    expect((await after).time).toBe("1.000000");
    await asked;
  });

  test("[CL61] a report that was sent is not sent again: neither one that was too fast, nor over another connection", async () => {
    const played = await PlayedServer.start();
    const herd = herdAt(played, { settings: { reportsSent: "all" } });
    const connection = await played.accepts();
    const [fast, taken, lost] = [1, 2, 3].map((time) => herd.iamat("kiwi", HERE, { time }));
    const lines = [await connection.hears(), await connection.hears(), await connection.hears()];
    const forgotten = herd.forget("kiwi");
    expect(await connection.hears()).toBe("FORGET kiwi");
    connection.says(`?pace=0.01 ${lines[0]}`, answerTo(lines[1] ?? ""));
    await expect(fast).rejects.toMatchObject({ code: "forgotten" });
    expect((await taken)?.time).toBe("2.000000");
    connection.breakOff();
    await expect(lost).rejects.toMatchObject({ code: "forgotten" });
    const second = await played.accepts();
    expect(await second.hears()).toBe("FORGET kiwi");
    second.says(FORGOT);
    await forgotten;
  });

  test.each(["before", "after"])(
    "[CL61] [CL24] if it is aborted %s it was sent, what came after it is sent",
    async (when) => {
      const played = await PlayedServer.start();
      const herd = herdAt(played);
      const stop = new AbortController();
      const first = when === "after" ? await played.accepts() : undefined;
      if (first !== undefined) {
        // It is open here once it was heard on.
        const mark = herd.iamat("mark", HERE, { time: 1 });
        first.says(answerTo(await first.hears()));
        await mark;
      }
      const forgotten = herd.forget("kiwi", { signal: stop.signal });
      const after = herd.iamat("kiwi", HERE, { time: 1 });
      if (first !== undefined) expect(await first.hears()).toBe("FORGET kiwi");
      stop.abort(new Error("stop"));
      await expect(forgotten).rejects.toThrow("stop");
      first?.says(FORGOT);
      const connection = first ?? (await played.accepts());
      const line = await connection.hears();
      expect(line).toMatch(/^IAMAT kiwi /);
      connection.says(answerTo(line));
      await after;
    },
  );

  test("[CL62] the times that were chosen before count for nothing", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_500_000_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const played = await PlayedServer.start();
    const herd = herdAt(played);
    const connection = await played.accepts();
    const times = [];
    for (const isForgotten of [false, true, false]) {
      if (isForgotten) {
        const forgotten = herd.forget("kiwi");
        expect(await connection.hears()).toBe("FORGET kiwi");
        connection.says(FORGOT);
        await forgotten;
      }
      const report = herd.iamat("kiwi", HERE);
      const line = await connection.hears();
      connection.says(answerTo(line));
      times.push((await report).time);
    }
    expect(times).toEqual(["1500000000.000000", "1500000000.000000", "1500000000.000001"]);
  });
});
