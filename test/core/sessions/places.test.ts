// WHATSAT at one server: whom it knows, what it asks, how the answer is put together.

import { describe, expect, test } from "vitest";

import type { Place, PlacesAnswer } from "../../../src/core/protocol/places.ts";
import { at, CoreHarness, iamat, type HarnessSettings } from "../../support/core-harness.ts";
import { NO_PLACES, NO_PLACES_TEXT } from "../../support/no-places.ts";

const place = (name: string): Place => ({ name, geometry: { location: { lat: 1, lng: 2 } } });

/** A client on a server that holds a report of ada. */
function clientWithAda(settings?: HarnessSettings) {
  const herd = new CoreHarness(settings);
  const client = herd.client();
  client.says("IAMAT ada +34.068930-118.445127 990");
  client.hears("AT Alford +10.000000000 ada +34.068930-118.445127 990\n");
  return { herd, client };
}

describe("WHATSAT about a client that is known", () => {
  test("[WA1] [WA3] asks for places around it, once", () => {
    const { herd, client } = clientWithAda();
    client.says("WHATSAT ada 0.5 7");
    expect(herd.takeQuery()).toMatchObject({ latitude: 34.06893, longitude: -118.445127, radiusKm: 0.5, items: 7 });
    herd.expectNoQuery();
    client.hearsNothing();
  });

  test("[WA3] is answered the AT line, the places as JSON, at most as many as asked for, and an empty line", () => {
    const { herd, client } = clientWithAda();
    client.says("WHATSAT ada 10 2");
    const found: PlacesAnswer = { html_attributions: ["by X"], results: ["a", "b\n\n", "c"].map(place), status: "OK" };
    herd.takeQuery().answer(found);
    const [answer = "", ...others] = client.takeReceived().map(String);
    expect(others).toEqual([]);
    const [atLine = "", ...json] = answer.split("\n");
    expect(atLine).toBe("AT Alford +10.000000000 ada +34.068930-118.445127 990");
    expect(JSON.parse(json.join("\n"))).toEqual({ ...found, results: found.results.slice(0, 2) });
    expect(answer.indexOf("\n\n")).toBe(answer.length - 2);
  });

  test("[WA3] names the server that heard it, wherever the question is put", () => {
    const herd = new CoreHarness();
    herd.parker.meets().feed.sends([at("ada", 990, "Hamilton")], 0, 1);
    const client = herd.client();
    client.says("WHATSAT ada 10 5");
    herd.takeQuery().answer(NO_PLACES);
    client.hears(`${at("ada", 990, "Hamilton")}\n${NO_PLACES_TEXT}\n\n`);
  });

  test("[WA3] sees a report of the same turn, and of the same message", () => {
    const client = new CoreHarness();
    const asker = client.client();
    asker.says(`${iamat("ada", 990)}\nWHATSAT ada 10 5\n${iamat("ada", 995)}`);
    asker.hearsLines(at("ada", 990));
    client.takeQuery().answer(NO_PLACES);
    asker.hears(`${at("ada", 990)}\n${NO_PLACES_TEXT}\n\n${at("ada", 995)}\n`);
  });

  test("[WA3] holds the report that was held when it was asked, though the client moves on meanwhile", () => {
    const { herd, client } = clientWithAda();
    client.says("WHATSAT ada 10 5");
    herd.client().says(iamat("ada", 995));
    herd.takeQuery().answer(NO_PLACES);
    client.hears(`AT Alford +10.000000000 ada +34.068930-118.445127 990\n${NO_PLACES_TEXT}\n\n`);
  });

  test("[WA4] keeps the shape when places cannot be had", () => {
    const { herd, client } = clientWithAda();
    client.says("WHATSAT ada 10 5");
    const failure: PlacesAnswer = {
      html_attributions: [],
      results: [],
      status: "OVER_QUERY_LIMIT",
      error_message: "The quota is used up.",
    };
    herd.takeQuery().answer(failure);
    const [answer] = client.takeReceived().map(String);
    expect(JSON.parse(answer?.slice(answer.indexOf("\n")) ?? "")).toEqual(failure);
  });

  test("[WA3] whose asker is gone is dropped without harm", () => {
    const { herd, client } = clientWithAda();
    client.says("WHATSAT ada 10 5");
    client.breaks();
    const query = herd.takeQuery();
    query.answer(NO_PLACES);
    query.answer(NO_PLACES);
    client.hearsNothing();
  });
});

describe("WHATSAT about a client that is not known", () => {
  test("[WA2] is ignored: nothing fetched, nothing sent, no place in the order of answers", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says("WHATSAT nobody 10 5\nFOO");
    client.hears("? FOO\n");
    herd.expectNoQuery();
    expect(herd.logged("unknown client")).toEqual([
      { event: "unknown client", connection: client.id, client: "nobody", answer: "none" },
    ]);
  });

  test("[WA7] is answered `? ` and the line where the connection asked for that", () => {
    const herd = new CoreHarness();
    const client = herd.client({ unknown: "reject" });
    client.says(" WHATSAT nobody  10 5\r\nFOO");
    client.hears("?  WHATSAT nobody  10 5\r\n? FOO\n");
    expect(herd.logged("unknown client")).toMatchObject([{ client: "nobody", answer: "?" }]);
  });

  test.each([
    ["reject", undefined, true],
    ["reject", "ignore", false],
    ["ignore", undefined, false],
    ["ignore", "reject", true],
  ] as const)("[WA7] with %s as the herd's default and %s as the connection's wish: is answered %s", (...row) => {
    const [herdsDefault, wish, isAnswered] = row;
    const herd = new CoreHarness({ unknown: herdsDefault });
    const client = herd.client(wish === undefined ? {} : { unknown: wish });
    client.says("WHATSAT nobody 10 5");
    client.hears(...(isAnswered ? ["? WHATSAT nobody 10 5\n"] : []));
  });

  test("[WA1] is judged as a command first: an invalid one is always answered", () => {
    const client = new CoreHarness().client();
    client.says("WHATSAT nobody 10 21");
    client.hears("? WHATSAT nobody 10 21\n");
  });
});
