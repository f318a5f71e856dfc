// Where to connect: at a server by its name, at each of several in turn, or at the nearest.
//
// The answer to a WebSocket's upgrade names the server (ED4), but no browser shows it to a page. So the nearest is asked for
// by GET first and then connected to by its name. If that fails, the next try leaves the choice to /nearest itself,
// which leads past a server that takes no connection; its name is then not known. Keeps CL4.

import { HerdError } from "./errors.ts";
import { formatLocation, type Location } from "./fields.ts";

/** As the platform's own `fetch`, or a service binding's. */
export type Fetch = (address: URL, init: RequestInit) => Promise<Response>;

/** Called as a function of nobody's: a browser's own `fetch` refuses to be anybody's method. */
export const platformFetch: Fetch = (address, init) => fetch(address, init);

export interface HerdAddress {
  /** The herd's address, `http://localhost:8787` or `https://…`. */
  readonly url: string | URL;
  /** A server's name, or several: the next one is tried when one is lost. */
  readonly server?: string | readonly string[] | undefined;
  /** The nearest server; after those of `server`, if there are any. The default without `server`. */
  readonly nearest?: boolean | undefined;
  /** Where this client is, for the choice of the nearest; without it the herd goes by the network's address. */
  readonly near?: Location | undefined;
}

/** What to dial, over HTTP; with the server's name where it is known. */
export interface Target {
  readonly address: URL;
  readonly server: string | undefined;
}

/** A way to find the next target: a server's name, the nearest by its name, or whichever /nearest takes. */
type Choice = { readonly server: string } | "nearest by name" | "nearest";

export class Targets {
  readonly #base: URL;
  readonly #choices: readonly Choice[];
  readonly #near: string | undefined;
  readonly #fetch: Fetch;
  #turn = 0;

  /** Throws HerdError "invalid" if the address is none. */
  constructor({ url, server, nearest, near }: HerdAddress, fetch: Fetch) {
    const servers = typeof server === "string" ? [server] : (server ?? []);
    if (servers.includes(""))
      throw new HerdError("invalid", "Cannot connect to a server without a name: leave `server` out for the nearest");
    const isNearest = nearest ?? server === undefined;
    if (!isNearest && servers.length === 0)
      throw new HerdError("invalid", "Cannot connect to no server: give `server` or `nearest: true`");
    if (!isNearest && near !== undefined)
      throw new HerdError("invalid", "Cannot use `near` without `nearest: true`: the server is named");
    this.#base = baseOf(url);
    this.#choices = [
      ...servers.map((name) => ({ server: name })),
      ...(isNearest ? (["nearest by name", "nearest"] as const) : []),
    ];
    this.#near = near === undefined ? undefined : formatLocation(near);
    this.#fetch = fetch;
  }

  /** How many are tried in turn. */
  get count(): number {
    return this.#choices.length;
  }

  /** The next try. Never rejects: a herd that does not say which server is nearest is dialled at /nearest itself. */
  async next(signal: AbortSignal): Promise<Target> {
    const choice = this.#choices[this.#turn % this.count] ?? "nearest";
    if (typeof choice === "object") return this.#named(choice.server);
    const address = this.#at("/nearest");
    if (this.#near !== undefined) address.searchParams.set("near", this.#near);
    if (choice === "nearest by name") {
      const server = await this.#nameOfNearest(address, signal).catch(() => undefined);
      if (server !== undefined) return this.#named(server);
    }
    return { address, server: undefined };
  }

  /** The last one was lost, or could not be made. */
  fail(wasOpen: boolean): void {
    // A nearest server that was lost is asked for anew: the herd knows who is there now.
    if (wasOpen && this.#choices[0] === "nearest by name") this.#turn = 0;
    else this.#turn++;
  }

  #named(server: string): Target {
    return { address: this.#at(`/servers/${encodeURIComponent(server)}`), server };
  }

  #at(path: string): URL {
    const address = new URL(this.#base);
    address.pathname = address.pathname.replace(/\/$/, "") + path;
    return address;
  }

  /** `undefined` for one of another deployment, to which the herd itself carries a connection. */
  async #nameOfNearest(address: URL, signal: AbortSignal): Promise<string | undefined> {
    const response = await this.#fetch(address, { signal });
    const { server, url } = (await response.json()) as { readonly server?: unknown; readonly url?: unknown };
    return response.ok && typeof server === "string" && url === undefined ? server : undefined;
  }
}

function baseOf(url: string | URL): URL {
  if (!URL.canParse(String(url)) || !/^(?:https?|wss?):$/.test(new URL(url).protocol))
    throw new HerdError(
      "invalid",
      `Cannot connect to ${JSON.stringify(String(url))}: a herd's url is like http://localhost:8787`,
    );
  const base = new URL(url);
  base.protocol = base.protocol.replace("ws", "http");
  base.search = "";
  base.hash = "";
  return base;
}
