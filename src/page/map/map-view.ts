// The map as a whole: its layers, its size, its frames, and what somebody points at.
//
// A frame is drawn only while something moves or has changed, so that a page which is only open costs nothing. What is pointed
// at is a client if one stands there, or else the place. Keeps PG2, PG5, PG8 and PG9.

import type { Place } from "../../core/geo/nearest-server.ts";
import type { ClientTable } from "../model/client-table.ts";
import { onColourChange, readColours, TONES, type Colours } from "./colours.ts";
import { byId, setText } from "../dom/elements.ts";
import type { Flood, Hop } from "../model/flood-tracker.ts";
import type { HerdView } from "../model/herd-view.ts";
import { drawLand } from "./land-layer.ts";
import { LinkLayer } from "./link-layer.ts";
import { MarkerLayer } from "./marker-layer.ts";
import { MotionLayer } from "./motion-layer.ts";
import { Plane, type Point } from "./plane.ts";
import { Sparks } from "./sparks.ts";

export interface StageEvents {
  readonly onPlace: (place: Place) => void;
  readonly onClient: (client: string) => void;
  readonly onServer: (server: string) => void;
}

/** How near a click has to be to a client: a mouse is finer than a finger. CSS pixels. */
const REACH = { fine: 8, coarse: 16 } as const;
const STEP = { large: 16, small: 3 } as const;
const STEPS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class MapView {
  readonly sparks = new Sparks();
  /** Clients whose names are shown: those that somebody here spoke of. */
  readonly named = new Set<string>();
  readonly #clients: ClientTable;
  readonly #events: StageEvents;
  readonly #surface = byId("surface", HTMLElement);
  readonly #land = byId("land", HTMLCanvasElement);
  readonly #links = new LinkLayer(byId("links", SVGSVGElement));
  readonly #markers: MarkerLayer;
  readonly #motion: MotionLayer;
  #herd: HerdView | undefined;
  #points = new Map<string, Point>();
  #colours: Colours = readColours();
  #plane = new Plane(1, 1);
  #cross: Point | undefined;
  #isDirty = true;

  constructor(clients: ClientTable, events: StageEvents) {
    this.#clients = clients;
    this.#events = events;
    this.#markers = new MarkerLayer(byId("markers", HTMLElement), events.onServer);
    this.#motion = new MotionLayer(byId("motion", HTMLCanvasElement), clients, this.sparks);
    this.sparks.isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    new ResizeObserver(() => this.#resize()).observe(this.#surface);
    onColourChange(() => {
      this.#colours = readColours();
      this.#resize();
    });
    this.#listen();
    const frame = () => {
      this.#draw(performance.now());
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  setHerd(herd: HerdView): void {
    this.#herd = herd;
    this.#points = new Map(
      herd.servers.flatMap(({ name, place }) => {
        const point = place && this.#plane.toPoint(place.longitude, place.latitude);
        return point === undefined ? [] : [[name, point] as const];
      }),
    );
    const pointOf = (server: string) => this.#points.get(server);
    this.#links.draw(herd.links, pointOf);
    this.#markers.draw(herd.servers, this.#plane.width, pointOf);
  }

  /** A client has moved, or its name is to be shown: the next frame draws it. */
  stir(): void {
    this.#isDirty = true;
  }

  /** Shows a hop; when it will have arrived, in milliseconds of the page's clock. */
  showHop(flood: Flood, hop: Hop, isLarge: boolean, nowMillis: number): number {
    const to = this.#points.get(hop.to);
    if (to === undefined) return nowMillis;
    const from = hop.from === undefined ? this.#clients.placeOf(flood.client, nowMillis) : this.#points.get(hop.from);
    const tone = this.toneOf(flood.origin);
    const arrives = this.sparks.show(flood, hop, from, to, { tone, isLarge, nowMillis });
    this.#isDirty = true;
    return arrives;
  }

  toneOf(server: string): number {
    const index = this.#herd?.servers.findIndex(({ name }) => name === server) ?? -1;
    return index < 0 ? 0 : index % TONES;
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#surface;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.#plane = new Plane(clientWidth, clientHeight);
    this.#cross = undefined;
    drawLand(this.#land, this.#plane, this.#colours);
    this.#clients.place((longitude, latitude) => this.#plane.toPoint(longitude, latitude), clientWidth);
    this.sparks.clear();
    if (this.#herd !== undefined) this.setHerd(this.#herd);
    this.#isDirty = true;
  }

  #draw(nowMillis: number): void {
    const isFlying = this.sparks.settle(nowMillis);
    const isMoving = isFlying || nowMillis <= this.#clients.movesUntil;
    if (!this.#isDirty && !isMoving) return;
    // One more after the last move, which shows where it ended.
    this.#isDirty = isMoving;
    const highlights = [...this.named].flatMap((client) => {
      const at = this.#clients.placeOf(client, nowMillis);
      return at === undefined ? [] : [{ client, at }];
    });
    this.#motion.draw(this.#plane, this.#colours, nowMillis, { highlights, cross: this.#cross });
  }

  /** The client was forgotten: its name and what is in the air of it are gone. */
  forget(client: string): void {
    this.named.delete(client);
    this.sparks.forget(client);
    this.stir();
  }

  #listen(): void {
    const surface = this.#surface;
    surface.addEventListener("click", ({ offsetX, offsetY, pointerType }) => {
      this.#cross = undefined;
      this.#pick([offsetX, offsetY], pointerType === "touch" ? REACH.coarse : REACH.fine);
    });
    surface.addEventListener("pointermove", ({ offsetX, offsetY }) => {
      const isOver = this.#clients.nearest(offsetX, offsetY, REACH.fine, performance.now()) !== undefined;
      surface.style.cursor = isOver ? "pointer" : "crosshair";
    });
    surface.addEventListener("keydown", (event) => {
      const direction = STEPS[event.key];
      if (direction !== undefined) this.#moveCross(direction, event.shiftKey ? STEP.small : STEP.large);
      else if (event.key === "Enter" && this.#cross !== undefined) this.#pick(this.#cross, REACH.fine);
      else if (event.key === "Escape") this.#cross = undefined;
      else return;
      event.preventDefault();
      this.#isDirty = true;
    });
    surface.addEventListener("blur", () => {
      this.#cross = undefined;
      this.#isDirty = true;
    });
  }

  #pick([x, y]: Point, reach: number): void {
    const found = this.#clients.nearest(x, y, reach, performance.now());
    if (found !== undefined) return this.#events.onClient(found.report.client);
    const place = this.#plane.toPlace(x, y);
    if (place !== undefined) this.#events.onPlace(place);
  }

  #moveCross([dx, dy]: Point, step: number): void {
    const { width, height } = this.#plane;
    const [x, y] = this.#cross ?? [width / 2, height / 2];
    const moved: Point = [clamp(x + dx * step, 0, width), clamp(y + dy * step, 0, height)];
    this.#cross = moved;
    const client = this.#clients.nearest(...moved, REACH.fine, performance.now())?.report.client;
    const place = this.#plane.toPlace(...moved);
    const where = place === undefined ? "beside the world" : describePlace(place);
    setText(byId("cross-place", HTMLElement), client === undefined ? where : `${client}, ${where}`);
  }
}

export function describePlace({ latitude, longitude }: Place): string {
  const north = `${Math.abs(latitude).toFixed(1)}° ${latitude < 0 ? "south" : "north"}`;
  return `${north}, ${Math.abs(longitude).toFixed(1)}° ${longitude < 0 ? "west" : "east"}`;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
