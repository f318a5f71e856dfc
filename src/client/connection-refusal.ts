// Why a server does not take a connection.
//
// A browser tells a page nothing about a failed upgrade, not even its status. So the same address is asked again with a POST
// without lines: it shows the same token and counts against the same limits, and it changes nothing. A refusal is a problem
// in JSON. Some problems stay however often one asks; they end the connection for good. An answer that is no problem of the
// herd's, such as a proxy's, may pass. Keeps CL3 and CL23.

import { HerdError } from "./errors.ts";
import type { Fetch, Target } from "./herd-address.ts";

export interface ConnectionRefusal {
  readonly reason: string;
  /** Present if asking again is of no use. */
  readonly final?: HerdError;
}

/** Asks the server why it took no connection. Never rejects. */
export async function askWhyRefused(
  fetch: Fetch,
  { address, server }: Target,
  token: string | undefined,
  signal: AbortSignal,
): Promise<ConnectionRefusal> {
  const name = server ?? address.href;
  try {
    const response = await fetch(address, {
      method: "POST",
      body: "",
      signal,
      // A redirect leads to another deployment, which must not see the token.
      redirect: "manual",
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    });
    if (response.status < 400) return { reason: `${name} answers, but a WebSocket to it could not be opened` };
    return refusalIn(name, response.status, await response.text());
  } catch {
    return { reason: silence(address) };
  }
}

/** What an HTTP answer with an error says. `name`: the server's. */
export function refusalIn(name: string, status: number, text: string): ConnectionRefusal {
  const problem = problemIn(text);
  const reason = `${name} answered HTTP ${status}: ${problem ?? "no problem of a herd: is the address right?"}`;
  const code = problem === undefined ? undefined : finalCodeOf(status);
  return code === undefined ? { reason } : { reason, final: new HerdError(code, `Cannot connect: ${reason}`) };
}

/** Why there was no answer, as far as that can be known. */
export function silence({ origin }: URL): string {
  // A browser does not tell a page which of the two it is.
  const orForbidden = "document" in globalThis ? ", and may this page use it (limits.origins)" : "";
  return `${origin} does not answer: is the herd running${orForbidden}?`;
}

function finalCodeOf(status: number): "token refused" | "invalid" | undefined {
  if (status === 401 || status === 403) return "token refused";
  // There is no such server or herd, or it runs elsewhere. Any other status is the server's own trouble and may pass.
  return status === 400 || status === 404 || status === 405 || status === 421 ? "invalid" : undefined;
}

/** The problem in words: its title, and what exists instead. */
function problemIn(text: string): string | undefined {
  try {
    const { title, servers, addresses } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof title !== "string") return undefined;
    const exists = [servers, addresses].find((list) => Array.isArray(list)) as readonly unknown[] | undefined;
    return exists === undefined ? title : `${title} (${exists.join(", ")})`;
  } catch {
    return undefined;
  }
}
