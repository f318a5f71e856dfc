import { describe, expect, test } from "vitest";
import type { CountersStatus } from "../../../src/core/contract/counters.ts";
import { creditParts } from "../../../src/page/panels/credit.ts";
import { LineHistory } from "../../../src/page/dom/line-history.ts";
import { RateMeter } from "../../../src/page/model/rates.ts";

function counters(iamatAccepted: number, feedAccepted = 0, stale = 0): CountersStatus {
  const commands = { "IAMAT accepted": iamatAccepted, "IAMAT stale": stale };
  return { commands, feedAccepted, feedStale: 0 } as unknown as CountersStatus;
}

describe("credit", () => {
  test.each([
    ["Google Maps", [{ text: "Google Maps" }]],
    [
      'From <a href="https://www.geonames.org/">GeoNames</a>, abridged',
      [{ text: "From " }, { text: "GeoNames", href: "https://www.geonames.org/" }, { text: ", abridged" }],
    ],
    ["<a href='https://x.example/'>single</a>", [{ text: "single" }]],
    ['<a href="javascript:alert(1)">no</a>', [{ text: "no" }]],
    ['<a href="/relative">no</a>', [{ text: "no" }]],
    ["<img src=x onerror=alert(1)>Listed &amp; <b>bold</b>", [{ text: "Listed & " }, { text: "bold" }]],
    ["&lt;script&gt;", [{ text: "<script>" }]],
    ["", []],
  ])("[PG6] %s is text, and links to web addresses", (html, parts) => {
    expect(creditParts(html)).toEqual(parts);
  });
});

describe("what was typed", () => {
  test("[PG5] comes back as in a shell, and the line that was begun waits", () => {
    const history = new LineHistory();
    for (const line of ["one", "two", "two", "three"]) history.add(line);
    expect(history.back("begun")).toBe("three");
    expect(history.back("three")).toBe("two");
    expect(history.back("two")).toBe("one");
    expect(history.back("one")).toBe("one");
    expect(history.forward()).toBe("two");
    expect(history.forward()).toBe("three");
    expect(history.forward()).toBe("begun");
    expect(history.forward()).toBe("begun");
  });

  test("[PG5] there is nothing to bring back at first", () => {
    const history = new LineHistory();
    expect(history.back("begun")).toBe("begun");
    expect(history.forward()).toBe("begun");
  });
});

describe("rates", () => {
  test("[PG3] are what was counted since the last look, a second", () => {
    const meter = new RateMeter();
    expect(meter.measure("Alford", "r", counters(100), 0)).toBeUndefined();
    expect(meter.measure("Alford", "r", counters(120, 30, 4), 2000)).toEqual({ accepted: 25, heard: 10, stale: 2 });
    expect(meter.measure("Alford", "r", counters(120, 30, 4), 3000)).toEqual({ accepted: 0, heard: 0, stale: 0 });
  });

  test("[PG3] of a server that started anew are not known yet", () => {
    const meter = new RateMeter();
    meter.measure("Alford", "r", counters(100), 0);
    expect(meter.measure("Alford", "s", counters(1), 1000)).toBeUndefined();
  });
});
