// Which blocks of the core's code have run: what guides the generator, and what a run says of itself in the end.
//
// V8 counts blocks itself; the inspector of this very process reads and resets the counts. Facts, 2026-11-22: `post` calls
// back before it returns; only code that is compiled after the counting began has counts, so start it before the core is
// imported; Node blanks types out, so offsets are those of the source.

import { readFileSync } from "node:fs";
import { Session, type Profiler } from "node:inspector";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** What lies between two blocks and is none: the end of a function after its `return`. */
const NO_CODE = /^[\s(){}[\],;]*$/;

/** One character of one file. */
type Spot = number;

const FILE_CHARACTERS_MAX = 1_000_000;

export class Coverage {
  readonly #session = new Session();
  readonly #files: readonly string[];
  readonly #known = new Set<Spot>();
  /** By file: where blocks begin, as far as V8 has told. */
  readonly #borders: readonly Set<number>[];

  /** `files`: those that count, from the project's root. */
  constructor(files: readonly string[]) {
    this.#files = files;
    this.#borders = files.map(() => new Set([0]));
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** What ran since the last time. */
  take(): Set<Spot> {
    const spots = new Set<Spot>();
    let taken: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error !== null) throw error;
      taken = result;
    });
    for (const { url, functions } of taken) {
      const index = this.#files.findIndex((file) => url.endsWith(`/${file}`));
      if (index >= 0) this.#addSpots(index, functions, spots);
    }
    return spots;
  }

  /** Those of the spots that never ran before; from now on they are known. */
  learn(spots: ReadonlySet<Spot>): Set<Spot> {
    const fresh = spots.difference(this.#known);
    for (const spot of fresh) this.#known.add(spot);
    return fresh;
  }

  /** Of each file the blocks that ran, and how many there are. */
  blocks(): { readonly file: string; readonly reached: number; readonly total: number }[] {
    return this.#files.map((file, index) => {
      const source = readFileSync(join(ROOT, file), "utf8");
      const borders = [...(this.#borders[index] ?? [])].toSorted((one, other) => one - other);
      const blocks = borders.filter((border, at) => !NO_CODE.test(source.slice(border, borders[at + 1])));
      const reached = blocks.filter((border) => this.#known.has(index * FILE_CHARACTERS_MAX + border)).length;
      return { file, reached, total: blocks.length };
    });
  }

  end(): void {
    this.#session.disconnect();
  }

  /** Ranges lie in each other, the inner ones later: a later one counts where it lies. */
  #addSpots(index: number, functions: readonly Profiler.FunctionCoverage[], spots: Set<Spot>): void {
    const ranges = functions.flatMap((one) => one.ranges);
    const hasRun = new Uint8Array(Math.max(...ranges.map(({ endOffset }) => endOffset)));
    for (const { startOffset, endOffset, count } of ranges) {
      this.#borders[index]?.add(startOffset).add(endOffset);
      hasRun.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    }
    // A spot a block is enough: its first character.
    for (const border of this.#borders[index] ?? [])
      if (hasRun[border] === 1) spots.add(index * FILE_CHARACTERS_MAX + border);
  }
}
