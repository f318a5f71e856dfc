// Places around a client, as a chart that needs no map: distance from the middle, north at the top.
//
// So places that a city-sized circle holds can be told apart, which on a map of the world would be one dot. Only for places whose
// provider's terms allow that they are drawn. Keeps PG6.

import { greatCircleKm, type Place as Degrees } from "../core/nearest-server.ts";
import { makeSvg } from "./elements.ts";

/** Units from the middle to the edge. */
const RADIUS = 84;

export interface Spot {
  /** Right and down of the middle; the edge is 1 away. */
  readonly x: number;
  readonly y: number;
  readonly km: number;
}

/** Where a place lies from a client, in a circle of so many kilometres. */
export function spotOf(client: Degrees, place: Degrees, radiusKm: number): Spot {
  const km = greatCircleKm(client, place);
  const bearing = bearingOf(client, place);
  const share = Math.min(1, km / radiusKm);
  return { x: Math.sin(bearing) * share, y: -Math.cos(bearing) * share, km };
}

export function drawRadar(svg: SVGSVGElement, spots: readonly Spot[], radiusKm: number): void {
  svg.replaceChildren(
    makeSvg("circle", { class: "edge", r: RADIUS }),
    makeSvg("circle", { class: "ring", r: RADIUS / 2 }),
    makeSvg("text", { x: 0, y: -RADIUS - 14 }, "N"),
    makeSvg("text", { class: "scale", x: 0, y: RADIUS + 14 }, `${radiusKm} km`),
    ...spots.flatMap(({ x, y }, index) => [
      makeSvg("circle", { class: "place", cx: x * RADIUS, cy: y * RADIUS, r: 9 }),
      makeSvg("text", { x: x * RADIUS, y: y * RADIUS }, String(index + 1)),
    ]),
    makeSvg("circle", { class: "client", r: 5 }),
  );
}

/** The direction in which the great circle sets out, clockwise from north. Radians. */
function bearingOf(from: Degrees, to: Degrees): number {
  const [phi1, phi2] = [(from.latitude * Math.PI) / 180, (to.latitude * Math.PI) / 180];
  const east = ((to.longitude - from.longitude) * Math.PI) / 180;
  return Math.atan2(
    Math.sin(east) * Math.cos(phi2),
    Math.cos(phi1) * Math.sin(phi2) - Math.sin(phi1) * Math.cos(phi2) * Math.cos(east),
  );
}
