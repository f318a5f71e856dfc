import { beforeAll, describe, expect, test } from "vitest";

import { embeddedPlaces } from "../../../src/places/world/embedded.ts";
import type { PlacesProvider } from "../../../src/places/port/provider.ts";
import { failure, names, UCLA } from "../samples.ts";
import { readWorldFile } from "./world-file.ts";

const BUILD_MS = 60_000;

let file: ArrayBuffer;
let provider: PlacesProvider;

beforeAll(async () => {
  file = await readWorldFile();
  provider = embeddedPlaces(() => Promise.resolve(file));
}, BUILD_MS);

describe("places of the real world", () => {
  test("[WA3] nearest place comes first: near UCLA that is Westwood, and Beverly Hills is not far", async () => {
    const outcome = await provider.nearby(UCLA);
    expect(names(outcome)[0]).toBe("Westwood");
    expect(names(outcome)).toContain("Beverly Hills");
    expect(names(outcome)).toHaveLength(5);
    expect(outcome).toMatchObject({ ok: true, answer: { status: "OK" } });
  });

  test("[WA3] an airport is among them, by its code", async () => {
    const losAngeles = { latitude: 33.9425, longitude: -118.408, radiusKm: 1, items: 20 };
    expect(await provider.nearby(losAngeles)).toMatchObject({
      answer: { results: [{ place_id: "ourairports:KLAX", iata_code: "LAX", vicinity: "Los Angeles, United States" }] },
    });
  });

  test.each([
    ["Los Angeles", 34.0522, -118.2437, 5, ["Los Angeles", "Echo Park", "Boyle Heights", "Silver Lake"]],
    ["Tokyo, under its names there", 35.6812, 139.7671, 10, ["Tokyo", "Hatsudai", "Motoyoyogichō", "Nakano"]],
    ["Longyearbyen", 78.2232, 15.6267, 50, ["Longyearbyen", "Svalbard Airport, Longyear"]],
    ["Fiji", -18.14, 178.44, 50, ["Suva", "Nasinu", "Nausori International Airport"]],
    ["Fiji, west of the antimeridian", -18.1, 179.7, 50, ["Levuka"]],
    ["Fiji, east of it", -18.2, -179.1, 50, ["Tubou"]],
    ["Fiji, on both sides of it, from the west", -18.15, 179.99, 150, ["Levuka", "Tubou"]],
    ["Fiji, on both sides of it, from the east", -18.15, -179.7, 150, ["Tubou", "Levuka"]],
    ["Egvekinot, eastwards over the antimeridian", 66.32, 179.95, 50, ["Egvekinot"]],
    ["Egvekinot, from the antimeridian, east", 66.32, 180, 50, ["Egvekinot"]],
    ["Egvekinot, from the antimeridian, west", 66.32, -180, 50, ["Egvekinot"]],
    ["Beringovskiy, westwards over the antimeridian", 63.06, -179.9, 50, ["Beringovskiy"]],
    ["the South Pole", -90, 0, 50, ["South Pole Station Airport"]],
    ["the South Pole by another longitude", -90, 123.4, 50, ["South Pole Station Airport"]],
    ["the South Pole from beyond it", -89.8, 180, 50, ["South Pole Station Airport"]],
  ])("[WA3] [WA5] finds %s", async (_where, latitude, longitude, radiusKm, expected) => {
    expect(names(await provider.nearby({ latitude, longitude, radiusKm, items: 20 }))).toEqual(expected);
  });

  test.each([
    ["the North Pole", 90, 0],
    ["the Gulf of Guinea", 0, 0],
    ["the sea off Fiji, at the antimeridian", -17, 180],
    ["the ice two hundred kilometres from the South Pole", -88, 0],
  ])("[WA3] %s has no places: ZERO_RESULTS and nobody to credit", async (_where, latitude, longitude) => {
    expect(await provider.nearby({ latitude, longitude, radiusKm: 50, items: 20 })).toEqual({
      ok: true,
      answer: { html_attributions: [], results: [], status: "ZERO_RESULTS" },
    });
  });

  test("[WA3] each source is credited where it was used, and only there", async () => {
    const geonames = expect.stringMatching(/geonames\.org.*licenses\/by\/4\.0/);
    const ourairports = expect.stringMatching(/ourairports\.com.*public domain/);
    const query = { ...UCLA, items: 20 };
    expect(await provider.nearby({ ...query, radiusKm: 3 })).toMatchObject({
      answer: { html_attributions: [geonames] },
    });
    expect(await provider.nearby({ ...query, radiusKm: 10 })).toMatchObject({
      answer: { html_attributions: [geonames, ourairports] },
    });
  });
});

describe("loading", () => {
  test("[WA3] the file is loaded at the first query, once, and shared by those that wait", async () => {
    const paths: string[] = [];
    const lazy = embeddedPlaces((path) => {
      paths.push(path);
      return Promise.resolve(file);
    });
    expect(paths).toEqual([]);
    await Promise.all([lazy.nearby(UCLA), lazy.nearby(UCLA)]);
    await lazy.nearby(UCLA);
    expect(paths).toEqual(["places/world.bin"]);
  });

  test.each([
    ["rejects", () => Promise.reject(new Error("SECRET at file.ts:1"))],
    [
      "throws at once",
      () => {
        throw new Error("SECRET at file.ts:1");
      },
    ],
  ])("[WA4] a load that %s is a failure that helps, and the next query tries again", async (_how, fail) => {
    let loads = 0;
    const flaky = embeddedPlaces(() => (++loads === 1 ? fail() : Promise.resolve(file)));
    const outcome = failure(await flaky.nearby(UCLA));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: true });
    expect(outcome.message).toMatch(/could not be loaded.*node scripts\/build\/build-places\.ts/);
    expect(outcome.message).not.toMatch(/SECRET/);
    expect(names(await flaky.nearby(UCLA))).toHaveLength(5);
    expect(loads).toBe(2);
  });

  test("[WA4] a page in place of the file is a failure that says so", async () => {
    const page = new TextEncoder().encode("<!doctype html>".padEnd(400)).buffer;
    const { message } = failure(await embeddedPlaces(() => Promise.resolve(page)).nearby(UCLA));
    expect(message).toMatch(/^The file of embedded places is damaged or is another file/);
  });
});
