// Why a server does not take a connection.
//
// A browser tells a page nothing of a failed upgrade, not even its status. A POST without lines comes to the same door: it
// shows the same token, is counted against the same limits, and changes nothing. What it is answered is a problem in JSON.
// Some answers stay the same however often one asks: those end a connection for good. Keeps CL4 and CL5.

import { HerdError } from "./errors.ts";
import type { Target } from "./herd-address.ts";

/** What the door said: `final` if asking again is of no use. */
export interface DoorAnswer {
  readonly reason: string;
  readonly final?: HerdError;
}

export async function askAtDoor(
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
    if (response.ok || response.status < 400)
      return { reason: `${whose} answers POSTs, but a WebSocket to it could not be opened` };
    const reason = `${whose} answered HTTP ${response.status}: ${await titleOf(response)}`;
    const code = finalCodeOf(response.status);
    return code === undefined ? { reason } : { reason, final: new HerdError(code, `Cannot connect: ${reason}`) };
  } catch {
    return {
      reason: `${address.origin} does not answer: is the herd running, and may this page use it (limits.origins)?`,
    };
  }
}

function finalCodeOf(status: number): "token refused" | "invalid" | undefined {
  if (status === 401 || status === 403) return "token refused";
  // No such server or herd, or one that runs elsewhere; what says nothing about the request is a server's own trouble.
  return status === 400 || status === 404 || status === 405 || status === 421 ? "invalid" : undefined;
}

/** The problem in words: its title, and what exists instead. */
async function titleOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { title, servers, addresses } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const exists = [servers, addresses].find((list) => Array.isArray(list)) as readonly unknown[] | undefined;
    return String(title ?? "no reason given") + (exists === undefined ? "" : ` (${exists.join(", ")})`);
  } catch {
    return "no problem of a herd; is the address right?";
  }
}
