// The store that the other tests and the simulator stand on keeps to the contract of the real one.

import { MemoryReportStore } from "../../support/memory-report-store.ts";
import { describeReportStore } from "../../support/store-contract.ts";

describeReportStore("memory", async (body) => {
  const store = new MemoryReportStore();
  await body({
    store,
    reopen: () => new MemoryReportStore(store.rows),
    alarmAtMillis: () => Promise.resolve(store.alarmAtMillis),
  });
});
