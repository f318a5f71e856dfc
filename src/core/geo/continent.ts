// The centre of each continent's people: the best guess for a client if only its country or continent is known.
//
// It is the mean of the continent's populated places, weighted by their people, to the degree. The centre of Asia's area would
// be in Xinjiang, far from most of its people. A test computes both tables again: the centres from GeoNames' places, the
// countries from OurAirports' list. Keeps ED11.

import type { Place } from "./nearest-server.ts";

export type Continent = "AF" | "AN" | "AS" | "EU" | "NA" | "OC" | "SA";

/** From cities500 of GeoNames (CC BY 4.0) of 2026. */
export const CONTINENT_CENTRES: Readonly<Record<Continent, Place>> = {
  AF: { latitude: 7, longitude: 17 },
  AN: { latitude: -78, longitude: 167 },
  AS: { latitude: 30, longitude: 98 },
  EU: { latitude: 51, longitude: 16 },
  NA: { latitude: 33, longitude: -93 },
  OC: { latitude: -34, longitude: 149 },
  SA: { latitude: -13, longitude: -59 },
};

/** ISO 3166-1 alpha-2 codes, from OurAirports' countries (public domain). AX and SJ are added, which that list leaves out. */
export const CONTINENT_COUNTRIES: Readonly<Record<Continent, string>> = {
  AF: "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW",
  AN: "AQ GS",
  AS: "AE AF AM AZ BD BH BN BT CC CN CX CY GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
  EU: "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK",
  NA: "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI",
  OC: "AS AU CK FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
  SA: "AR BO BR CL CO EC FK GF GY PE PY SR UY VE",
};

export function isContinent(code: string): code is Continent {
  return Object.hasOwn(CONTINENT_CENTRES, code);
}

/** `undefined` if the code is no country: Cloudflare gives T1 for Tor, and XX for an address that it cannot place. */
export function continentOf(country: string): Continent | undefined {
  return Object.keys(CONTINENT_COUNTRIES)
    .filter(isContinent)
    .find((continent) => CONTINENT_COUNTRIES[continent].split(" ").includes(country));
}
