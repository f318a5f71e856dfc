// What counts of what is held, by its age.

import { describe, expect, test } from "vitest";
import { lapseOf, type Keeping } from "../../../src/core/protocol/keeping.ts";
import { parseAt, type Report } from "../../../src/core/protocol/report.ts";
import { keepingFor } from "../../support/keepings.ts";

/** Heard at 1000 s, whatever it claims. */
const HEARD_1000 = [
  "AT Alford +0.000000000 ada +1-1 1000",
  "AT Alford -3600.000000000 ada +1-1 4600",
  "AT Alford +1000.000000000 ada +1-1 0",
];

const MARKER_900 = "AT Alford +0.000000000 ada +0+0 0 forgot=900.000000000";

function report(line: string): Report {
  const parsed = parseAt(line);
  if (parsed === undefined) throw new Error(`Expected a report: ${line}`);
  return parsed;
}

/** Keeps for 100 s; clocks may be 60 s apart. */
function at(seconds: number): Keeping {
  return keepingFor(100, { nowMillis: seconds * 1000 }, 60);
}

describe("a report", () => {
  test.each(HEARD_1000)("[KP1] is known for as long as it is kept after it was heard: %s", (line) => {
    const held = report(line);
    for (const seconds of [500, 1000, 1100]) expect(at(seconds).of(held)).toBe(held);
    for (const seconds of [1100.001, 1e9]) expect(at(seconds).of(held)).toBeUndefined();
    expect(at(0).untilMillis(held)).toBe(1_100_000);
  });

  test("[KP1] is known for ever where it is not said for how long", () => {
    const keeping = keepingFor(0, { nowMillis: 1e15 });
    for (const line of [...HEARD_1000, MARKER_900]) {
      expect(keeping.of(report(line))?.line).toBe(line);
      expect(keeping.untilMillis(report(line))).toBe(Infinity);
    }
  });

  test("[KP3] counts not beside one that was heard when it was past keeping, by the clock of whichever server", () => {
    const held = report("AT Alford -3600.000000000 ada +1-1 4600");
    const next = (seconds: number) => report(`AT Parker +0.000000000 ada +2-2 ${seconds}`);
    expect(at(1050).beside(held, next(1050))).toBe(held);
    expect(at(1050).beside(held, next(1100))).toBe(held);
    expect(at(1050).beside(held, next(1101))).toBeUndefined();
    expect(at(1101).beside(held, next(1050))).toBeUndefined();
    expect(at(1050).beside(held, report(MARKER_900))).toBe(held);
  });
});

describe("that a client was forgotten", () => {
  test("[KP4] is known for longer than reports, by as much as clocks may be apart", () => {
    const held = report(MARKER_900);
    for (const seconds of [900, 1001, 1060]) expect(at(seconds).of(held)).toBe(held);
    expect(at(1060.001).of(held)).toBeUndefined();
    expect(at(0).untilMillis(held)).toBe(1_060_000);
  });

  test("[KP4] stays known where a report heard since is past keeping", () => {
    const held = report("AT Parker +0.000000000 ada +1-1 950 forgot=900.000000000");
    expect(at(1050).of(held)).toBe(held);
    expect(at(1051).of(held)?.line).toBe("AT Parker +0.000000000 ada +0+0 0 forgot=900.000000000");
    expect(at(1061).of(held)).toBeUndefined();
  });

  test("[KP6] is told of a report that is past keeping as of when that was heard", () => {
    expect(lapseOf(report(HEARD_1000[1] ?? "")).line).toBe("AT Alford +0.000000000 ada +0+0 0 forgot=1000.000000000");
  });
});

describe("what was long past keeping", () => {
  test("[KP7] stays so, whatever its age", () => {
    const keeping = keepingFor(1_000_000, { nowMillis: 1_500_000 });
    const held = report(HEARD_1000[0] ?? "");
    expect(keeping.of(held)).toBe(held);
    keeping.letGoBefore(1_000_001);
    expect(keeping.of(held)).toBeUndefined();
    expect(keeping.beside(held, held)).toBeUndefined();
    keeping.letGoBefore(5);
    expect([keeping.sinceMillis, keeping.of(held)]).toEqual([1_000_001, undefined]);
    const forEver = keepingFor(0, { nowMillis: 1_500_000 });
    forEver.letGoBefore(1_000_001);
    expect([forEver.of(held), forEver.beside(held, held)]).toEqual([undefined, undefined]);
  });
});
