// Places around a client, as a chart that needs no map: distance from the middle, north at the top.
//
// So places that a city-sized circle holds can be told apart, which on a map of the world would be one dot. Only for places whose
// provider's terms allow that they are drawn. Keeps PG6.

import { makeSvg } from "../dom/elements.ts";
import type { Spot } from "../model/spot.ts";

/** Units from the middle to the edge. */
const RADIUS = 84;

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
