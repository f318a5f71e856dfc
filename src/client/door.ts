// Why a server does not take a connection.
//
// A browser tells a page nothing of a failed upgrade, not even its status. A POST without lines comes to the same door: it
// shows the same token, is counted against the same limits, and changes nothing. What it is answered is a problem in JSON.
// Some problems stay the same however often one asks: those end a connection for good. What is no problem of a herd, as of a
// proxy before it, may pass. Keeps CL4 and CL5.

import { HerdError } from "./errors.ts";
import type { Fetch, Target } from "./herd-address.ts";

/** What the door said: `final` if asking again is of no use. */
export interface DoorAnswer {
  readonly reason: string;
  readonly final?: HerdError;
}

export async function askAtDoor(
  fetch: Fetch,
  { address, server }: Target,
  token: string | undefined,
  signal: AbortSignal,
): Promise<DoorAnswer> {
  const whose = server ?? address.href;
  try {
    const response = await fetch(address, {
      method: "POST",
      body: "",
      signal,
      // Another deployment would be asked without the token.
      redirect: "manual",
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    });
    if (response.status < 400) return { reason: `${whose} answers, but a WebSocket to it could not be opened` };
    return refusalIn(whose, response.status, await response.text());
  } catch {
    return { reason: silence(address) };
  }
}

/** What an answer that is none says. */
export function refusalIn(whose: string, status: number, text: string): DoorAnswer {
  const problem = problemIn(text);
  const reason = `${whose} answered HTTP ${status}: ${problem ?? "no problem of a herd: is the address right?"}`;
  const code = problem === undefined ? undefined : finalCodeOf(status);
  return code === undefined ? { reason } : { reason, final: new HerdError(code, `Cannot connect: ${reason}`) };
}

/** Why nothing was answered, as far as that can be known. */
export function silence({ origin }: URL): string {
  // No browser tells a page which of the two it is.
  const orForbidden = "document" in globalThis ? ", and may this page use it (limits.origins)" : "";
  return `${origin} does not answer: is the herd running${orForbidden}?`;
}

function finalCodeOf(status: number): "token refused" | "invalid" | undefined {
  if (status === 401 || status === 403) return "token refused";
  // No such server or herd, or one that runs elsewhere; what says nothing about the request is a server's own trouble.
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
