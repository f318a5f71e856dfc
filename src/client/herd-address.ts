// Where to connect: to one named server, to each of several names in turn, or to the nearest server.
//
// The answer to a WebSocket's upgrade names the server (ED15), but a browser does not show it to a page. So a GET asks for the
// nearest server's name first, and the connection goes to that name. If it fails, the next try connects to /nearest itself, which
// leads past a server that takes no connection. The server's name is then not known. Keeps CL4 and CL19.

import { HerdError } from "./errors.ts";
import { shown } from "./fields.ts";
import { formatLocation, type Location } from "./fields.ts";

/** The platform's own `fetch`, or a service binding's. */
export type Fetch = (address: URL, init: RequestInit) => Promise<Response>;

/** A browser's own `fetch` throws when it is called as a method of another object. */
export const platformFetch: Fetch = (address, init) => fetch(address, init);

export interface HerdAddress {
  /** The herd's address, `http://localhost:8787` or `https://…`. */
  readonly url: string | URL;
  /** One server's name, or several: the next one is tried when a server is lost. */
  readonly server?: string | readonly string[] | undefined;
  /** Connects to the nearest server, after the names of `server` if there are any. True by default without `server`. */
  readonly nearest?: boolean | undefined;
  /** Where this client is. By default the herd chooses the nearest server by the network address. */
  readonly near?: Location | undefined;
}

/** An address to dial, as HTTP, and the server's name if it is known. */
export interface Target {
  readonly address: URL;
  readonly server: string | undefined;
}

/** How to find the next target: a server's name, the name that `GET /nearest` tells, or /nearest itself. */
type Choice = { readonly server: string } | "nearest by name" | "nearest";

export class Targets {
  readonly #base: URL;
  readonly #choices: readonly Choice[];
  readonly #near: string | undefined;
  readonly #fetch: Fetch;
  #turn = 0;

  /** Throws HerdError "invalid" if the options name no address. */
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

  /** How many targets are tried in turn. */
  get count(): number {
    return this.#choices.length;
  }

  /** The next target. Never rejects: if the herd does not name the nearest server, the target is /nearest itself. */
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

  /** The last connection was lost or could not be made. */
  fail(wasOpen: boolean): void {
    // If the nearest server was lost, the herd is asked again which one is nearest now.
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

  /** `undefined` if the server runs in another deployment: the herd itself carries a connection there. */
  async #nameOfNearest(address: URL, signal: AbortSignal): Promise<string | undefined> {
    const response = await this.#fetch(address, { signal });
    const { server, url } = (await response.json()) as { readonly server?: unknown; readonly url?: unknown };
    return response.ok && typeof server === "string" && url === undefined ? server : undefined;
  }
}

function baseOf(url: string | URL): URL {
  if (typeof url !== "string" && !(url instanceof URL))
    throw new HerdError("invalid", `Cannot connect to ${shown(url)}: a herd's url is a text or a URL`);
  if (!URL.canParse(String(url)) || !/^(?:https?|wss?):$/.test(new URL(url).protocol))
    throw new HerdError(
      "invalid",
      `Cannot connect to ${JSON.stringify(String(url))}: a herd's url looks like http://localhost:8787`,
    );
  const base = new URL(url);
  base.protocol = base.protocol.replace("ws", "http");
  base.search = "";
  base.hash = "";
  return base;
}
