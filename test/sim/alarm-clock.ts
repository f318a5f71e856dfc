// Rings a durable alarm. At most one ring is planned; it is planned anew when the time changes.

import type { World } from "./world.ts";

export class AlarmClock {
  readonly #world: World;
  readonly #ring: () => void;
  #plannedMillis: number | undefined;
  #ticket = 0;

  constructor(world: World, ring: () => void) {
    this.#world = world;
    this.#ring = ring;
  }

  /** Rings at this time of the world and at no other; `undefined` for never. */
  plan(dueMillis: number | undefined): void {
    if (dueMillis === this.#plannedMillis) return;
    this.#plannedMillis = dueMillis;
    const ticket = ++this.#ticket;
    if (dueMillis === undefined) return;
    this.#world.at(dueMillis, () => {
      if (ticket !== this.#ticket) return;
      this.#plannedMillis = undefined;
      this.#ring();
    });
  }
}
