// A progress bar on a terminal; nothing if the output is not a terminal.

const WIDTH = 40;
const REDRAW_MILLIS = 200;

export class Progress {
  readonly #total: number;
  readonly #unit: string;
  #drawnMillis = -Infinity;

  /** `unit`: what is counted, such as `runs`. */
  constructor(total: number, unit = "seeds") {
    this.#total = total;
    this.#unit = unit;
  }

  show(done: number, failures: number): void {
    if (!process.stderr.isTTY || performance.now() - this.#drawnMillis < REDRAW_MILLIS) return;
    this.#drawnMillis = performance.now();
    const filled = Math.floor((done / this.#total) * WIDTH);
    const bar = "#".repeat(filled).padEnd(WIDTH, ".");
    process.stderr.write(`\r[${bar}] ${done} of ${this.#total} ${this.#unit}, ${failures} violations`);
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write(`\r${" ".repeat(WIDTH + 50)}\r`);
  }
}
