// Where a client probably is, by its address: by the address's coordinates, else its country, else its continent.
//
// Such facts are a network's guess and come as optional text. Each one counts only if it makes sense: a latitude without a
// longitude, or of 91, does not. The origin also says which fact decided. Keeps ED10 to ED12.

import { CONTINENT_CENTRES, continentOf, isContinent, type Continent } from "./continent.ts";
import type { Place } from "./nearest-server.ts";

/** What Cloudflare's `request.cf` may say about a client's address. Degrees are decimal. */
export interface AddressFacts {
  readonly latitude?: unknown;
  readonly longitude?: unknown;
  readonly country?: unknown;
  readonly continent?: unknown;
}

export interface Origin {
  /** Which fact decided, for people. */
  readonly by: string;
  /** `undefined` if no fact did. */
  readonly place: Place | undefined;
}

const DECIMAL = /^[+-]?\d{1,3}(?:\.\d{1,32})?$/;

/** Where an address is. */
export function originOf({ latitude, longitude, country, continent }: AddressFacts): Origin {
  const [north, east] = [degrees(latitude, 90), degrees(longitude, 180)];
  if (north !== undefined && east !== undefined)
    return { by: "the address's coordinates", place: { latitude: north, longitude: east } };
  const ofCountry = typeof country === "string" ? continentOf(country) : undefined;
  if (ofCountry !== undefined) return centreOf(ofCountry, `the address's country, ${String(country)}`);
  if (typeof continent === "string" && isContinent(continent)) return centreOf(continent, "the address's continent");
  return { by: "nothing: the default server comes first", place: undefined };
}

function centreOf(continent: Continent, by: string): Origin {
  return { by: `${by}: the centre of ${continent}`, place: CONTINENT_CENTRES[continent] };
}

function degrees(text: unknown, limit: number): number | undefined {
  if (typeof text !== "string" || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= limit ? value : undefined;
}
