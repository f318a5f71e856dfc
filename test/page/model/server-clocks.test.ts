import { expect, test } from "vitest";
import { ServerClocks } from "../../../src/page/model/server-clocks.ts";
import { seen } from "./seen.ts";

test("[PG12] an age is by the clock of the server that heard the report, whatever the device's clock says", () => {
  const clocks = new ServerClocks();
  const { report } = seen("ada", 1000, "+0+0", "Alford");
  // Nobody has told a time yet.
  expect(clocks.ageSecondsOf(report, 1_010_000)).toBe(10);
  clocks.hear(
    [
      { name: "Alford", status: { nowMillis: 1_060_000 } },
      { name: "Parker", status: { nowMillis: 2_000_000 } },
      { name: "Powell", status: undefined },
    ],
    5_000_000,
  );
  expect(clocks.ageSecondsOf(report, 5_000_000)).toBe(60);
  expect(clocks.ageSecondsOf(report, 5_030_000)).toBe(90);
  // An earlier version tells no time: what was known stays.
  clocks.hear([{ name: "Alford", status: {} }], 5_030_000);
  expect(clocks.ageSecondsOf(report, 4_000_000)).toBe(0);
});
