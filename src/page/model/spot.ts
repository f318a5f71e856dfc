// Where a place lies from a client: how far, and in which direction. Keeps PG6.

import { greatCircleKm, type Place } from "../../core/geo/nearest-server.ts";

export interface Spot {
  /** Right and down of the middle; the edge is 1 away. */
  readonly x: number;
  readonly y: number;
  readonly km: number;
}

/** Where a place lies from a client, in a circle of so many kilometres. */
export function spotOf(client: Place, place: Place, radiusKm: number): Spot {
  const km = greatCircleKm(client, place);
  const bearing = bearingOf(client, place);
  const share = Math.min(1, km / radiusKm);
  return { x: Math.sin(bearing) * share, y: -Math.cos(bearing) * share, km };
}

/** The direction in which the great circle sets out, clockwise from north. Radians. */
function bearingOf(from: Place, to: Place): number {
  const [phi1, phi2] = [(from.latitude * Math.PI) / 180, (to.latitude * Math.PI) / 180];
  const east = ((to.longitude - from.longitude) * Math.PI) / 180;
  return Math.atan2(
    Math.sin(east) * Math.cos(phi2),
    Math.cos(phi1) * Math.sin(phi2) - Math.sin(phi1) * Math.cos(phi2) * Math.cos(east),
  );
}
