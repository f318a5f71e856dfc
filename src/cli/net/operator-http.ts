// An operator's requests to a herd over HTTP, with the deployment's operator token (ED7, HD8).

import * as z from "zod";
import { fetchHerdText } from "./herd-http.ts";
import { operatorTokenFor } from "./local-operator.ts";

export interface OperatorOptions {
  readonly url: string;
  readonly token?: string;
}

/** POSTs, and returns the body of the answer. Throws an error that says what to do if the herd refuses. */
export async function postAsOperator(path: string, options: OperatorOptions, attempt: string): Promise<string> {
  const { url } = options;
  const token = await operatorTokenFor(url, options.token);
  return fetchHerdText(new URL(path, url), { method: "POST", token, by: "operator", attempt });
}

/** POSTs where a new epoch begins, and returns the epoch. */
export async function postForEpoch(path: string, options: OperatorOptions, attempt: string): Promise<string> {
  return z.object({ epoch: z.string() }).parse(JSON.parse(await postAsOperator(path, options, attempt))).epoch;
}
