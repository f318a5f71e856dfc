// The claims of a token, as far as this herd reads them: anything else in their place is not believed. Keeps AC14 and AC15.

import * as z from "zod";
import type { TokenClaims } from "../../core/access/permissions.ts";
import { CLIENT_BYTES_MAX } from "../../core/protocol/report.ts";

const patterns = z.array(z.string().min(1).max(CLIENT_BYTES_MAX));

const claims = z.looseObject({
  sub: z.string().min(1).optional(),
  exp: z.number(),
  herd: z
    .strictObject({
      reports: patterns.optional(),
      asks: patterns.optional(),
      operator: z.boolean().optional(),
    })
    .optional(),
});

/** The claims; `undefined` if they are not of the shape that docs/secure.md gives. */
export function readClaims(payload: unknown): TokenClaims | undefined {
  return claims.safeParse(payload).data;
}
