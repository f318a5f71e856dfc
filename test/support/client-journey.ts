// Clients that move and ask through the client library, while the test breaks the herd behind it.
//
// It imports no platform and only the types of the library: the same journey runs in Node, in workerd and in a browser, with
// the library of each. Every client has one report on its way at a time, with a place and a time that no other report has.
// An answer to another command would be noticed.

import type { Herd } from "../../src/client/herd.ts";

export interface Journey {
  /** The beginning of all ids. */
  readonly prefix: string;
  readonly clients: number;
  /** All clients go on until so many reports are acknowledged in total. */
  readonly reports: number;
  /** Whether one server answers everything. Another one may not have heard yet what the client was told there. */
  readonly isAtOneServer?: boolean;
  /** Called with the number of each acknowledged report. */
  readonly onAcknowledged?: (count: number) => void;
}

export interface JourneyOutcome {
  readonly reports: number;
  readonly questions: number;
  /** Answers that do not belong to their calls. */
  readonly mismatches: readonly string[];
  /** The time of each client's last acknowledged report. */
  readonly last: Readonly<Record<string, number>>;
}

/** Rejects if a call rejects. */
export async function travel(herd: Herd, journey: Journey): Promise<JourneyOutcome> {
  const { prefix, clients, reports, isAtOneServer = true, onAcknowledged } = journey;
  const mismatches: string[] = [];
  const last: Record<string, number> = {};
  let [said, acknowledged, questions] = [0, 0, 0];

  async function move(client: string, index: number): Promise<void> {
    for (let step = 1; said < reports; step++) {
      said++;
      const location = { latitude: (step % 180) - 89.5, longitude: index + 0.25 };
      const time = 1_400_000_000 + step;
      const report = await herd.iamat(client, location, { time });
      const told = [report.client, Number(report.time), report.location.latitude, report.location.longitude];
      if (told.join() !== [client, time, location.latitude, location.longitude].join())
        mismatches.push(`${client} at ${time}: ${report.line}`);
      last[client] = time;
      onAcknowledged?.(++acknowledged);
      if (step % 5 === 0) await ask(client, time);
    }
  }

  async function ask(client: string, time: number): Promise<void> {
    const { report, places } = await herd.whatsat(client, { km: 1, items: 1 });
    questions++;
    const isExpected = isAtOneServer ? Number(report.time) === time : Number(report.time) <= time;
    if (report.client !== client || !isExpected || !Array.isArray(places.results))
      mismatches.push(`${client} asked at ${time}: ${report.line}`);
  }

  await Promise.all(Array.from({ length: clients }, (_, index) => move(`${prefix}-${index}`, index)));
  return { reports: acknowledged, questions, mismatches, last };
}
