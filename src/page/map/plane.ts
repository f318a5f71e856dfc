// The plane of the map: places on earth to points of the screen, and back.
//
// Equal Earth shows every country in its true size. The world is cut through the Bering Strait, and shown without the ice at its
// ends, where no server stands; a client there is not drawn. Units are CSS pixels.

import { geoEqualEarth, type GeoProjection } from "d3-geo";
import type { Place } from "../../core/geo/nearest-server.ts";

/** Degrees east of the map's middle. */
const MIDDLE = 11;
/** What has to be visible: the whole equator, and these latitudes. */
const FRAME: readonly (readonly [number, number])[] = [
  [MIDDLE - 179.9, 0],
  [MIDDLE + 179.9, 0],
  [MIDDLE, 81],
  [MIDDLE, -57],
];
/** Of the height that is left over, this part lies above the world: what is said of it stands below. */
const ABOVE = 0.42;

export type Point = readonly [x: number, y: number];

export class Plane {
  readonly projection: GeoProjection;
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    const frame = { type: "MultiPoint" as const, coordinates: FRAME.map(([x, y]) => [x, y]) };
    this.projection = geoEqualEarth().rotate([-MIDDLE, 0]).fitSize([width, height], frame);
    const [x, y] = this.projection.translate();
    const [, top = 0] = this.projection([MIDDLE, 81]) ?? [];
    this.projection.translate([x, y - top * (1 - 2 * ABOVE)]);
  }

  toPoint(longitude: number, latitude: number): Point | undefined {
    const point = this.projection([longitude, latitude]);
    if (point === null || !this.isVisible(point)) return undefined;
    return point;
  }

  /** `undefined` beside the world. */
  toPlace(x: number, y: number): Place | undefined {
    const found = this.projection.invert?.([x, y]);
    if (found === null || found === undefined) return undefined;
    const [longitude, latitude] = found;
    // Beside the world the inverse is out of range, or is that of another point.
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return undefined;
    const back = this.projection([longitude, latitude]);
    if (back === null || Math.hypot(back[0] - x, back[1] - y) > 1) return undefined;
    return { latitude, longitude };
  }

  isVisible([x, y]: Point): boolean {
    return x >= 0 && y >= 0 && x <= this.width && y <= this.height;
  }
}
