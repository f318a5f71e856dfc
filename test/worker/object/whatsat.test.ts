// WHATSAT end to end: a report from one server, places from the built assets, over every transport.

import { beforeAll, describe, expect, test } from "vitest";
import type { PlacesAnswer } from "../../../src/core/protocol/places.ts";
import { eventually, postTo } from "../support/herd.ts";
import { connect, connectTcp, VIAS } from "../support/line-client.ts";

const KIWI = "kiwi.cs.ucla.edu +34.068930-118.445127 1400794645.392014450";

/** What Hamilton was told of kiwi. */
let atLine: string;

beforeAll(async () => {
  atLine = await postTo("Hamilton", `IAMAT ${KIWI}`);
  await eventually(
    () => postTo("Alford", "WHATSAT kiwi.cs.ucla.edu 10 1"),
    (answer) => answer !== "",
  );
});

/** The places in an answer, whose form is that of WA3 to the byte. */
function placesIn(answer: string): PlacesAnswer {
  expect(answer.startsWith(atLine)).toBe(true);
  const json = answer.slice(atLine.length);
  expect(json).toMatch(/^\{\n[^]*[^\n]\n\n$/);
  expect(json.trimEnd()).not.toContain("\n\n");
  return JSON.parse(json) as PlacesAnswer;
}

describe.each(VIAS)("over %s", (via) => {
  test("[WA3] [RP5] the line of the server that heard the report, then the places near it", async () => {
    const client = await connect(via, "Alford");
    await client.say("WHATSAT kiwi.cs.ucla.edu 10 5\n");
    const { results, status, html_attributions } = placesIn(await client.hears(/\}\n\n$/));
    expect(status).toBe("OK");
    expect(html_attributions.join()).toContain("GeoNames");
    expect(results.map(({ name }) => name)).toContain("Westwood");
    expect(results).toHaveLength(5);
  });

  test("[WA1] [WA3] a fraction of a kilometre in the middle of nowhere: no results", async () => {
    const client = await connect(via, "Alford");
    await client.say(`IAMAT sailor-${via} -47.5-126.5 1\nWHATSAT sailor-${via} 10.5 20\n`);
    const heard = await client.hears(/\}\n\n$/);
    expect(heard).toMatch(
      new RegExp(
        `^(AT Alford \\S+ sailor-${via} -47\\.5-126\\.5 1\n)\\1` +
          '\\{\n  "html_attributions": \\[\\],\n  "results": \\[\\],\n  "status": "ZERO_RESULTS",\n  "provider": "embedded"\n\\}\n\n$',
      ),
    );
  });
});

test.each([1, 3, 20])("[WA1] [WA3] %d items at most", async (items) => {
  const { results } = placesIn(await postTo("Alford", `WHATSAT kiwi.cs.ucla.edu 50 ${items}`));
  expect(results).toHaveLength(items);
});

test("[WA1] a smaller circle has fewer places, and the same ones", async () => {
  const [near, far] = [await namesWithin("2.5"), await namesWithin("5")];
  expect(near.length).toBeLessThan(far.length);
  expect(far.slice(0, near.length)).toEqual(near);
});

async function namesWithin(radiusKm: string): Promise<string[]> {
  const { results } = placesIn(await postTo("Alford", `WHATSAT kiwi.cs.ucla.edu ${radiusKm} 20`));
  return results.map(({ name }) => name);
}

test("[LN5] twenty at once on one connection, answered in order", async () => {
  const client = connectTcp("Alford");
  await client.say(Array.from({ length: 20 }, (_, n) => `WHATSAT kiwi.cs.ucla.edu 50 ${n + 1}\n`).join(""));
  await client.sayNoMore();
  const { heard } = await client.ends();
  const answers = heard.split(/(?<=\n\n)/);
  expect(answers.map((answer) => placesIn(answer).results.length)).toEqual(answers.map((_, n) => n + 1));
  expect(answers).toHaveLength(20);
});
