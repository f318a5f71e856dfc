// What was typed, to be brought back: as a shell does it. The line that was begun waits at the end.

const LINES_MAX = 100;

export class LineHistory {
  readonly #lines: string[] = [];
  /** The one shown; as many as there are lines: the one being typed. */
  #shown = 0;
  #begun = "";

  add(line: string): void {
    if (this.#lines.at(-1) !== line) this.#lines.push(line);
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
    this.#shown = this.#lines.length;
    this.#begun = "";
  }

  /** The line before the one shown; `typed` is what stands there now. */
  back(typed: string): string {
    if (this.#shown === this.#lines.length) this.#begun = typed;
    this.#shown = Math.max(0, this.#shown - 1);
    return this.#lines[this.#shown] ?? this.#begun;
  }

  forward(): string {
    this.#shown = Math.min(this.#lines.length, this.#shown + 1);
    return this.#lines[this.#shown] ?? this.#begun;
  }
}
