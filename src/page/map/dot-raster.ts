// Ten thousand dots as pixels: squares written straight into an image, which is put on the canvas at once.
//
// As paths they would be the greater part of a frame's work wherever no graphics card draws; as pixels they cost what their
// area does. Only what the last frame wrote is cleared. Keeps PG8.

/** A colour as an image's 32 bits; the processors of browsers are little-endian. */
export function pixelOf(red: number, green: number, blue: number): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The same colour, of which so much shows: 0 to 1. */
export function fadedPixel(pixel: number, share: number): number {
  return ((Math.round(share * 255) << 24) | (pixel & 0xff_ff_ff)) >>> 0;
}

export class DotRaster {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
  readonly #pixels: Uint32Array;
  /** Where each dot of the last frame begins. */
  #written: Uint32Array = new Uint32Array(1024);
  #count = 0;
  #size = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    const buffer = new ArrayBuffer(width * height * 4);
    this.bytes = new Uint8ClampedArray(buffer);
    this.#pixels = new Uint32Array(buffer);
  }

  /** Clears what was drawn; the next dots are squares of so many pixels. */
  begin(size: number): void {
    for (let dot = 0; dot < this.#count; dot++) this.#fill(this.#written[dot] ?? 0, 0);
    this.#count = 0;
    this.#size = size;
  }

  /** A dot around a point; one that does not fit is left out. */
  draw(x: number, y: number, pixel: number): void {
    const left = Math.round(x - this.#size / 2);
    const top = Math.round(y - this.#size / 2);
    if (!(left >= 0 && top >= 0 && left + this.#size <= this.width && top + this.#size <= this.height)) return;
    const start = top * this.width + left;
    this.#fill(start, pixel);
    if (this.#count === this.#written.length) {
      const larger = new Uint32Array(this.#count * 2);
      larger.set(this.#written);
      this.#written = larger;
    }
    this.#written[this.#count++] = start;
  }

  /** A loop, since `fill` of a few pixels costs several times as much. */
  #fill(start: number, pixel: number): void {
    const pixels = this.#pixels;
    const size = this.#size;
    for (let row = 0, from = start; row < size; row++, from += this.width)
      for (let at = from; at < from + size; at++) pixels[at] = pixel;
  }
}
