// The client library's journey as a page runs it: bundled, and called by the test through the browser.

import { connect } from "../../src/client/herd.ts";
import { travel, type Journey, type JourneyOutcome } from "../support/client-journey.ts";

export interface PageJourney extends Omit<Journey, "onAcknowledged"> {
  /** The herd's address, and the server's name. */
  readonly url: string;
  readonly server: string;
}

export interface PageOutcome extends JourneyOutcome {
  /** How often the connection was lost. */
  readonly losses: number;
}

declare global {
  /** Of the test: hears how many reports are acknowledged. */
  var onAcknowledged: (count: number) => void;
  var travelHere: (journey: PageJourney) => Promise<PageOutcome>;
}

globalThis.travelHere = async ({ url, server, ...journey }) => {
  await using herd = connect({ url, server, settings: { retrySecondsMin: 0.05, retrySecondsMax: 0.5 } });
  let losses = 0;
  herd.addEventListener("connection", ({ state }) => {
    if (state === "waiting") losses++;
  });
  const outcome = await travel(herd, { ...journey, onAcknowledged: (count) => globalThis.onAcknowledged(count) });
  return { ...outcome, losses };
};
