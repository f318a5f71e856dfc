// Links as gentle arcs on the screen: quadratic Bézier curves, the same from both ends.
//
// A great circle would be truer of a cable, but New York and Singapore lie on opposite sides of the earth: theirs leaves the map
// over the pole. An arc says who is linked with whom, which is all that is meant.

import type { Point } from "./plane.ts";

export interface Curve {
  readonly from: Point;
  readonly bend: Point;
  readonly to: Point;
}

/** How far an arc rises, as a share of its length. */
const RISE = 0.16;

/** An arc that bends towards the top, whichever end comes first. */
export function arcBetween(from: Point, to: Point): Curve {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const side = dx < 0 ? 1 : -1;
  const bend: Point = [(from[0] + to[0]) / 2 - side * dy * RISE, (from[1] + to[1]) / 2 + side * dx * RISE];
  return { from, bend, to };
}

export function straight(from: Point, to: Point): Curve {
  return { from, bend: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2], to };
}

/** The point at a share of the way, 0 to 1. */
export function pointOn({ from, bend, to }: Curve, share: number): Point {
  const rest = 1 - share;
  const along = (axis: 0 | 1) => rest * rest * from[axis] + 2 * rest * share * bend[axis] + share * share * to[axis];
  return [along(0), along(1)];
}

/** As the `d` of an SVG path. */
export function pathOf({ from, bend, to }: Curve): string {
  return `M${pair(from)}Q${pair(bend)} ${pair(to)}`;
}

function pair([x, y]: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
