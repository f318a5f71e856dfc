import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { forgotten, heardReport, joined } from "../../../src/core/protocol/forgetting.ts";
import { heardOf, receiveNanoseconds } from "../../../src/core/protocol/receive-time.ts";
import {
  forgotTimeOf,
  isForgotten,
  isGreater,
  parseAt,
  reportOfLine,
  type Report,
} from "../../../src/core/protocol/report.ts";
import { nanosecondsOf, timeKeyOf } from "../../../src/core/protocol/time.ts";
import { seeded } from "../../support/arbitraries.ts";

/** What happens at one of three servers, whose clocks differ: by so many milliseconds. */
const CLOCKS = [0, -700, 900];

const event = fc.record({
  at: fc.nat(CLOCKS.length - 1),
  isForget: fc.boolean(),
  claim: fc.integer({ min: 1, max: 9 }),
  passedMillis: fc.nat(400),
  /** Two servers, of which the first tells the other. */
  tells: fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 3 }),
});

function said(server: string, claim: number) {
  const time = String(claim);
  return { server, client: "ada", location: "+1+1", time, timeKey: timeKeyOf(time) ?? "" };
}

/** The report of a line that has these fields beside its six. */
function reportWith(fields: string): Report {
  return reportOfLine(`AT S +10.000000000 ada +1+1 5 ${fields}`);
}

class Server {
  held: Report | undefined;
  /** What it held, and what it held next. */
  readonly steps: (readonly [Report | undefined, Report])[] = [];
  readonly #name: string;
  readonly #ahead: number;

  constructor(index: number) {
    this.#name = `S${index}`;
    this.#ahead = CLOCKS[index] ?? 0;
  }

  hear({ isForget, claim }: { readonly isForget: boolean; readonly claim: number }, nowMillis: number): void {
    const clock = nowMillis + this.#ahead;
    const next = isForget
      ? forgotten(this.#name, "ada", clock, this.held)
      : heardReport(said(this.#name, claim), clock, this.held);
    if (this.held === undefined || isForget || next.timeKey > this.held.timeKey) this.#hold(next);
  }

  /** Whether that changed what it holds. */
  isTold(other: Report | undefined): boolean {
    const next = other && joined(other, this.held);
    if (next !== undefined) this.#hold(next);
    return next !== undefined;
  }

  #hold(next: Report): void {
    this.steps.push([this.held, next]);
    this.held = next;
  }
}

describe("what servers hold of a client that is forgotten now and then", () => {
  test("[FG3] [FG5] is the same once they have told each other, whatever happened in whatever order", () => {
    const property = fc.property(fc.array(event, { maxLength: 12 }), (events) => {
      const servers = CLOCKS.map((_clock, index) => new Server(index));
      let nowMillis = 1_000_000;
      for (const { at, passedMillis, tells, ...what } of events) {
        nowMillis += passedMillis;
        servers[at]?.hear(what, nowMillis);
        for (const [from, to] of tells) servers[to]?.isTold(servers[from]?.held);
      }
      let isChanged = true;
      for (let round = 0; isChanged; round++) {
        expect(round).toBeLessThan(10);
        isChanged = false;
        for (const one of servers) for (const other of servers) isChanged = one.isTold(other.held) || isChanged;
      }
      expect(new Set(servers.map(({ held }) => held?.line)).size).toBe(1);
      for (const [held, next] of servers.flatMap(({ steps }) => steps)) {
        // It only rises, so a flood ends.
        expect(isGreater(next, held)).toBe(true);
        expect(parseAt(next.line)).toEqual(next);
        expect(reportOfLine(next.line)).toEqual(next);
        const forgot = forgotTimeOf(next);
        if (forgot !== undefined && !isForgotten(next))
          expect(receiveNanoseconds(heardOf(next.line))).toBeGreaterThan(nanosecondsOf(forgot));
      }
      const latest = events.findLastIndex(({ isForget }) => isForget);
      // Where clocks agree, nothing is held that was heard before the last FORGET.
      if (latest >= 0) expect(servers[0]?.held?.forgotKey).not.toBe("");
    });
    fc.assert(property, { ...seeded, numRuns: 2000 });
  });

  test("[FG5] other fields of a report stay, unless there is no room beside them", () => {
    const forgetful = forgotten("T", "ada", 14_000, undefined);
    expect(joined(forgetful, reportWith("a=1 b=2"))?.line).toBe(
      "AT S +10.000000000 ada +1+1 5 a=1 b=2 forgot=14.000000000",
    );
    expect(joined(reportWith("a=1 forgot=3.000000000"), forgetful)?.line).toBe(
      "AT S +10.000000000 ada +1+1 5 a=1 forgot=14.000000000",
    );
    const most = Array.from({ length: 16 }, (_, index) => `k${index}=1`).join(" ");
    expect(joined(forgetful, reportWith(most))?.line).toBe("AT S +10.000000000 ada +1+1 5 forgot=14.000000000");
    expect(joined(reportWith(`a=${"x".repeat(500)}`), forgetful)?.line).toBe(
      "AT S +10.000000000 ada +1+1 5 forgot=14.000000000",
    );
  });

  test.each(["1", "01.000000000", "1.0000000000", "1e3", "-1.000000000", "1.00000000", "9".repeat(16)])(
    "[FG4] %j is no time of a FORGET",
    (time) => {
      expect(parseAt(`AT S +10.000000000 ada +1+1 5 forgot=${time}`)).toMatchObject({ forgotKey: "", timeKey: "A5" });
    },
  );
});
