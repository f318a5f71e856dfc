// Where to connect: at a server by its name, at each of a list in turn, or at the nearest.
//
// The answer to a WebSocket's upgrade names the server (ED4), but no browser shows it to a page. So the nearest is asked for
// by GET first and then connected to by its name. If that fails, the next try leaves the choice to /nearest itself,
// which leads past a server that takes no connection; its name is then not known. Keeps CL4.

import { HerdError } from "./errors.ts";
import { formatLocation, type Location } from "./fields.ts";

export interface HerdAddress {
  /** The herd's address, `http://localhost:8787` or `https://…`. */
  readonly url: string | URL;
  /** A server's name, or several: the next one is tried when one is lost. Without it, and with `nearest`, the nearest. */
  readonly server?: string | readonly string[] | undefined;
  readonly nearest?: boolean | undefined;
  /** Where this client is, for the choice of the nearest; without it the herd goes by the network's address. */
  readonly near?: Location | undefined;
}

/** What to dial, over HTTP; with the server's name where it is known. */
export interface Target {
  readonly address: URL;
  readonly server: string | undefined;
}

export class Targets {
  readonly #base: URL;
  readonly #servers: readonly string[];
  readonly #near: string | undefined;
  #failures = 0;

  /** Throws HerdError "invalid" if the address is none. */
  constructor({ url, server, nearest, near }: HerdAddress) {
    this.#base = baseOf(url);
    this.#servers = server === undefined ? [] : typeof server === "string" ? [server] : server;
    if (this.#servers.length > 0 && (nearest === true || near !== undefined))
      throw new HerdError(
        "invalid",
        "Cannot connect to a server and to the nearest: give one of `server` and `nearest`",
      );
    if ((server !== undefined && this.#servers.length === 0) || this.#servers.includes(""))
      throw new HerdError(
        "invalid",
        "Cannot connect to a server without a name: leave `server` out for the nearest one",
      );
    this.#near = near === undefined ? undefined : formatLocation(near);
  }

  /** How many servers are tried in turn. */
  get count(): number {
    return Math.max(1, this.#servers.length);
  }

  /** The next try. Never rejects: a herd that does not say which server is nearest is dialled at /nearest itself. */
  async next(signal: AbortSignal): Promise<Target> {
    if (this.#servers.length > 0) return this.#named(this.#servers[this.#failures % this.#servers.length] ?? "");
    const address = this.#at("/nearest");
    if (this.#near !== undefined) address.searchParams.set("near", this.#near);
    if (this.#failures % 2 === 0) {
      const server = await nameOfNearest(address, signal).catch(() => undefined);
      if (server !== undefined) return this.#named(server);
    }
    return { address, server: undefined };
  }

  /** The last one was lost or could not be made. */
  fail(wasOpen: boolean): void {
    // A nearest server that was lost is asked for anew; a list goes on to its next.
    if (this.#servers.length === 0 && wasOpen) this.#failures = 0;
    else this.#failures++;
  }

  #named(server: string): Target {
    return { address: this.#at(`/servers/${encodeURIComponent(server)}`), server };
  }

  #at(path: string): URL {
    const address = new URL(this.#base);
    address.pathname = address.pathname.replace(/\/$/, "") + path;
    return address;
  }
}

function baseOf(url: string | URL): URL {
  const base = URL.parse(url);
  if (base === null || !/^(?:https?|wss?):$/.test(base.protocol))
    throw new HerdError(
      "invalid",
      `Cannot connect to ${JSON.stringify(String(url))}: a herd's url is like http://localhost:8787`,
    );
  base.protocol = base.protocol.replace("ws", "http");
  base.search = "";
  base.hash = "";
  return base;
}

/** `undefined` for one of another deployment, to which the herd itself carries a connection. */
async function nameOfNearest(address: URL, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(address, { signal });
  const { server, url } = (await response.json()) as { readonly server?: unknown; readonly url?: unknown };
  return response.ok && typeof server === "string" && url === undefined ? server : undefined;
}
