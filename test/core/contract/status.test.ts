// A status as the command line, the page and other deployments read it.

import { describe, expect, test } from "vitest";
import { readServerStatus } from "../../../src/core/contract/status.ts";
import { CoreHarness, iamat } from "../../support/core-harness.ts";

function answered(): Record<string, unknown> {
  const herd = new CoreHarness();
  herd.client().says(iamat("ada", 990));
  return JSON.parse(JSON.stringify(herd.server.status())) as Record<string, unknown>;
}

describe("a status that is read back", () => {
  test("[HD2] is what the server said, with what it said beside", () => {
    const answer = { ...answered(), places: [{ name: "embedded" }], later: 1 };
    expect(readServerStatus(answer)).toEqual(answer);
  });

  test("[HD30] of the version before has today's names", () => {
    const { isDrained: _, storage: _has, storageProblem: _why, incarnation, lastSeq, counters, ...rest } = answered();
    const before = { ...rest, isDown: true, run: incarnation, highest: lastSeq };
    const { commands: _commands, ...counted } = counters as Record<string, unknown>;
    const read = readServerStatus({ ...before, counters: { ...counted, iamatAccepted: 7, iamatStale: 2 } });
    expect(read).toMatchObject({ isDrained: true, incarnation, lastSeq, storage: "has room", storageProblem: null });
    expect(read?.counters.commands).toEqual({ "IAMAT accepted": 7, "IAMAT stale": 2 });
  });

  test.each([
    ["nothing", null],
    ["a text", "ok"],
    ["a list", []],
    ["an error", { error: "it does not answer" }],
    ["another program's answer", { server: "nginx", clients: 3 }],
    ["neighbours that are none", { ...answered(), neighbours: [1] }],
    ["clients as text", { ...answered(), clients: "3" }],
  ])("[HD2] is none if it is %s", (_, answer) => {
    expect(readServerStatus(answer)).toBeUndefined();
  });
});
