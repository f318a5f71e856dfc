// The embedded places of the world, read in place from the built file. Its layout is in world-format.ts.
//
// To open the file makes views of it and decodes nothing. Only the places of a result become objects and strings. The memory
// is therefore the bytes of the file, and one buffer may serve any number of readers. Keeps WA3.

import { around } from "geokdbush";
import KDBush from "kdbush";

import type { Place, PlacesQuery } from "../../core/protocol/places.ts";
import { nearestWithin } from "../port/nearest.ts";
import { openStrings } from "./string-list.ts";
import { findSections, KINDS, type Kind, WorldFormatError } from "./world-format.ts";

export interface World {
  /** The number of places. */
  readonly size: number;
  /** The places that answer the query, nearest first, each in Google's legacy shape. */
  nearest(query: PlacesQuery): WorldResult[];
}

/** A place of the world: Google's fields, and those that only the sources have, under plain names. */
export interface WorldResult extends Place {
  /** The source and its own id: `geonames:5368361` or `ourairports:KLAX`. */
  readonly place_id: string;
  readonly types: readonly string[];
  readonly vicinity: string;
  /** People; left out if unknown. */
  readonly population?: number;
  /** Left out if the airport has none. */
  readonly iata_code?: string;
}

/** Google's own types: https://developers.google.com/maps/documentation/places/web-service/legacy/supported_types */
const TYPES = {
  locality: ["locality", "political"],
  sublocality: ["sublocality", "political"],
  airport: ["airport", "point_of_interest", "establishment"],
} as const satisfies Record<Kind, readonly string[]>;

/**
 * Opens a built file.
 *
 * @throws WorldFormatError if it is damaged, of another format or another file.
 */
export function openWorld(file: ArrayBuffer): World {
  const { rows, startOf } = findSections(file);
  const tree = KDBush.from(file);
  if (tree.numItems !== rows) {
    throw new WorldFormatError("The embedded places do not fit their index: build them again.");
  }
  const kinds = new Uint8Array(file, startOf("kinds"), rows);
  const populations = new Uint32Array(file, startOf("populations"), rows);
  const vicinities = new Uint16Array(file, startOf("vicinities"), rows);
  const references = new Uint32Array(file, startOf("references"), rows);
  const names = openStrings(file, startOf("names"));
  const vicinityNames = openStrings(file, startOf("vicinityNames"));
  const airportIdents = openStrings(file, startOf("airportIdents"));
  const airportIatas = openStrings(file, startOf("airportIatas"));

  function readRow(row: number): WorldResult {
    const kind = KINDS[valueAt(kinds, row)];
    if (kind === undefined) {
      throw new WorldFormatError(`Row ${row} of the embedded places is damaged: build them again.`);
    }
    const reference = valueAt(references, row);
    const isAirport = kind === "airport";
    const population = valueAt(populations, row);
    const iata = isAirport ? airportIatas.at(reference) : "";
    return {
      geometry: { location: { lat: valueAt(tree.coords, 2 * row + 1), lng: valueAt(tree.coords, 2 * row) } },
      name: names.at(row),
      place_id: isAirport ? `ourairports:${airportIdents.at(reference)}` : `geonames:${reference}`,
      types: TYPES[kind],
      vicinity: vicinityNames.at(valueAt(vicinities, row)),
      ...(population > 0 && { population }),
      ...(iata !== "" && { iata_code: iata }),
    };
  }

  return {
    size: rows,
    nearest(query) {
      const found = around(tree, query.longitude, query.latitude, query.items, query.radiusKm);
      return nearestWithin(query, found.map(readRow));
    },
  };
}

function valueAt(column: { readonly [row: number]: number; readonly length: number }, row: number): number {
  const value = column[row];
  if (value === undefined) throw new RangeError(`Cannot read row ${row} as the column has ${column.length}`);
  return value;
}
