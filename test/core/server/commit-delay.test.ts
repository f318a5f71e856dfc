// A commit of reports that waits for others to share its row.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";

const COMMIT_MILLIS = 100;

/** Of ada's report, which comes so much later than the start. */
const ADA = "AT Alford +10.100000000 ada +1-1 990";

/** A lone server, so that its clients' reports are all that it writes. It has made its first commits. */
function loneHerd(commitMillis = COMMIT_MILLIS) {
  const herd = new CoreHarness({ limits: { commitMillis }, isAlone: true });
  const client = herd.client();
  client.says(iamat("first", 990));
  herd.advance(commitMillis);
  client.takeReceived();
  return { herd, client };
}

describe("the commit of an IAMAT", () => {
  test("[SR10] [RP7] is made limits.commitMillis after it, and then it is answered", () => {
    const { herd, client } = loneHerd();
    const { commits } = herd.store;
    client.says(iamat("ada", 990));
    herd.advance(COMMIT_MILLIS - 1);
    client.hearsNothing();
    expect([herd.store.read("ada"), herd.store.commits]).toEqual([undefined, commits]);
    herd.advance(1);
    client.hearsLines(ADA);
    expect(herd.store.commits).toBe(commits + 1);
  });

  test("[SR10] [SR1] takes all that came meanwhile, of all connections, in one row; the first one says when", () => {
    const { herd, client } = loneHerd();
    const before = herd.store.rowsWritten;
    const clients = Array.from({ length: 9 }, () => herd.client());
    for (const [index, other] of clients.entries()) {
      other.says(iamat(`client-${index}`, 990));
      herd.advance(10);
    }
    client.says(`${iamat("client-0", 991)}\n${iamat("client-0", 989)}`);
    for (const other of clients) other.hearsNothing();
    herd.advance(COMMIT_MILLIS - 90);
    for (const other of clients) expect(other.takeReceived()).toHaveLength(1);
    expect(client.takeReceived().join("").split("\n")).toHaveLength(3);
    expect(herd.store.rowsWritten).toBe(before + 1);
  });

  test("[SR10] lets answers pass that need no commit, in the order of each connection", () => {
    const { herd, client } = loneHerd();
    const other = herd.client();
    client.says(`${iamat("ada", 990)}\nFOO`);
    other.says("FOO");
    other.hears("? FOO\n");
    client.hearsNothing();
    herd.advance(COMMIT_MILLIS);
    expect(client.takeReceived().join("")).toMatch(/^AT Alford .* ada .*\n\? FOO\n$/);
  });

  test("[SR10] [CU25] is made at once if a WHATSAT is about its client", () => {
    const { herd, client } = loneHerd();
    client.says(iamat("ada", 990));
    herd.client().says("WHATSAT ada 1 1");
    client.hearsLines(ADA);
    expect(herd.store.read("ada")?.line).toBe(ADA);
  });

  test("[SR10] [ED5] is made at once with that of an operator's command, and is answered before the connection closes", () => {
    const { herd, client } = loneHerd();
    client.says(iamat("ada", 990));
    herd.turn({ type: "drained" });
    client.hearsLines(ADA);
    expect([herd.store.read("ada")?.line, herd.store.readIsDrained()]).toEqual([ADA, true]);
  });

  test("[SR10] [RP10] of a time that is not later changes nothing, and is answered with what is current by then", () => {
    const { herd, client } = loneHerd();
    client.says(iamat("ada", 990));
    const other = herd.client();
    herd.advance(50);
    other.says(iamat("ada", 990));
    herd.advance(50);
    const [answer] = client.takeReceived();
    expect(other.takeReceived()).toEqual([answer]);
  });

  test("[SR10] that a crash comes before is not made, and nobody was answered", () => {
    const { herd, client } = loneHerd();
    client.says(iamat("ada", 990));
    herd.restart();
    expect([herd.store.read("ada"), client.takeReceived()]).toEqual([undefined, []]);
  });

  test("[SR10] waits for nothing by default", () => {
    const { herd, client } = loneHerd(0);
    client.says(iamat("ada", 990));
    client.hearsLines(at("ada", 990));
    expect(herd.server.nextTurnMillis).toBe(Infinity);
  });

  test("[SR10] of somebody who has gone is made, and nobody is answered", () => {
    const { herd, client } = loneHerd();
    client.says(iamat("ada", 990));
    client.breaks();
    herd.advance(COMMIT_MILLIS);
    expect(herd.store.read("ada")?.line).toBe(ADA);
  });
});
