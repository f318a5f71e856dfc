// One place as each of Google's two APIs documents places: every field that the herd knows has a value.
//
// https://developers.google.com/maps/documentation/places/web-service/reference/rest/v1/places
// https://developers.google.com/maps/documentation/places/web-service/legacy/search-nearby#Place

export const NEW_PLACE = {
  name: "places/ChIJBruinWalk0000000000000000",
  id: "ChIJBruinWalk0000000000000000",
  displayName: { text: "Bruin Walk Café", languageCode: "en" },
  location: { latitude: 34.0711, longitude: -118.4451 },
  viewport: {
    low: { latitude: 34.0697, longitude: -118.4465 },
    high: { latitude: 34.0724, longitude: -118.4438 },
  },
  primaryType: "cafe",
  types: ["cafe", "coffee_shop", "food_store", "food", "point_of_interest", "establishment"],
  formattedAddress: "308 Westwood Plaza, Los Angeles, CA 90095, USA",
  shortFormattedAddress: "308 Westwood Plaza, Los Angeles",
  businessStatus: "OPERATIONAL",
  plusCode: { globalCode: "85633HC3+CX", compoundCode: "3HC3+CX Los Angeles, CA, USA" },
  rating: 4.4,
  userRatingCount: 218,
  priceLevel: "PRICE_LEVEL_MODERATE",
  currentOpeningHours: {
    openNow: false,
    periods: [{ open: { day: 1, hour: 7, minute: 0 }, close: { day: 1, hour: 19, minute: 30 } }],
    weekdayDescriptions: ["Monday: 7:00 AM – 7:30 PM"],
    nextOpenTime: "2026-11-23T15:00:00Z",
  },
  photos: [
    {
      name: "places/ChIJBruinWalk0000000000000000/photos/AUc7tXf",
      widthPx: 4032,
      heightPx: 3024,
      authorAttributions: [
        {
          displayName: "Josephine Bruin",
          uri: "//maps.google.com/maps/contrib/100000000000000000001",
          photoUri: "//lh3.googleusercontent.com/a-/none=s100-p-k-no-mo",
        },
      ],
    },
  ],
  iconMaskBaseUri: "https://maps.gstatic.com/mapfiles/place_api/icons/v2/cafe_pinlet",
  iconBackgroundColor: "#FF9E67",
  attributions: [{ provider: "Campus Guide", providerUri: "https://guide.example/bruin-walk" }],
} as const;

export const LEGACY_PLACE = {
  business_status: "OPERATIONAL",
  geometry: {
    location: { lat: 34.0711, lng: -118.4451 },
    viewport: { northeast: { lat: 34.0724, lng: -118.4438 }, southwest: { lat: 34.0697, lng: -118.4465 } },
  },
  icon: "https://maps.gstatic.com/mapfiles/place_api/icons/v1/png_71/cafe-71.png",
  icon_background_color: "#FF9E67",
  icon_mask_base_uri: "https://maps.gstatic.com/mapfiles/place_api/icons/v2/cafe_pinlet",
  name: "Bruin Walk Café",
  opening_hours: { open_now: false },
  photos: [
    {
      height: 3024,
      html_attributions: ['<a href="https://maps.google.com/maps/contrib/100000000000000000001">Josephine Bruin</a>'],
      photo_reference: "places/ChIJBruinWalk0000000000000000/photos/AUc7tXf",
      width: 4032,
    },
  ],
  place_id: "ChIJBruinWalk0000000000000000",
  plus_code: { compound_code: "3HC3+CX Los Angeles, CA, USA", global_code: "85633HC3+CX" },
  price_level: 2,
  rating: 4.4,
  reference: "ChIJBruinWalk0000000000000000",
  scope: "GOOGLE",
  types: ["cafe", "coffee_shop", "food_store", "food", "point_of_interest", "establishment"],
  user_ratings_total: 218,
  vicinity: "308 Westwood Plaza, Los Angeles",
} as const;
