// What an operator asks of a herd over HTTP, with the deployment's operator token.

import * as z from "zod";
import { fetchHerdText } from "./herd-http.ts";

export interface OperatorOptions {
  readonly url: string;
  readonly token?: string;
}

/** POSTs; throws an error that says what to do where the herd does not do it. */
export async function askAsOperator(
  path: string,
  { url, token }: OperatorOptions,
  attempt: string,
): Promise<{ readonly epoch: string }> {
  const text = await fetchHerdText(new URL(path, url), { method: "POST", token, by: "operator", attempt });
  return z.object({ epoch: z.string() }).parse(JSON.parse(text));
}
