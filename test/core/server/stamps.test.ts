// Reports that the server stamps with its own time: those with `now`, and with `?clock=server` those of a clock that is far off.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

/** The AT line of a stamped report. */
function stamped(client: string, time: string, server = "Alford"): string {
  return `AT ${server} +0.000000000 ${client} +1-1 ${time}`;
}

describe("IAMAT with now", () => {
  test.each(["websocket", "post"] as const)("[RP14] is stamped with the time of its receipt, over %s", (via) => {
    const herd = new CoreHarness();
    const client = herd.client({ via });
    herd.nowMillis += 7;
    herd.inOneTurn(() => {
      client.says(iamat("ada", "now"));
      herd.nowMillis += 5000;
    });
    client.hearsLines(stamped("ada", "1000.007000000"));
    expect(herd.store.read("ada")?.line).toBe(stamped("ada", "1000.007000000"));
  });

  test("[RP14] is stamped over TCP, and a client may be named now", () => {
    const client = new CoreHarness().client({ via: "tcp" });
    client.streams(`${iamat("now", "now")}\nIAMAT ada +1-1 no`);
    client.hearsLines(stamped("now", "1000.000000000"));
    client.streams("w\n");
    client.hearsLines(stamped("ada", "1000.000000000"));
  });

  test("[RP14] is stored, flooded, counted, watched and asked about like any other", () => {
    const herd = new CoreHarness({ logLevel: "lines" });
    const { link } = herd.parker.meets();
    const [client, watcher] = [herd.client(), herd.client()];
    watcher.says("WATCH ada");
    watcher.hearsLines("WATCH ada");
    client.says(iamat("ada", "now"));
    link.hearsFrame([stamped("ada", "1000.000000000")], 0, 1);
    watcher.hearsLines(stamped("ada", "1000.000000000"));
    expect(herd.logged("input").map(({ line }) => line)).toContain(iamat("ada", "now"));
    expect(herd.server.status()).toMatchObject({ clients: 1, lastSeq: 1 });
    expect(herd.server.status().counters.commands).toMatchObject({ "IAMAT accepted": 1 });
  });

  test.each(["NOW", "nowx", "now 1", "now now", "1 now"])("[RP14] [LN4] %j is no time", (time) => {
    const herd = new CoreHarness();
    const client = herd.client({ reasons: true });
    client.says(iamat("ada", time));
    client.hears(`?syntax ${iamat("ada", time)}\n`);
    expect(herd.store.read("ada")).toBeUndefined();
  });

  test("[RP15] [RP18] of several in one reading of the clock each counts, in one turn, in the next and in the next life", () => {
    const herd = new CoreHarness();
    const [client, other] = [herd.client(), herd.client()];
    const line = iamat("ada", "now");
    herd.inOneTurn(() => {
      client.says(`${line}\n${line}`);
      other.says(line);
    });
    client.hearsLines(stamped("ada", "1000.000000000"), stamped("ada", "1000.000000001"));
    other.hearsLines(stamped("ada", "1000.000000002"));
    client.says(line);
    client.hearsLines(stamped("ada", "1000.000000003"));
    herd.restart(client);
    client.says(line);
    client.hearsLines(stamped("ada", "1000.000000004"));
    herd.nowMillis += 1;
    client.says(line);
    client.hearsLines(stamped("ada", "1000.001000000"));
  });

  test("[RP15] only of one client: others are stamped with the reading itself", () => {
    const client = new CoreHarness().client();
    client.says(`${iamat("ada", "now")}\n${iamat("bob", "now")}`);
    client.hearsLines(stamped("ada", "1000.000000000"), stamped("bob", "1000.000000000"));
  });

  test("[RP15] a claim that is exactly the time of its receipt has the skew of a stamp, and is superseded", () => {
    const client = new CoreHarness().client();
    client.says(`${iamat("ada", "1000.000")}\n${iamat("ada", "now")}`);
    client.hearsLines(stamped("ada", "1000.000"), stamped("ada", "1000.000000001"));
  });

  test("[RP16] [RP10] changes nothing while a report claims a time ahead of the clock, and counts once it does not", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    const client = herd.client();
    const ahead = "AT Alford -0.500000000 ada +2-2 1000.5";
    client.says("IAMAT ada +2-2 1000.5");
    client.hearsLines(ahead);
    link.takesFrame([ahead], 0, 1);
    client.says(iamat("ada", "now"));
    herd.nowMillis += 500;
    client.says(iamat("ada", "now"));
    client.hears(`${ahead}\n`, `${ahead}\n`);
    link.hearsNothing();
    expect(herd.server.status().counters.commands).toMatchObject({ "IAMAT accepted": 1, "IAMAT stale": 2 });
    herd.nowMillis += 1;
    client.says(iamat("ada", "now"));
    client.hearsLines(stamped("ada", "1000.501000000"));
  });

  test.each([
    ["of a neighbour's clock", stamped("ada", "1000.000000000", "Parker")],
    ["of the same millisecond with another skew", "AT Alford -0.000000001 ada +1-1 1000.000000001"],
    ["of the last nanosecond of the reading", stamped("ada", "1000.000999999")],
    ["of the next reading", stamped("ada", "1000.001000000")],
  ])("[RP16] a report %s stays", (_what, held) => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    feed.sends([held], 0, 1);
    feed.hearsAck(1);
    const client = herd.client();
    client.says(iamat("ada", "now"));
    client.hearsLines(held);
  });

  test("[RP16] a stamp of before the clock was set back stays until the clock is there again", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says(iamat("ada", "now"));
    herd.nowMillis -= 60_000;
    client.says(iamat("ada", "now"));
    client.hears(...[1, 2].map(() => `${stamped("ada", "1000.000000000")}\n`));
  });

  test("[RP6] a later claim supersedes a stamp, and an earlier one does not", () => {
    const client = new CoreHarness().client();
    client.says(`${iamat("ada", "now")}\n${iamat("ada", 999)}\nIAMAT ada +1-1 1000.000000001`);
    const held = stamped("ada", "1000.000000000");
    client.hearsLines(held, held, "AT Alford -0.000000001 ada +1-1 1000.000000001");
  });

  test("[AC4] [LI5] is refused like any other", () => {
    const herd = new CoreHarness({ limits: { clients: 1 } });
    const client = herd.client({ reasons: true });
    client.says(`${iamat("ada", "now")}\n${iamat("bob", "now")}`);
    client.hears(`${stamped("ada", "1000.000000000")}\n?full ${iamat("bob", "now")}\n`);
  });
});

