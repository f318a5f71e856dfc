// Times for reports whose caller gave none: the time of the call, and later than each report of the same client before.
//
// A report counts only if it is later than the one that is held (RP6), and a platform's clock moves in milliseconds. So the
// microseconds are counted here, for each client by itself. A device's clock is not trusted: a time that was refused counts for
// nothing, and when the clock is set back, what was counted by the wrong clock is forgotten. Keeps CL11, CL37, CL38
// and CL62.

/** A clock that goes back by more than this was set; less is how a clock is slowed down to the right time. */
const SET_BACK_MILLIS = 1000;

/** With this many clients the first search for times that are over begins. */
const SWEEP_CLIENTS_MIN = 1000;

interface Counted {
  /** The latest time that a server took. */
  accepted: number;
  /** The latest time that is on its way, or `accepted`. */
  said: number;
}

export class ReportClock {
  /** By client, in microseconds since 1970. */
  readonly #counted = new Map<string, Counted>();
  #sweepAt = SWEEP_CLIENTS_MIN;
  /** The device's clock minus its steady one, in milliseconds. */
  #offsetMillis = -Infinity;

  /** How many clients it counts for. */
  get size(): number {
    return this.#counted.size;
  }

  /** POSIX seconds with six decimals. `steadyMillis`: of a clock that nobody sets. */
  next(client: string, nowMillis: number, steadyMillis: number): string {
    const offsetMillis = nowMillis - steadyMillis;
    if (offsetMillis < this.#offsetMillis - SET_BACK_MILLIS) this.#counted.clear();
    this.#offsetMillis = offsetMillis;
    const nowMicros = Math.round(nowMillis * 1000);
    const counted = this.#counted.get(client) ?? this.#add(client, nowMicros);
    counted.said = Math.max(nowMicros, counted.said + 1);
    return secondsOf(counted.said);
  }

  /** A server took the report of that time. */
  accept(client: string, time: string): void {
    const counted = this.#counted.get(client);
    if (counted !== undefined) counted.accepted = Math.max(counted.accepted, microsOf(time));
  }

  /** The report of that time came to nothing. */
  refuse(client: string, time: string): void {
    const counted = this.#counted.get(client);
    if (counted?.said === microsOf(time)) counted.said = counted.accepted;
  }

  /** The latest time that was chosen for the client and counts; `undefined` for none. Microseconds since 1970. */
  saidMicros(client: string): number | undefined {
    return this.#counted.get(client)?.said;
  }

  /** The client was forgotten, and no time was chosen for it since `saidMicros`: what was counted of it is dropped. */
  forget(client: string, saidMicros: number | undefined): void {
    if (this.#counted.get(client)?.said === saidMicros) this.#counted.delete(client);
  }

  #add(client: string, nowMicros: number): Counted {
    if (this.#counted.size >= this.#sweepAt) {
      for (const [name, { said }] of this.#counted) if (said < nowMicros) this.#counted.delete(name);
      this.#sweepAt = Math.max(SWEEP_CLIENTS_MIN, this.#counted.size * 2);
    }
    const counted = { accepted: 0, said: 0 };
    this.#counted.set(client, counted);
    return counted;
  }
}

function secondsOf(micros: number): string {
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, "0")}`;
}

function microsOf(time: string): number {
  return Number(time.replace(".", ""));
}
