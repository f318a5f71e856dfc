// Writes the file of embedded places; its layout is in world-format.ts.
//
// The same places in the same order give the same bytes. This runs when the project is built, never in a server. Keeps WA3.

import KDBush from "kdbush";

import { packStrings } from "./string-list.ts";
import { KINDS, joinSections, type Kind } from "./world-format.ts";

/** A place as the builder gives it. */
export type WorldPlace = PopulatedPlace | Airport;

interface Located {
  readonly name: string;
  /** Degrees north, -90 to 90. */
  readonly latitude: number;
  /** Degrees east, -180 to 180. */
  readonly longitude: number;
  /** The area around it, for a reader: "Fiji", or "Los Angeles, United States". */
  readonly vicinity: string;
}

export interface PopulatedPlace extends Located {
  readonly kind: Exclude<Kind, "airport">;
  readonly geonameId: number;
  /** People, 0 if unknown. */
  readonly population: number;
}

export interface Airport extends Located {
  readonly kind: "airport";
  /** OurAirports' identifier, mostly the ICAO code. */
  readonly ident: string;
  /** The code on a ticket, or "". */
  readonly iata: string;
}

/**
 * The file's bytes.
 *
 * @throws RangeError if there are more distinct vicinities than the format can number.
 */
export function writeWorld(places: readonly WorldPlace[]): Uint8Array<ArrayBuffer> {
  const { tree, rows } = plant(places);
  const airports = rows.filter((place) => place.kind === "airport");
  const airportIndexes = new Map(airports.map((airport, index) => [airport, index]));
  const vicinityNames = [...new Set(rows.map((place) => place.vicinity))];
  if (vicinityNames.length > 0x10000) {
    throw new RangeError(
      `Cannot number ${vicinityNames.length} vicinities in 16 bits: widen the column and its version`,
    );
  }
  const vicinityIndexes = new Map(vicinityNames.map((name, index) => [name, index]));
  const sections = {
    tree: new Uint8Array(tree.data),
    kinds: Uint8Array.from(rows, (place) => KINDS.indexOf(place.kind)),
    populations: bytesOf(Uint32Array.from(rows, (place) => (place.kind === "airport" ? 0 : place.population))),
    vicinities: bytesOf(Uint16Array.from(rows, (place) => vicinityIndexes.get(place.vicinity) ?? 0)),
    references: bytesOf(
      Uint32Array.from(rows, (place) =>
        place.kind === "airport" ? (airportIndexes.get(place) ?? 0) : place.geonameId,
      ),
    ),
    names: packStrings(rows.map((place) => place.name)),
    vicinityNames: packStrings(vicinityNames),
    airportIdents: packStrings(airports.map((airport) => airport.ident)),
    airportIatas: packStrings(airports.map((airport) => airport.iata)),
  };
  return joinSections(sections, rows.length);
}

/** The k-d tree, and the places in the order of its leaves. The tree's ids become numbers in that order. */
function plant(places: readonly WorldPlace[]): { readonly tree: KDBush; readonly rows: WorldPlace[] } {
  const tree = new KDBush(places.length);
  for (const place of places) tree.add(place.longitude, place.latitude);
  tree.finish();
  const rows = Array.from(tree.ids).flatMap((id) => places[id] ?? []);
  tree.ids.set(rows.keys().toArray());
  return { tree, rows };
}

function bytesOf(column: Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(column.buffer);
}
