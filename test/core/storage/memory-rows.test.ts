// The rows that the simulator and the tests of the core stand on keep to the contract of those in SQLite.

import { MemoryRows } from "../../support/memory-rows.ts";
import { describeRows } from "../../support/rows-contract.ts";

describeRows("memory", async (body) => {
  const rows = new MemoryRows();
  await body({
    rows,
    alarmAtMillis: () => Promise.resolve(rows.alarmAtMillis),
    bringEarlier: (reports) => {
      rows.bringEarlier(reports);
      return rows;
    },
    reopen: () => rows.copy(),
  });
});
