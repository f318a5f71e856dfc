// What becomes of an IAMAT: the clock, the guard, and the commit before the answer.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

describe("the answer to an IAMAT", () => {
  test("[RP5] is the AT line: this server, the exact skew, the client's fields as sent", () => {
    const client = new CoreHarness().client();
    client.says(" IAMAT\tkiwi.cs.ucla.edu  +34.068930-118.445127 0999.736126614 ");
    client.hears("AT Alford +0.263873386 kiwi.cs.ucla.edu +34.068930-118.445127 0999.736126614\n");
  });

  test("[RP5] counts the skew from when the line was received, not from when it was answered", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    herd.inOneTurn(() => {
      client.says(iamat("ada", 990));
      herd.nowMillis += 5000;
    });
    client.hearsLines(at("ada", 990));
  });

  test("[RP5] has a minus where the client's clock is ahead", () => {
    const client = new CoreHarness().client();
    client.says(iamat("ada", "1000.000000001"));
    client.hears("AT Alford -0.000000001 ada +1-1 1000.000000001\n");
  });

  test.each([
    ["4600", true],
    ["4600.000000001", false],
  ])("[RP4] at 1000 s, with futureSeconds 3600, IAMAT at %s is valid: %s", (time, isValid) => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says(iamat("ada", time));
    client.hears(isValid ? `AT Alford -3600.000000000 ada +1-1 ${time}\n` : `? ${iamat("ada", time)}\n`);
    expect(herd.store.read("ada") !== undefined).toBe(isValid);
  });

  test("[RP9] never judges an AT: what a neighbour accepted is accepted", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const line = `AT Parker -8999.000000000 ada +1-1 9999`;
    feed.sends([line], 0, 1);
    feed.hearsAck(1);
    expect(herd.store.read("ada")?.line).toBe(line);
  });
});

describe("the guard", () => {
  test.each(["990", "989.999999999", "0990.000000000", "0"])(
    "[RP10] with 990 held, IAMAT at %s changes nothing, is not flooded, and hears what is held",
    (time) => {
      const herd = new CoreHarness();
      const { link } = herd.parker.meets();
      const client = herd.client();
      client.says(iamat("ada", 990));
      link.takesFrame([at("ada", 990)], 0, 1);
      client.takeReceived();
      herd.advance(1000);
      client.says(`IAMAT ada -2+2 ${time}`);
      client.hearsLines(at("ada", 990));
      link.hearsNothing();
      expect(herd.store.read("ada")?.line).toBe(at("ada", 990));
      expect(herd.server.status()).toMatchObject({ lastSeq: 1, clients: 1 });
    },
  );

  test("[RP10] a retry on another connection, turn and life gets the answer of the first try", () => {
    const herd = new CoreHarness();
    herd.client().says(iamat("ada", 990));
    herd.advance(5000);
    herd.restart();
    const client = herd.client();
    client.says(iamat("ada", 990));
    client.hearsLines(at("ada", 990));
  });

  test("[RP6] reports of one client in one turn are answered as if each had come alone", () => {
    const herd = new CoreHarness();
    const { link } = herd.parker.meets();
    const [client, other] = [herd.client(), herd.client()];
    herd.inOneTurn(() => {
      client.says([990, 980, 990, 995].map((time) => iamat("ada", time)).join("\n"));
      other.says([994, 995, 996].map((time) => iamat("ada", time)).join("\n"));
    });
    client.hearsLines(at("ada", 990), at("ada", 990), at("ada", 990), at("ada", 995));
    other.hearsLines(at("ada", 995), at("ada", 995), at("ada", 996));
    link.hearsFrame([at("ada", 996)], 0, 1);
    expect(herd.server.status()).toMatchObject({ clients: 1, lastSeq: 1 });
  });

  test("[RP6] reports of one client in one turn are judged against what the store holds", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says(iamat("ada", 990));
    client.takeReceived();
    herd.restart(client);
    herd.parker.forgetDials();
    client.says([985, 990, 989].map((time) => iamat("ada", time)).join("\n"));
    client.hearsLines(at("ada", 990), at("ada", 990), at("ada", 990));
    client.says([985, 991, 990, 992].map((time) => iamat("ada", time)).join("\n"));
    client.hearsLines(at("ada", 990), at("ada", 991), at("ada", 991), at("ada", 992));
    expect(herd.store.read("ada")?.line).toBe(at("ada", 992));
  });

  test("[RP6] [RP11] between a neighbour and a client in one turn, a report of equal time stays", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const client = herd.client();
    herd.inOneTurn(() => {
      feed.sends([at("ada", 990, "Parker"), at("bob", 980, "Parker")], 0, 2);
      client.says(`${iamat("ada", 990)}\n${iamat("bob", 985)}`);
    });
    feed.hearsAck(2);
    client.hearsLines(at("ada", 990, "Parker"), at("bob", 985));
    expect(herd.store.read("ada")?.line).toBe(at("ada", 990, "Parker"));
  });

  test("[RP1] tells ids apart that only look alike", () => {
    const client = new CoreHarness().client();
    client.says(`${iamat("e\u0301", 990)}\n${iamat("é", 980)}\n${iamat("E\u0301", 970)}`);
    client.hearsLines(at("e\u0301", 990), at("é", 980), at("E\u0301", 970));
  });
});

describe("durability", () => {
  test("[RP7] an answer leaves after the commit that holds its report, and one commit serves a whole turn", () => {
    const herd = new CoreHarness();
    const clients = [herd.client(), herd.client(), herd.client()];
    const { commits } = herd.store;
    herd.inOneTurn(() => clients.forEach((client, index) => client.says(iamat(`client-${index}`, 990))));
    expect(herd.store.commits).toBe(commits + 1);
    clients.forEach((client, index) => client.hearsLines(at(`client-${index}`, 990)));
  });

  test("[RP7] [CU15] a commit that throws lets nothing leave: no answer, no ACK, no flood, no report kept", () => {
    const herd = new CoreHarness();
    const { feed } = herd.parker.meets();
    const { link } = herd.powell.meets();
    const client = herd.client();
    herd.store.failure = new Error("disk full");
    const turn = () =>
      herd.inOneTurn(() => {
        client.says(`FOO\n${iamat("ada", 990)}`);
        feed.sends([at("bob", 990, "Parker")], 0, 1);
      });
    expect(turn).toThrow(herd.store.failure);
    for (const connection of [client, feed, link]) connection.hearsNothing();
    expect([herd.store.read("ada"), herd.store.read("bob")]).toEqual([undefined, undefined]);
  });

  test("[RP7] [CU15] the life after one whose commit threw takes everything again, as new", () => {
    const herd = new CoreHarness();
    herd.parker.meets().feed.breaks();
    const client = herd.client();
    herd.store.failure = new Error("disk full");
    expect(() => client.says(iamat("ada", 990))).toThrow("disk full");
    herd.store.failure = undefined;
    herd.restart();
    const again = herd.client();
    again.says(iamat("ada", 990));
    again.hearsLines(at("ada", 990));
    const feed = herd.parker.dials();
    feed.hearsSync(0);
    feed.sends([at("bob", 990, "Parker")], 0, 1);
    feed.hearsAck(1);
    expect(herd.server.status()).toMatchObject({ clients: 2 });
  });
});
