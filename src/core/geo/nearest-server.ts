// Which server is nearest to a client: all of them, in the order in which a client is to be led to them.
//
// Distances are great circles on a sphere of the earth's mean radius: at most 0.6 % off the ellipsoid, far less than the
// network's own detours. A server without a `location` stands at the centre of its `locationHint`; one without either
// comes last. Equally far servers keep the order of the configuration, so every deployment orders them alike. Keeps ED1.

import type { ServerConfig } from "../config/herd-config.ts";
import { degreesOf } from "../protocol/location.ts";

/** Degrees north and east. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export interface Candidate<Server> {
  readonly server: Server;
  /** `undefined` where nobody knows where it is. */
  readonly distanceKm: number | undefined;
}

type Placed = Pick<ServerConfig, "name" | "location" | "locationHint">;

/** The mean radius of the earth (IUGG): (2a + b) / 3 of WGS 84. */
const EARTH_RADIUS_KM = 6371.0088;

/**
 * The middle of the people whom each region serves, to the degree: our reading of the names, since Cloudflare says where
 * none of them is. https://developers.cloudflare.com/durable-objects/reference/data-location/ (2026-11-22)
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

/** By the haversine formula, which is exact for near places too. */
export function greatCircleKm(from: Place, to: Place): number {
  const [phi1, phi2] = [radians(from.latitude), radians(to.latitude)];
  const halfChord = Math.hypot(
    Math.sin((phi2 - phi1) / 2),
    Math.sqrt(Math.cos(phi1) * Math.cos(phi2)) * Math.sin(radians(to.longitude - from.longitude) / 2),
  );
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, halfChord));
}

/** Where a server is taken to be; `undefined` where nobody knows. */
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

/** For a client of whom nobody knows where it is: the default server, then those nearest to that one. */
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

/** Unlike a difference, it has an answer for two infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