describe("?clock=server", () => {
  const limits = { futureSeconds: 100, pastSeconds: 600 };

  test.each([
    ["399.999999999", undefined],
    ["0", undefined],
    ["400", "AT Alford +600.000000000 ada +1-1 400"],
    ["1100", "AT Alford -100.000000000 ada +1-1 1100"],
    ["1100.000000001", undefined],
    ["99999999999999999999999999999999", undefined],
    ["now", undefined],
  ])("[RP17] at 1000 s, with 600 s of the past and 100 s of the future, %s is answered %s", (time, kept) => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ clock: "server" });
    client.says(iamat("ada", time));
    client.hearsLines(kept ?? stamped("ada", "1000.000000000"));
  });

  test("[RP17] [RP4] is of this connection alone", () => {
    const herd = new CoreHarness({ limits });
    const [client, other] = [herd.client({ clock: "server" }), herd.client()];
    client.says(iamat("ada", 5000));
    client.hearsLines(stamped("ada", "1000.000000000"));
    other.says(`${iamat("bob", 5000)}\n${iamat("ada", 1)}`);
    other.hears(`? ${iamat("bob", 5000)}\n${stamped("ada", "1000.000000000")}\n`);
  });

  test("[RP17] with futureSeconds 0, a time that the clock has not reached is stamped, and the clock's own is kept", () => {
    const client = new CoreHarness({ limits: { futureSeconds: 0 } }).client({ clock: "server", via: "post" });
    client.says([iamat("ada", "1000.000000001"), iamat("bob", 1000)].join("\n"));
    client.hearsLines(stamped("ada", "1000.000000000"), stamped("bob", "1000"));
  });

  test("[RP17] [RP15] the reports of a clock that is years behind all count, and those of a clock that is right keep their times", () => {
    const client = new CoreHarness({ limits }).client({ clock: "server" });
    client.says([iamat("ada", 3), iamat("ada", 4), iamat("ada", 5), iamat("bob", 500), iamat("bob", 501)].join("\n"));
    client.hearsLines(
      ...["1000.000000000", "1000.000000001", "1000.000000002"].map((time) => stamped("ada", time)),
      at("bob", 500),
      at("bob", 501),
    );
  });

  test("[RP17] [RP16] a report that claims a time ahead of the clock stays", () => {
    const client = new CoreHarness({ limits }).client({ clock: "server" });
    client.says(`${iamat("ada", 1050)}\n${iamat("ada", 9999)}\n${iamat("ada", 5)}`);
    client.hearsLines(...[1, 2, 3].map(() => "AT Alford -50.000000000 ada +1-1 1050"));
  });

  test("[RP18] a far-off report that is said again is a new one", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ clock: "server" });
    client.says(iamat("ada", 5));
    herd.nowMillis += 1000;
    client.says(iamat("ada", 5));
    client.hears(`${stamped("ada", "1000.000000000")}\n`, `${stamped("ada", "1001.000000000")}\n`);
  });

  test("[RP17] outlives the memory of the server", () => {
    const herd = new CoreHarness({ limits });
    const client = herd.client({ clock: "server" });
    herd.restart(client);
    client.says(iamat("ada", 5));
    client.hearsLines(stamped("ada", "1000.000000000"));
  });
});
