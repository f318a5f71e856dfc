// Where a follower of a log continues after its connection was lost: no entry comes twice, and none is left out.

import { expect, test } from "vitest";
import { LogPosition } from "../../../src/cli/net/server-log.ts";

const entry = (at: number, event: string) =>
  JSON.stringify({ at: new Date(at).toISOString(), server: "Alford", event });

test("[HC32] the entries of the last time come again, and are printed once each", () => {
  const position = new LogPosition(new Date(0).toISOString());
  const told: string[] = [];
  const hear = (...lines: readonly string[]) => told.push(...lines.filter((line) => position.take(line)));
  const [first, twin, later, last] = [entry(1, "a"), entry(2, "b"), entry(2, "c"), entry(3, "d")];
  position.begin();
  // A server may write the same entry twice at one time.
  hear(first, twin, twin);
  expect(position.begin()).toBe(new Date(2).toISOString());
  hear(twin, twin, twin, later);
  position.begin();
  hear(twin, twin, twin, later, last);
  expect(told).toEqual([first, twin, twin, twin, later, last]);
});
