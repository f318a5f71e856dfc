// From the answers of Google's Places API (New) to the shape of the legacy Nearby Search.
//
//   new                          legacy                        new                      legacy
//   id                           place_id                      rating                   rating
//   displayName.text             name                          userRatingCount          user_ratings_total
//   location                     geometry.location             priceLevel               price_level, 0 to 4
//   viewport.high, .low          geometry.viewport             currentOpeningHours      opening_hours.open_now
//   types                        types                         photos                   photos
//   shortFormattedAddress        vicinity                      iconMaskBaseUri          icon_mask_base_uri
//     or else formattedAddress                                 iconBackgroundColor      icon_background_color
//   businessStatus               business_status               attributions             html_attributions of the answer
//   plusCode                     plus_code
//
// A field is left out if it is missing or not as Google documents it. A place without a name or a position is dropped. Pure:
// text in, value out. Keeps WA3 and WA4.
//
// https://developers.google.com/maps/documentation/places/web-service/reference/rest/v1/places

import * as z from "zod";

import type { Place, PlacesQuery } from "../../core/protocol/places.ts";
import { httpFailure, misshapen, refused, statusOfCode, unreadable } from "./google-failure.ts";
import { parseJson } from "./google-json.ts";
import { nearestWithin } from "../port/nearest.ts";
import { type PlacesFailure, type PlacesOutcome, placesFound } from "../port/provider.ts";

const latLng = z
  .object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
  .transform(({ latitude, longitude }) => ({ lat: latitude, lng: longitude }));

/** A field of a place. A value of another type counts as absent. */
function field<Type extends z.ZodType>(type: Type): z.ZodCatch<z.ZodOptional<Type>> {
  return type.optional().catch(undefined);
}

const PRICE_LEVELS = [
  "PRICE_LEVEL_FREE",
  "PRICE_LEVEL_INEXPENSIVE",
  "PRICE_LEVEL_MODERATE",
  "PRICE_LEVEL_EXPENSIVE",
  "PRICE_LEVEL_VERY_EXPENSIVE",
] as const;

const credit = z.object({ provider: z.string().min(1), providerUri: field(z.url({ protocol: /^https?$/ })) });
const author = z.object({ displayName: z.string().min(1), uri: field(z.string()) });
const photo = z
  .object({
    name: z.string().min(1),
    widthPx: z.number(),
    heightPx: z.number(),
    authorAttributions: z.array(author).catch([]),
  })
  .transform(({ name, widthPx, heightPx, authorAttributions }) => ({
    photo_reference: name,
    width: widthPx,
    height: heightPx,
    html_attributions: authorAttributions.map(({ displayName, uri }) => linkTo(displayName, absolute(uri))),
  }));

const placeSchema = z.object({
  id: field(z.string()),
  displayName: z.object({ text: z.string().min(1) }),
  location: latLng,
  viewport: field(
    z.object({ high: latLng, low: latLng }).transform(({ high, low }) => ({ northeast: high, southwest: low })),
  ),
  types: field(z.array(z.string())),
  shortFormattedAddress: field(z.string()),
  formattedAddress: field(z.string()),
  businessStatus: field(z.string()),
  plusCode: field(
    z
      .object({ globalCode: field(z.string()), compoundCode: field(z.string()) })
      .transform(({ globalCode, compoundCode }) => known({ global_code: globalCode, compound_code: compoundCode })),
  ),
  rating: field(z.number()),
  userRatingCount: field(z.number()),
  priceLevel: field(z.enum(PRICE_LEVELS).transform((level) => PRICE_LEVELS.indexOf(level))),
  currentOpeningHours: field(z.object({ openNow: z.boolean() }).transform(({ openNow }) => ({ open_now: openNow }))),
  photos: field(z.array(photo)),
  iconMaskBaseUri: field(z.string()),
  iconBackgroundColor: field(z.string()),
  attributions: z.array(credit).catch([]),
});

/** Google leaves `places` out if it found none. Any other object without them is not Google's answer. */
const answerSchema = z.union([
  z.object({ places: z.array(z.unknown()) }),
  z.strictObject({}).transform(() => ({ places: [] })),
]);

const errorSchema = z.object({
  error: z.object({
    status: z.string(),
    message: field(z.string()),
    details: z.array(z.object({ reason: field(z.string()) }).catch({})).catch([]),
  }),
});

/** The outcome of an HTTP status and its body. */
export function readGoogleAnswer(httpStatus: number, body: string, query: PlacesQuery): PlacesOutcome {
  const json = parseJson(body);
  if (httpStatus !== 200) return errorOf(httpStatus, json);
  if (json === undefined) return unreadable(body);
  const answer = answerSchema.safeParse(json);
  if (!answer.success) return misshapen("places");
  const found = answer.data.places.flatMap((place) => placeSchema.safeParse(place).data ?? []);
  const creditsOf = new Map(found.map((place) => [legacyPlace(place), place.attributions]));
  const nearest = nearestWithin(query, [...creditsOf.keys()]);
  const credits = nearest.flatMap((place) => creditsOf.get(place) ?? []);
  const html = credits.map(({ provider, providerUri }) => linkTo(provider, providerUri));
  return placesFound(nearest, [...new Set(html)]);
}

/** The error in the body says more than the HTTP status. Without one, the status decides. */
function errorOf(httpStatus: number, json: unknown): PlacesFailure {
  const parsed = errorSchema.safeParse(json);
  if (!parsed.success || httpStatus < 400) return httpFailure(httpStatus);
  const { status, message, details } = parsed.data.error;
  // The API reports a wrong or forbidden key as an invalid argument (seen 2026-11-22).
  const isKeyAtFault = details.some(({ reason }) => reason?.startsWith("API_KEY_"));
  return refused(isKeyAtFault ? "REQUEST_DENIED" : statusOfCode(status), message);
}

function legacyPlace(place: z.infer<typeof placeSchema>): Place {
  const { displayName, location, viewport, shortFormattedAddress, formattedAddress } = place;
  return {
    name: displayName.text,
    geometry: { location, ...known({ viewport }) },
    ...known({
      place_id: place.id,
      types: place.types,
      vicinity: shortFormattedAddress ?? formattedAddress,
      business_status: place.businessStatus,
      plus_code: place.plusCode,
      rating: place.rating,
      user_ratings_total: place.userRatingCount,
      price_level: place.priceLevel,
      opening_hours: place.currentOpeningHours,
      photos: place.photos,
      icon_mask_base_uri: place.iconMaskBaseUri,
      icon_background_color: place.iconBackgroundColor,
    }),
  };
}

/** The fields that have a value. */
function known(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function linkTo(text: string, address: string | undefined): string {
  return address === undefined ? escapeHtml(text) : `<a href="${escapeHtml(address)}">${escapeHtml(text)}</a>`;
}

/** Google gives the addresses of authors without their scheme. One that is not a web address is left out. */
function absolute(uri: string | undefined): string | undefined {
  if (uri === undefined || !URL.canParse(uri, "https://maps.google.com")) return undefined;
  const url = new URL(uri, "https://maps.google.com");
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

const HTML = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" } as const;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => HTML[character as keyof typeof HTML]);
}
