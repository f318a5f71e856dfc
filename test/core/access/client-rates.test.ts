// Whose buckets are remembered: addresses that are quiet are forgotten, those that are not keep theirs.

import { expect, test } from "vitest";
import { ClientRates } from "../../../src/core/access/client-rates.ts";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";

const LIMITS = parseHerdConfig({
  servers: [{ name: "Alford", neighbours: [] }],
  limits: { addressCommandsPerSecond: 1, addressCommandsBurst: 2 },
}).limits;

test("[LI3] forgets the addresses that are quiet, however many come, and none that is not", () => {
  const rates = new ClientRates(LIMITS);
  const speak = (address: string, nowMillis: number) => {
    const rate = rates.rateOf({ address, subject: undefined, isPost: false }, nowMillis);
    if (rate === undefined) throw new Error("Expected a rate");
    return rates.judge(rate, nowMillis);
  };
  let refused = 0;
  for (let n = 0; n < 100_000; n++) {
    speak(`192.0.2.${n}`, n);
    if (speak("203.0.113.7", n) === "refused") refused++;
    expect(rates.addressCount).toBeLessThanOrEqual(4000);
  }
  expect(100_000 - refused, "admitted in 100 s").toBe(2 + 99);
});

test("[LI3] holds nobody to a rate who has no address", () => {
  expect(new ClientRates(LIMITS).rateOf({ address: undefined, subject: undefined, isPost: false }, 0)).toBeUndefined();
});
