// What moves: the clients, the floods between the servers, and the client that somebody looks at.
//
// A few clients are discs, all of one tone one path; many are small squares of pixels, and the sparks with them, which is what
// lets ten thousand of them move without a graphics card. Who was not heard for long is faded. Keeps PG8 and PG13.

import type { ClientTable } from "../model/client-table.ts";
import type { Colours } from "./colours.ts";
import { pointOn } from "./curve.ts";
import { DotRaster, fadedPixel } from "./dot-raster.ts";
import { penOn } from "./land-layer.ts";
import type { Plane, Point } from "./plane.ts";
import type { Ring, Sparks } from "./sparks.ts";

export interface Highlight {
  readonly client: string;
  readonly at: Point;
}

/** More clients than this are drawn as squares. */
const DISCS_MAX = 2000;
const DISC_RADIUS = 2.6;
/** How much shows of a client. */
const ALPHA = { fresh: 0.85, stale: 0.25 } as const;
const SQUARE = 3;
const SPARK_RADIUS = { large: 4.5, small: 1.7 } as const;
/** The tail of a large spark: points behind it, and how far apart as a share of the way. */
const TAIL = { points: 10, share: 0.022 } as const;
const RING_RADIUS = { from: 6, to: 30 } as const;

export class MotionLayer {
  readonly #canvas: HTMLCanvasElement;
  readonly #clients: ClientTable;
  readonly #sparks: Sparks;
  #raster: DotRaster | undefined;

  constructor(canvas: HTMLCanvasElement, clients: ClientTable, sparks: Sparks) {
    this.#canvas = canvas;
    this.#clients = clients;
    this.#sparks = sparks;
  }

  draw(
    plane: Plane,
    colours: Colours,
    nowMillis: number,
    { highlights, cross }: { readonly highlights: readonly Highlight[]; readonly cross: Point | undefined },
  ): void {
    const pen = penOn(this.#canvas, plane);
    const isMany = this.#clients.count > DISCS_MAX;
    if (isMany) this.#drawSquares(pen, colours, nowMillis);
    else this.#drawDiscs(pen, colours, nowMillis);
    this.#drawSparks(pen, colours, nowMillis, isMany);
    for (const ring of this.#sparks.rings) drawRing(pen, colours, ring, nowMillis);
    for (const highlight of highlights) drawHighlight(pen, colours, plane, highlight);
    if (cross !== undefined) drawCross(pen, colours, cross);
  }

  #drawDiscs(pen: CanvasRenderingContext2D, { tones }: Colours, nowMillis: number): void {
    const clients = this.#clients;
    const paths = { fresh: tones.map(() => new Path2D()), stale: tones.map(() => new Path2D()) };
    for (let index = 0; index < clients.count; index++) {
      const x = clients.xAt(index, nowMillis);
      if (Number.isNaN(x)) continue;
      const y = clients.yAt(index, nowMillis);
      const path = paths[clients.stale[index] === 1 ? "stale" : "fresh"][clients.tones[index] ?? 0];
      path?.moveTo(x + DISC_RADIUS, y);
      path?.arc(x, y, DISC_RADIUS, 0, 2 * Math.PI);
    }
    for (const age of ["stale", "fresh"] as const) {
      pen.globalAlpha = ALPHA[age];
      for (const [tone, path] of paths[age].entries()) {
        pen.fillStyle = tones[tone] ?? "";
        pen.fill(path);
      }
    }
    pen.globalAlpha = 1;
  }

  /** Clients and small sparks, as pixels. */
  #drawSquares(pen: CanvasRenderingContext2D, { tonePixels }: Colours, nowMillis: number): void {
    const { width, height } = this.#canvas;
    const ratio = pen.getTransform().a;
    if (this.#raster?.width !== width || this.#raster.height !== height) this.#raster = new DotRaster(width, height);
    const raster = this.#raster;
    const clients = this.#clients;
    const fadedPixels = tonePixels.map((pixel) => fadedPixel(pixel, ALPHA.stale));
    raster.begin(Math.max(1, Math.round(SQUARE * ratio)));
    for (let index = 0; index < clients.count; index++)
      raster.draw(
        clients.xAt(index, nowMillis) * ratio,
        clients.yAt(index, nowMillis) * ratio,
        (clients.stale[index] === 1 ? fadedPixels : tonePixels)[clients.tones[index] ?? 0] ?? 0,
      );
    for (const { curve, tone, isLarge, begins, ends } of this.#sparks.sparks) {
      if (isLarge || nowMillis < begins) continue;
      const [x, y] = pointOn(curve, ease((nowMillis - begins) / (ends - begins)));
      raster.draw(x * ratio, y * ratio, tonePixels[tone] ?? 0);
    }
    pen.putImageData(new ImageData(raster.bytes, width, height), 0, 0);
  }

  #drawSparks(pen: CanvasRenderingContext2D, { tones }: Colours, nowMillis: number, isLargeOnly: boolean): void {
    const small = tones.map(() => new Path2D());
    for (const { curve, tone, isLarge, begins, ends } of this.#sparks.sparks) {
      if (nowMillis < begins || (isLargeOnly && !isLarge)) continue;
      const share = ease((nowMillis - begins) / (ends - begins));
      if (!isLarge) {
        const [x, y] = pointOn(curve, share);
        const path = small[tone];
        path?.rect(x - SPARK_RADIUS.small, y - SPARK_RADIUS.small, 2 * SPARK_RADIUS.small, 2 * SPARK_RADIUS.small);
        continue;
      }
      pen.fillStyle = tones[tone] ?? "";
      for (let point = TAIL.points; point >= 0; point--) {
        const behind = share - point * TAIL.share;
        if (behind < 0) continue;
        const [x, y] = pointOn(curve, behind);
        const strength = 1 - point / (TAIL.points + 1);
        pen.globalAlpha = strength * strength;
        pen.beginPath();
        pen.arc(x, y, SPARK_RADIUS.large * (0.35 + 0.65 * strength), 0, 2 * Math.PI);
        pen.fill();
      }
      pen.globalAlpha = 1;
    }
    for (const [tone, path] of small.entries()) {
      pen.fillStyle = tones[tone] ?? "";
      pen.fill(path);
    }
  }
}

