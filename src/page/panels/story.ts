// One flood in words, under the map: who heard it, who knows it by now and how soon, and who cannot.
//
// A screen reader is told once, when nobody more can come or after a while, not hop by hop. Keeps PG4, PG9 and PG20.

import { byId, make, setText } from "../dom/elements.ts";
import type { Flood, Hop } from "../model/flood-tracker.ts";
import { reachedFrom, type HerdView } from "../model/herd-view.ts";

/** After that a server that is reachable is said to wait. */
const ANNOUNCE_MILLIS = 4000;

export class Story {
  readonly #root = byId("story", HTMLElement);
  readonly #hops = byId("story-hops", HTMLElement);
  #line = "";
  #origin = "";
  #client = "";
  #known = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Tells of a flood from its first hop on, in place of the one before. */
  tell({ line, client, origin }: Flood, hop: Hop, herd: HerdView, toneOf: (server: string) => number): void {
    if (line !== this.#line) this.#begin(line, client, origin);
    this.#known.set(hop.to, hop.millis);
    this.draw(herd, toneOf);
    const awaited = [...reachedFrom(origin, herd.links)].filter((server) => !this.#known.has(server));
    if (awaited.length === 0) this.#announce(herd);
    else if (this.#timer === undefined) this.#timer = setTimeout(() => this.#announce(herd), ANNOUNCE_MILLIS);
  }

  /** Draws it anew: a server may have gone or come back. */
  draw({ servers, links }: HerdView, toneOf: (server: string) => number): void {
    if (this.#line === "") return;
    const reached = reachedFrom(this.#origin, links);
    const first = this.#known.get(this.#origin) ?? Math.min(...this.#known.values());
    const entries = [...this.#known].map(([server, millis]) => {
      const when = server === this.#origin ? "heard it" : `+${Math.max(0, Math.round(millis - first))} ms`;
      return make("li", { class: `name tone-${toneOf(server)}` }, make("b", { text: server }), when);
    });
    const waiting = servers
      .filter(({ name }) => !this.#known.has(name))
      .map(({ name, service }) => {
        const why = service !== "in service" ? service : reached.has(name) ? "…" : "cut off";
        return make("li", { class: `name away waits tone-${toneOf(name)}` }, make("b", { text: name }), why);
      });
    const count = this.#known.size;
    const all = count === servers.length ? `all ${count} servers know` : `${count} of ${servers.length} servers know`;
    setText(byId("story-title", HTMLElement), `Where ${this.#client} is: ${all}`);
    this.#hops.replaceChildren(...entries, ...waiting);
    this.#root.hidden = false;
  }

  /** The client was forgotten: if the flood is of a report of it, nothing is told of it any more. */
  forget(client: string): void {
    if (this.#line === "" || client !== this.#client) return;
    this.#begin("", "", "");
    this.#root.hidden = true;
    setText(byId("story-title", HTMLElement), "");
    this.#hops.replaceChildren();
    setText(byId("announcement", HTMLElement), `${client} was forgotten.`);
  }

  #begin(line: string, client: string, origin: string): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#line = line;
    this.#client = client;
    this.#origin = origin;
    this.#known = new Map();
  }

  #announce({ servers }: HerdView): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const unknowing = servers.filter(({ name }) => !this.#known.has(name)).map(({ name }) => name);
    const rest = unknowing.length === 0 ? "" : `; not yet: ${unknowing.join(", ")}`;
    setText(
      byId("announcement", HTMLElement),
      `${this.#client} reported to ${this.#origin}. Known at ${[...this.#known.keys()].join(", ")}${rest}.`,
    );
  }
}
