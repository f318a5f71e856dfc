// The style sheet's colours, for what is drawn on a canvas. They change when the system turns light or dark.

import { pixelOf } from "./dot-raster.ts";

export interface Colours {
  readonly land: string;
  readonly shore: string;
  readonly ink: string;
  readonly card: string;
  readonly tones: readonly string[];
  /** The same as pixels of an image. */
  readonly tonePixels: readonly number[];
}

/** Servers beyond these share a colour; none of them is told by its colour alone. */
export const TONES = 6;

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const tones = Array.from({ length: TONES }, (_, tone) => colour(`tone-${tone}`));
  return {
    land: colour("land"),
    shore: colour("shore"),
    ink: colour("ink"),
    card: colour("card"),
    tones,
    tonePixels: tones.map(pixelOfHex),
  };
}

/** Of a colour as `#rrggbb`. */
function pixelOfHex(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
  return pixelOf(red, green, blue);
}

export function onColourChange(tell: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
}