function drawRing(pen: CanvasRenderingContext2D, { tones }: Colours, ring: Ring, nowMillis: number): void {
  if (nowMillis < ring.begins) return;
  const share = (nowMillis - ring.begins) / (ring.ends - ring.begins);
  pen.beginPath();
  pen.arc(...ring.at, RING_RADIUS.from + (RING_RADIUS.to - RING_RADIUS.from) * ease(share), 0, 2 * Math.PI);
  pen.globalAlpha = 1 - share;
  pen.lineWidth = 3;
  pen.strokeStyle = tones[ring.tone] ?? "";
  pen.stroke();
  pen.globalAlpha = 1;
}

function drawHighlight(
  pen: CanvasRenderingContext2D,
  { ink, card }: Colours,
  { width }: Plane,
  { client, at: [x, y] }: Highlight,
): void {
  pen.lineWidth = 1.6;
  pen.strokeStyle = ink;
  pen.beginPath();
  pen.arc(x, y, 7, 0, 2 * Math.PI);
  pen.stroke();
  const label = client.length > 24 ? `${client.slice(0, 23)}…` : client;
  pen.font = '600 13px "Inter Variable", system-ui, sans-serif';
  const isLeft = x > width - 140;
  pen.textAlign = isLeft ? "right" : "left";
  pen.textBaseline = "middle";
  pen.lineWidth = 4;
  pen.lineJoin = "round";
  pen.strokeStyle = card;
  pen.strokeText(label, x + (isLeft ? -12 : 12), y);
  pen.fillStyle = ink;
  pen.fillText(label, x + (isLeft ? -12 : 12), y);
}

function drawCross(pen: CanvasRenderingContext2D, { ink }: Colours, [x, y]: Point): void {
  pen.strokeStyle = ink;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    pen.moveTo(x + 4 * dx, y + 4 * dy);
    pen.lineTo(x + 14 * dx, y + 14 * dy);
  }
  pen.stroke();
}

/** Slow at both ends. */
function ease(share: number): number {
  return share < 0.5 ? 2 * share * share : 1 - 2 * (1 - share) * (1 - share);
}
