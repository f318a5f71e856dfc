// All servers, ordered by their distance from a client.
//
// Distances are great circles on a sphere with the earth's mean radius. They differ from the ellipsoid by at most 0.6 %, far
// less than the network's own detours. A server without a `location` counts as being at the centre of its `locationHint`; a
// server without either comes last. Servers at equal distances keep the order of the configuration, so every deployment has
// the same order. Keeps ED1, ED8 and ED12.

import type { ServerConfig } from "../config/herd-config.ts";
import { degreesOf } from "../protocol/location.ts";

/** Degrees north and east. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Candidate<Server> {
  readonly server: Server;
  /** `undefined` if the server's place is not known. */
  readonly distanceKm: number | undefined;
}

type Placed = Pick<ServerConfig, "name" | "location" | "locationHint">;

/** The mean radius of the earth (IUGG): (2a + b) / 3 of WGS 84. */
const EARTH_RADIUS_KM = 6371.0088;

/**
 * The centre of the people whom each region serves, to the degree. This is our reading of the names: Cloudflare does not say
 * where the regions are. https://developers.cloudflare.com/durable-objects/reference/data-location/ (2026-11-22)
 */
const REGION_CENTRES: Readonly<Record<NonNullable<ServerConfig["locationHint"]>, Place>> = {
  wnam: { latitude: 37, longitude: -119 },
  enam: { latitude: 39, longitude: -78 },
  sam: { latitude: -23, longitude: -47 },
  weur: { latitude: 49, longitude: 4 },
  eeur: { latitude: 51, longitude: 22 },
  apac: { latitude: 22, longitude: 114 },
  "apac-ne": { latitude: 36, longitude: 138 },
  "apac-se": { latitude: 3, longitude: 104 },
  oc: { latitude: -34, longitude: 150 },
  afr: { latitude: -26, longitude: 28 },
  me: { latitude: 25, longitude: 52 },
};

/** By the haversine formula, which is exact for close places too. */
export function greatCircleKm(from: Place, to: Place): number {
  const [phi1, phi2] = [radians(from.latitude), radians(to.latitude)];
  const halfChord = Math.hypot(
    Math.sin((phi2 - phi1) / 2),
    Math.sqrt(Math.cos(phi1) * Math.cos(phi2)) * Math.sin(radians(to.longitude - from.longitude) / 2),
  );
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, halfChord));
}

/** Where a server is, as far as the configuration says; `undefined` if it does not. */
export function placeOf({ location, locationHint }: Placed): Place | undefined {
  if (location !== undefined) return degreesOf(location);
  return locationHint === undefined ? undefined : REGION_CENTRES[locationHint];
}

/** All servers, nearest first. */
export function nearestServers<Server extends Placed>(servers: readonly Server[], from: Place): Candidate<Server>[] {
  return servers
    .map((server) => {
      const place = placeOf(server);
      return { server, distanceKm: place && greatCircleKm(from, place) };
    })
    .toSorted((a, b) => compare(a.distanceKm ?? Infinity, b.distanceKm ?? Infinity));
}

/** For a client whose place is not known: the default server first, then the servers nearest to that one. */
export function defaultServers<Server extends Placed>(
  servers: readonly Server[],
  defaultServer: string | undefined,
): Candidate<Server>[] {
  const first = servers.find(({ name }) => name === defaultServer) ?? servers[0];
  if (first === undefined) return [];
  const others = servers.filter((server) => server !== first);
  const place = placeOf(first);
  const ordered = place === undefined ? others : nearestServers(others, place).map(({ server }) => server);
  return [first, ...ordered].map((server) => ({ server, distanceKm: undefined }));
}

/** Unlike a subtraction, it also works for two infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
