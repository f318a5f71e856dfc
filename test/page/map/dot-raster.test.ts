import { expect, test } from "vitest";
import { DotRaster, pixelOf } from "../../../src/page/map/dot-raster.ts";

/** The image as text, a letter a pixel. */
function pictureOf({ bytes, width, height }: DotRaster): string[] {
  const letters = Array.from({ length: width * height }, (_, pixel) => {
    const [red, green, blue, alpha] = bytes.subarray(pixel * 4, pixel * 4 + 4);
    if (alpha === 0) return ".";
    expect([green, alpha]).toEqual([20, 255]);
    return red === 10 ? "r" : blue === 30 ? "b" : "?";
  });
  return Array.from({ length: height }, (_, row) => letters.slice(row * width, (row + 1) * width).join(""));
}

const RED = pixelOf(10, 20, 0);
const BLUE = pixelOf(0, 20, 30);

test("[PG8] dots are squares around their points, and the next frame begins without them", () => {
  const raster = new DotRaster(6, 3);
  raster.begin(2);
  raster.draw(1, 1, RED);
  raster.draw(5, 2, BLUE);
  expect(pictureOf(raster)).toEqual(["rr....", "rr..bb", "....bb"]);
  raster.begin(1);
  raster.draw(2.6, 1.4, BLUE);
  expect(pictureOf(raster)).toEqual(["......", "..b...", "......"]);
});

test("[PG8] a dot that the image cannot hold is left out", () => {
  const raster = new DotRaster(4, 4);
  raster.begin(3);
  for (const [x, y] of [
    [0, 2],
    [4, 2],
    [2, 0],
    [2, 4],
    [Number.NaN, 2],
    [-1e9, 2],
  ] as const)
    raster.draw(x, y, RED);
  expect(pictureOf(raster)).toEqual(["....", "....", "....", "...."]);
  raster.draw(1.5, 1.5, RED);
  expect(pictureOf(raster)).toEqual(["rrr.", "rrr.", "rrr.", "...."]);
});

test("[PG8] ten thousand dots are cleared as one is", () => {
  const raster = new DotRaster(200, 200);
  raster.begin(1);
  for (let dot = 0; dot < 10_000; dot++) raster.draw(dot % 200, Math.floor(dot / 200), RED);
  raster.begin(1);
  expect(raster.bytes.every((byte) => byte === 0)).toBe(true);
});
