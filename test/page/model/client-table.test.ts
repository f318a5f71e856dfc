import { describe, expect, test } from "vitest";
import { ageSecondsOf } from "../../../src/client/age.ts";
import { readReport, type ClientForgotten } from "../../../src/client/client-report.ts";
import { ClientTable } from "../../../src/page/model/client-table.ts";
import { seen } from "./seen.ts";

/** A plane on which a degree is a unit. */
function tableOfDegrees(): ClientTable {
  const table = new ClientTable();
  table.place((longitude, latitude) => (Math.abs(latitude) > 80 ? undefined : [longitude, latitude]), 360);
  return table;
}

function forgotten(client: string, seconds: number): ClientForgotten {
  const line = `FORGOT ${client} ${seconds}.000000000`;
  return { client, forgotTime: `${seconds}.000000000`, line };
}

/** Places all over the plane. */
function at(index: number): readonly [number, number] {
  return [(index % 300) - 150, (index % 140) - 70];
}

function text([x, y]: readonly [number, number]): string {
  return `${y < 0 ? "" : "+"}${y}${x < 0 ? "" : "+"}${x}`;
}

describe("the client table", () => {
  test("[PG2] a client stands at its first report at once, and glides to the next for as long as that took", () => {
    const table = tableOfDegrees();
    table.take(seen("ada", 1, "+0+0"), 0, 1000);
    expect(table.placeOf("ada", 1000)).toEqual([0, 0]);
    table.take(seen("ada", 2, "+10+20"), 0, 3000);
    expect(table.placeOf("ada", 3000)).toEqual([0, 0]);
    expect(table.placeOf("ada", 4000)).toEqual([10, 5]);
    expect(table.placeOf("ada", 5000)).toEqual([20, 10]);
    expect(table.placeOf("ada", 9000)).toEqual([20, 10]);
  });

  test("[PG13] a client that was not heard for ten minutes is stale until it is heard again", () => {
    const table = tableOfDegrees();
    table.take(seen("ada", 1000, "+0+0"), 0, 0);
    table.take(seen("bob", 1500, "+0+0"), 0, 0);
    const fadeAt = (nowMillis: number) => table.fade((report) => ageSecondsOf(report, nowMillis));
    expect(fadeAt(1_599_999)).toBe(false);
    expect(fadeAt(1_600_000)).toBe(true);
    expect(Array.from(table.stale.subarray(0, 2))).toEqual([1, 0]);
    expect(fadeAt(1_600_001)).toBe(false);
    table.take(seen("ada", 1600, "+0+0"), 0, 0);
    expect(table.stale[0]).toBe(0);
  });

  test("[PG2] a report that comes while it glides is gone to from where it is", () => {
    const table = tableOfDegrees();
    table.take(seen("ada", 1, "+0+0"), 0, 0);
    table.take(seen("ada", 2, "+0+20"), 0, 1000);
    table.take(seen("ada", 3, "+10+10"), 1, 1500);
    expect(table.placeOf("ada", 1500)).toEqual([10, 0]);
    expect(table.placeOf("ada", 2000)).toEqual([10, 10]);
    expect(table.tones[0]).toBe(1);
  });

  test("[PG2] a report that does not supersede the one held moves nobody", () => {
    const table = tableOfDegrees();
    expect(table.take(seen("ada", 5, "+1+1"), 0, 0)).toBe(true);
    expect(table.take(seen("ada", 5, "+0+2"), 0, 10)).toBe(false);
    expect(table.take(seen("ada", 4, "+3+3"), 0, 20)).toBe(false);
    expect(table.reportOf("ada")?.report.location).toEqual({ latitude: 1, longitude: 1 });
    expect(table.count).toBe(1);
  });

  test("[PG2] of two reports of one time the one that stays at all servers is shown", () => {
    const table = tableOfDegrees();
    expect(table.take(seen("ada", 5, "+1+1"), 0, 0)).toBe(true);
    expect(table.take(seen("ada", 5, "+2+2"), 0, 10)).toBe(true);
    expect(table.take(seen("ada", 5, "+1+1"), 0, 20)).toBe(false);
    expect(table.reportOf("ada")?.report.location).toEqual({ latitude: 2, longitude: 2 });
  });

  test("[PG2] nobody is seen to cross the whole map: who goes around the back of the world jumps", () => {
    const table = tableOfDegrees();
    table.take(seen("ada", 1, "+0+175"), 0, 0);
    table.take(seen("ada", 2, "+0-175"), 0, 1000);
    expect(table.placeOf("ada", 1000)).toEqual([-175, 0]);
  });

  test("[PG2] a client that the map does not show is not drawn, and comes back where it is next reported", () => {
    const table = tableOfDegrees();
    table.take(seen("ada", 1, "+85+0"), 0, 0);
    expect(table.placeOf("ada", 0)).toBeUndefined();
    expect(table.nearest(0, 85, 1000, 0)).toBeUndefined();
    table.take(seen("ada", 2, "+70+5"), 0, 1000);
    expect(table.placeOf("ada", 1000)).toEqual([5, 70]);
  });

  test("[PG5] the client at a point is the nearest one within reach", () => {
    const table = tableOfDegrees();
    for (const [index, client] of ["ada", "bob", "cy"].entries()) table.take(seen(client, 1, `+0+${index * 4}`), 0, 0);
    expect(table.nearest(4.5, 0, 8, 0)?.report.client).toBe("bob");
    expect(table.nearest(7, 0, 8, 0)?.report.client).toBe("cy");
    expect(table.nearest(30, 0, 8, 0)).toBeUndefined();
  });

  test("[PG20] a forgotten client is gone, and all others stand where they stood", () => {
    const table = tableOfDegrees();
    for (const [index, client] of ["ada", "bob", "cy"].entries())
      table.take(seen(client, 5, `+0+${index * 4}`), index, 0);
    expect(table.forget(forgotten("ada", 5))).toBe(true);
    expect([table.count, table.reportOf("ada"), table.placeOf("ada", 0)]).toEqual([2, undefined, undefined]);
    expect(["bob", "cy"].map((client) => table.placeOf(client, 0))).toEqual([
      [4, 0],
      [8, 0],
    ]);
    expect(Array.from(table.tones.subarray(0, 2)).toSorted((one, other) => one - other)).toEqual([1, 2]);
    expect(table.nearest(0, 0, 3, 0)).toBeUndefined();
    expect(table.search("a", 5)).toEqual([]);
    table.take(seen("cy", 6, "+0+20"), 2, 1000);
    expect(table.placeOf("cy", 2000)).toEqual([20, 0]);
    expect(table.forget(forgotten("cy", 7))).toBe(true);
    expect(table.forget(forgotten("bob", 7))).toBe(true);
    expect(table.count).toBe(0);
  });

  test("[PG20] what was heard before is not taken again, and what was heard after it is, whatever time it claims", () => {
    const table = tableOfDegrees();
    table.take(seen("ada", 9, "+0+0"), 0, 0);
    table.forget(forgotten("ada", 9));
    expect(table.take(seen("ada", 9, "+0+0"), 0, 0)).toBe(false);
    // Known of another server, and told again.
    expect(table.forget(forgotten("ada", 9))).toBe(false);
    const later = readReport("AT Alford +5.000000000 ada +1+1 5");
    expect(later && table.take(later, 0, 0)).toBe(true);
    expect(table.forget(forgotten("ada", 9))).toBe(false);
    expect(table.reportOf("ada")?.report.time).toBe("5");
  });

  test("[PG20] a server that is behind tells of a FORGET that the report shown came after: it stays", () => {
    const table = tableOfDegrees();
    table.take(seen("ada", 9, "+0+0"), 0, 0);
    expect(table.forget(forgotten("ada", 8))).toBe(true);
    expect(table.reportOf("ada")?.report.time).toBe("9");
    expect(table.take(seen("ada", 8, "+0+0"), 0, 0)).toBe(false);
  });

  test("[PG8] 10,000 clients move, and each is where its own reports say", () => {
    const table = tableOfDegrees();
    for (let index = 0; index < 10_000; index++) table.take(seen(`c${index}`, 1, text(at(index))), 0, 0);
    for (let index = 0; index < 10_000; index++) table.take(seen(`c${index}`, 2, text(at(index + 1))), 0, 1000);
    expect(table.count).toBe(10_000);
    for (const index of [0, 1023, 1024, 5000, 9999]) {
      const [[x0, y0], [x1, y1]] = [at(index), at(index + 1)];
      const isJump = Math.abs(x1 - x0) > 100;
      expect(table.placeOf(`c${index}`, 1500)).toEqual(isJump ? [x1, y1] : [(x0 + x1) / 2, (y0 + y1) / 2]);
    }
  });

  test("[PG5] ids are found by a part of them", () => {
    const table = tableOfDegrees();
    for (const client of ["kiwi", "kiwano", "apple"]) table.take(seen(client, 1), 0, 0);
    expect(table.search("kiw", 5)).toEqual(["kiwi", "kiwano"]);
    expect(table.search("kiw", 1)).toEqual(["kiwi"]);
  });

  test("[PG9] on another plane everybody stands where they were reported", () => {
    const table = tableOfDegrees();
    table.take(seen("ada", 1, "+0+0"), 0, 0);
    table.take(seen("ada", 2, "+10+20"), 0, 1000);
    table.place((longitude, latitude) => [longitude * 2, latitude * 2], 720);
    expect(table.placeOf("ada", 1001)).toEqual([40, 20]);
  });
});
