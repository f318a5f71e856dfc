// The demo: travellers who report as they fly, each to the server nearest to it that is in service.
//
// It speaks over one connection a server, as a company with many vehicles would, at a pace that every herd's limits admit. It
// does not read the answers: that a report arrived is seen on the map. Keeps PG7.

import { LineConnection } from "../../client/line-connection.ts";
import { nearestServers } from "../../core/geo/nearest-server.ts";
import type { HerdView } from "../model/herd-view.ts";
import type { Session } from "./session.ts";
import { travellerAt, travellersDue } from "../model/travellers.ts";

const TRAVELLERS = 300;
/** Each reports so often: 75 reports a second together, below the 100 lines a second of one connection. */
const EVERY_SECONDS = 4;
const TICK_MILLIS = 50;
/** How long a server that was lost is left alone. */
const REST_MILLIS = 2000;

export class Demo {
  readonly #session: Session;
  readonly #connections = new Map<string, LineConnection>();
  /** When each connection was lost last, by the page's clock. */
  readonly #lostMillis = new Map<string, number>();
  #herd: HerdView | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** When it began, and until when travellers have reported, by the page's clock. Milliseconds. */
  #beganMillis = 0;
  #doneMillis = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  start(): void {
    if (this.isRunning) return;
    // Where they stopped they go on.
    const restMillis = performance.now() - this.#doneMillis;
    this.#beganMillis += restMillis;
    this.#doneMillis += restMillis;
    this.#timer = setInterval(() => this.#tick(), TICK_MILLIS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const name of this.#connections.keys()) this.#close(name);
  }

  update(herd: HerdView): void {
    this.#herd = herd;
    for (const { name, service } of herd.servers) if (service !== "in service") this.#close(name);
  }

  #tick(): void {
    const nowMillis = performance.now();
    const [from, to] = [this.#doneMillis, nowMillis].map((millis) => (millis - this.#beganMillis) / 1000);
    this.#doneMillis = nowMillis;
    const serving = this.#herd?.servers.filter(({ name, service, place }) => {
      const isResting = nowMillis - (this.#lostMillis.get(name) ?? -Infinity) < REST_MILLIS;
      return service === "in service" && place !== undefined && !isResting;
    });
    if (serving === undefined || serving.length === 0) return;
    const time = (Date.now() / 1000).toFixed(3);
    const placed = serving.map(({ name, place }) => ({ name, location: place && locationText(place) }));
    for (const index of travellersDue(TRAVELLERS, EVERY_SECONDS, from ?? 0, to ?? 0)) {
      const traveller = travellerAt(index, to ?? 0);
      const server = nearestServers(placed, traveller)[0]?.server.name;
      if (server === undefined) continue;
      this.#connectionTo(server).send(`IAMAT ${traveller.client} ${locationText(traveller)} ${time}`);
    }
  }

  #connectionTo(server: string): LineConnection {
    const known = this.#connections.get(server);
    if (known !== undefined) return known;
    const url = this.#herd?.servers.find(({ name }) => name === server)?.url ?? this.#session.url;
    const connection = new LineConnection({ url, server, token: this.#session.token });
    this.#connections.set(server, connection);
    // The status will say whether the server is still in service; meanwhile its travellers go to the next nearest.
    connection.addEventListener("state", ({ state }) => {
      if (state !== "waiting" || this.#connections.get(server) !== connection) return;
      this.#lostMillis.set(server, performance.now());
      this.#close(server);
    });
    return connection;
  }

  #close(server: string): void {
    const connection = this.#connections.get(server);
    this.#connections.delete(server);
    connection?.close();
  }
}

/** `±lat±lon` to the fourth decimal, eleven metres. */
export function locationText({
  latitude,
  longitude,
}: {
  readonly latitude: number;
  readonly longitude: number;
}): string {
  return signed(latitude) + signed(longitude);
}

function signed(degrees: number): string {
  return (degrees < 0 ? "-" : "+") + Math.abs(degrees).toFixed(4);
}
