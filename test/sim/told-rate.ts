// Checks how often one incarnation of a server tells its watchers about a client, by the server's own clock (WT4).

import { clientOf } from "./claimed-time.ts";
import { Violation } from "./violation.ts";

export class ToldRate {
  readonly #perSecond: number;
  /** When the last lines were told, by connection and client: as many as a second may have, and one that came late. */
  readonly #times = new Map<string, number[]>();

  /** `perSecond`: 0 for any number. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** A message to a watcher. After an answer the current report follows, which may come at any time. */
  count(connection: number, message: string, nowMillis: number): void {
    if (this.#perSecond === 0 || !message.startsWith("AT ")) return;
    for (const line of message.split("\n").slice(0, -1)) {
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
