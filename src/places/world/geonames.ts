// GeoNames' populated places, read from the text of its table for building the embedded places.
//
// The columns are those of its documented "geoname" table: https://download.geonames.org/export/dump/readme.txt. Places that
// no longer exist are left out. A line of another form throws. That stops the build; no server runs this.

import type { Countries } from "./ourairports.ts";
import type { PopulatedPlace } from "./world-writer.ts";

const COLUMNS = 19;

/** The feature codes of abandoned, destroyed and historical places. */
const GONE = new Set(["PPLQ", "PPLW", "PPLH", "PPLCH"]);

/**
 * Reads the table, in the order of the places' ids.
 *
 * @throws Error naming the line that is not understood.
 */
export function readPopulatedPlaces(table: string, countries: Countries): PopulatedPlace[] {
  const places: PopulatedPlace[] = [];
  for (const [index, line] of table.split("\n").entries()) {
    const columns = line.split("\t");
    if (line === "" || GONE.has(columns[7] ?? "")) continue;
    const place = readPopulatedPlace(columns, countries);
    if (place === undefined) {
      throw new Error(`Cannot read line ${index + 1} of GeoNames' table as a populated place: ${JSON.stringify(line)}`);
    }
    places.push(place);
  }
  return places.toSorted((a, b) => a.geonameId - b.geonameId);
}

function readPopulatedPlace(columns: readonly string[], countries: Countries): PopulatedPlace | undefined {
  const [id, name = "", , , latitude, longitude, , feature, country = "", , , , , , population] = columns;
  const place = {
    kind: feature === "PPLX" ? "sublocality" : "locality",
    geonameId: numberOf(id),
    name,
    latitude: numberOf(latitude),
    longitude: numberOf(longitude),
    vicinity: countries.get(country) ?? "",
    population: numberOf(population),
  } as const;
  const isSound =
    columns.length === COLUMNS &&
    isCount(place.geonameId) &&
    place.name !== "" &&
    Math.abs(place.latitude) <= 90 &&
    Math.abs(place.longitude) <= 180 &&
    place.vicinity !== "" &&
    isCount(place.population);
  return isSound ? place : undefined;
}

/** Unlike `Number`, which reads an empty text as zero. */
function numberOf(text = ""): number {
  return text === "" ? Number.NaN : Number(text);
}

/** Whether the 32-bit columns of the file can hold the value. */
function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
