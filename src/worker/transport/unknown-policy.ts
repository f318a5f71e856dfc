// `?unknown=` of an address: what this connection's WHATSATs about unknown clients are answered (WA2).

import * as z from "zod";
import type { UnknownPolicy } from "../../core/protocol/connection.ts";

export const UNKNOWN_POLICIES = ["ignore", "reject"] as const satisfies readonly UnknownPolicy[];

const policy = z.enum(UNKNOWN_POLICIES);

/** The policy; `undefined` where the address has none: then the herd's own holds; "invalid" where it is not one. */
export function unknownPolicyOf(address: string): UnknownPolicy | undefined | "invalid" {
  const value = new URL(address).searchParams.get("unknown");
  return value === null ? undefined : (policy.safeParse(value).data ?? "invalid");
}
