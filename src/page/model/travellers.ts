// The demo's clients: travellers who fly between cities along great circles, each reporting on its way.
//
// Everything follows from a traveller's number and the time, so that nothing has to be kept: which cities, how fast, how far it
// has come, and in which tick it reports. Reports are spread evenly over time, as those of real clients are. Keeps PG7.

import { geoDistance, geoInterpolate } from "d3-geo";
import { CITIES, type City } from "./cities.ts";

export interface TravellerPlace {
  readonly client: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** Kilometres a second of the demo: from London to New York in a minute. */
const SPEED_KM_PER_SECOND = 90;
const EARTH_RADIUS_KM = 6371;

/** Where a traveller is at a time, in seconds since the demo began. */
export function travellerAt(index: number, seconds: number): TravellerPlace {
  // A different pace and start each, so that they do not fly in step.
  let left = seconds * SPEED_KM_PER_SECOND * (0.7 + 0.6 * fraction(index, 1)) + fraction(index, 2) * 12_000;
  for (let leg = 0; ; leg++) {
    const from = cityOf(index, leg);
    const to = cityOf(index, leg + 1);
    const km = geoDistance(at(from), at(to)) * EARTH_RADIUS_KM;
    if (left > km) {
      left -= km;
      continue;
    }
    const [longitude, latitude] = geoInterpolate(at(from), at(to))(km === 0 ? 0 : left / km);
    return { client: `traveller-${String(index + 1).padStart(3, "0")}`, latitude, longitude };
  }
}

/** The travellers whose turn it is to report between two times, in seconds, when each reports every `everySeconds`. */
export function travellersDue(count: number, everySeconds: number, from: number, to: number): number[] {
  const due: number[] = [];
  const first = Math.ceil((from * count) / everySeconds);
  const end = Math.ceil((to * count) / everySeconds);
  // Whoever slept for long reports once, not once a missed turn.
  for (let turn = Math.max(first, end - count); turn < end; turn++) due.push(turn % count);
  return due;
}

function cityOf(index: number, leg: number): City {
  const drawn = Math.floor(fraction(index, 10 + leg) * CITIES.length);
  return CITIES[drawn] ?? ["", 0, 0];
}

function at([, latitude, longitude]: City): [number, number] {
  return [longitude, latitude];
}

/** From 0 to less than 1, the same for the same numbers: a mixing of bits (lowbias32). */
function fraction(index: number, salt: number): number {
  let bits = Math.imul(index + 1, 0x9e37_79b9) ^ Math.imul(salt, 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb_352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846c_a68b);
  return ((bits ^ (bits >>> 16)) >>> 0) / 4_294_967_296;
}
