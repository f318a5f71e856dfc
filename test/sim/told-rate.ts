// Checks how often one incarnation of a server tells its watchers about a client, by the server's own clock (WT4). Where that
// clock is set back it stands still here, as for every wait (LI26).

import { clientOf } from "./claimed-time.ts";
import { Violation } from "./violation.ts";

export class ToldRate {
  readonly #perSecond: number;
  /** When the last lines were told, by connection and client: as many as a second may have, and one that came late. */
  readonly #times = new Map<string, number[]>();
  #steadyMillis = 0;
  #wallMillis: number | undefined;

  /** `perSecond`: 0 for any number. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** The server looks at its clock. */
  tick(wallMillis: number): void {
    this.#steadyMillis += Math.max(0, wallMillis - (this.#wallMillis ?? wallMillis));
    this.#wallMillis = wallMillis;
  }

  /** A message to a watcher. After an answer the current report follows, which may come at any time. */
  count(connection: number, message: string): void {
    if (this.#perSecond === 0 || !message.startsWith("AT ")) return;
    const nowMillis = this.#steadyMillis;
    for (const line of message.split("\n").slice(0, -1)) {
      if (!line.startsWith("AT ")) continue;
      const key = `${connection} ${clientOf(line)}`;
      const times = this.#times.get(key) ?? [];
      const [first = -Infinity] = times.length > this.#perSecond ? times.splice(0, 1) : [];
      if (nowMillis - first < 1000)
        throw new Violation(
          "WT4",
          `${line} is told ${nowMillis - first} ms after the ${this.#perSecond + 1}th before it`,
        );
      times.push(nowMillis);
      this.#times.set(key, times);
    }
  }
}
