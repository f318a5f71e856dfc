// What an operator asks of a herd over HTTP, with the deployment's operator token.

import { Option } from "commander";
import * as z from "zod";
import { fetchHerdText } from "./herd-http.ts";

export interface OperatorOptions {
  readonly url: string;
  readonly token?: string;
}

/** Needed for a deployed herd; one on this machine has none, unless its .dev.vars says so. */
export function tokenOption(): Option {
  return new Option("--token <token>", "the operator's token of the deployment").env("OPERATOR_TOKEN");
}

/** POSTs; throws an error that says what to do where the herd does not do it. */
export async function askAsOperator(
  path: string,
  { url, token = "" }: OperatorOptions,
): Promise<{ readonly epoch: string }> {
  const headers = token === "" ? undefined : { Authorization: `Bearer ${token}` };
  const text = await fetchHerdText(new URL(path, url), { method: "POST", ...(headers && { headers }) });
  return z.object({ epoch: z.string() }).parse(JSON.parse(text));
}
