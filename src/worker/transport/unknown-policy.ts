// `?unknown=` of an address: how a WHATSAT about an unknown client is answered on this connection (WA7).

import * as z from "zod";
import type { UnknownPolicy } from "../../core/protocol/connection.ts";

export const UNKNOWN_POLICIES = ["ignore", "reject"] as const satisfies readonly UnknownPolicy[];

const policy = z.enum(UNKNOWN_POLICIES);

/** The policy; `undefined` if the address has none, so that the herd's default holds; "invalid" for any other value. */
export function unknownPolicyOf(address: string): UnknownPolicy | undefined | "invalid" {
  const value = new URL(address).searchParams.get("unknown");
  return value === null ? undefined : (policy.safeParse(value).data ?? "invalid");
}
