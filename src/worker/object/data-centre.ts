// In which data centre a server runs. Its object was asked for near a place (`locationHint`); this is what became of it.

import * as z from "zod";
import type { DataCentre } from "../env/server-rpc.ts";

/** Time that the trace has to answer. */
const TRACE_MILLIS_MAX = 3000;

const traceSchema = z.object({
  /** The airport code of the data centre, such as FRA. */
  colo: z.string().regex(/^[A-Z]{3}$/),
  /** Its country. */
  loc: z.string().regex(/^[A-Z]{2}$/),
});

/** Asks Cloudflare's trace, lines of `name=value`. `undefined` where that does not tell, as on a machine of one's own. */
export async function findDataCentre(traceUrl: string): Promise<DataCentre | undefined> {
  try {
    const response = await fetch(traceUrl, { signal: AbortSignal.timeout(TRACE_MILLIS_MAX) });
    const lines = (await response.text()).split("\n").map((line) => line.split("=", 2));
    return traceSchema.safeParse(Object.fromEntries(lines)).data;
  } catch {
    return undefined;
  }
}
