// Reports as the page sees them.

import { readReport } from "../../../src/client/client-report.ts";
import type { SeenReport } from "../../../src/page/model/client-table.ts";

export function seen(client: string, time: number, location = "+10+20", server = "Alford"): SeenReport {
  const read = readReport(atLine(client, time, location, server));
  if (read === undefined) throw new Error(`Cannot read the report of ${client} at ${location}`);
  return read;
}

export function atLine(client: string, time: number, location = "+10+20", server = "Alford"): string {
  return `AT ${server} +0.000000000 ${client} ${location} ${time}`;
}
