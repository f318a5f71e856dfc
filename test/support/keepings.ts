// Keeping as tests of single parts use it.

import { Keeping } from "../../src/core/protocol/keeping.ts";

/** Reports are known for ever. */
export const FOR_EVER = new Keeping({ limits: { keepSeconds: 0 }, peers: { futureSeconds: 86_400 } }, { nowMillis: 0 });

/** For so many seconds, by this clock. */
export function keepingFor(keepSeconds: number, clock: { readonly nowMillis: number }, futureSeconds = 60): Keeping {
  return new Keeping({ limits: { keepSeconds }, peers: { futureSeconds } }, clock);
}
