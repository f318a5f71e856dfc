// Draws the actions of a schedule at random, one at a time: who says what to whom, and what goes wrong when.

import type { Action } from "./action.ts";
import { AHEAD_SECONDS_REFUSED, AHEAD_SECONDS_SURE, CRASH_MOMENTS, FIRST_WATCHER } from "./action.ts";
import { NEVER_MILLIS } from "./connection.ts";
import type { SimOptions } from "./options.ts";
import { Random } from "./random.ts";
import { START_MILLIS } from "./world.ts";

/** 1,024 weeks: what a GPS receiver of before is wrong by. */
const GPS_ROLLOVER_SECONDS = 1024 * 7 * 86_400;

export class Draw {
  readonly #options: SimOptions;
  readonly #random: Random;
  readonly #servers: readonly string[];
  readonly #troubles: readonly number[];

  constructor(options: SimOptions) {
    this.#options = options;
    this.#random = new Random(`schedule ${options.seed}`);
    this.#servers = [...new Set(options.links.flat())].toSorted();
    this.#troubles = times(options.faults.troubles, () => this.#when());
  }

  say(): Action {
    const client = this.#client();
    const isQuestion = this.#random.chance(0.2);
    const atMillis = isQuestion ? this.#when() : this.#whenReporting();
    const lines = times(this.#random.pick([1, 1, 1, 3]), () => this.#line(client, isQuestion, atMillis));
    return { atMillis, do: "say", client, server: this.#server(), lines };
  }

  hangUp(): Action {
    return {
      atMillis: this.#when(),
      do: "hang up",
      client: this.#client(),
      server: this.#server(),
    };
  }

  cut(): Action {
    const random = this.#random;
    // Half of them come at any time: one moment has only so many connections to cut.
    const atMillis = random.chance(0.5) ? this.#when() : this.#whenInTrouble();
    if (random.chance(0.2))
      return {
        atMillis,
        do: "cut client",
        client: this.#client(),
        server: this.#server(),
        lateMillis: this.#late(),
      };
    const [from, to] = this.#direction();
    const keeps = random.pick([0, 0.5, 1]);
    return {
      atMillis,
      do: "cut",
      from,
      to,
      keeps,
      nearLateMillis: this.#late(),
      farLateMillis: this.#late(),
    };
  }

  ghost(): Action {
    const [from, to] = this.#direction();
    const [age, forMillis] = [this.#random.integer(0, 3), this.#random.integer(1, 20_000)];
    return { atMillis: this.#whenInTrouble(), do: "ghost", from, to, age, forMillis };
  }

  holdDials(): Action {
    const [from, to] = this.#direction();
    const [forMillis, byMillis] = [this.#random.integer(1_000, 30_000), this.#random.integer(100, 40_000)];
    return { atMillis: this.#whenInTrouble(), do: "hold dials", from, to, forMillis, byMillis };
  }

  part(): Action {
    const side = this.#servers.filter(() => this.#random.chance(0.5));
    const forMillis = this.#random.integer(1_000, 60_000);
    return {
      atMillis: this.#whenInTrouble(),
      do: "part",
      side,
      forMillis,
      hang: this.#random.chance(0.5),
    };
  }

  crash(losesStorage: boolean): Action {
    const random = this.#random;
    return {
      atMillis: this.#whenInTrouble(),
      do: "crash",
      server: this.#server(),
      // A server that comes back empty at once, while what it said before is still on its way, may be believed wrongly.
      moment: losesStorage && random.chance(0.5) ? "after a SYNC" : random.pick(CRASH_MOMENTS),
      losesStorage,
      downMillis: random.chance(losesStorage ? 0.6 : 0.3) ? 0 : random.integer(0, this.#options.faults.downMillisMax),
      lateMillis: this.#late(),
    };
  }

  slow(): Action {
    const [forMillis, turnMillis] = [this.#random.integer(1_000, 30_000), this.#random.pick([50, 1_000, 8_000])];
    return {
      atMillis: this.#whenInTrouble(),
      do: "slow",
      server: this.#server(),
      forMillis,
      turnMillis,
    };
  }

  /** Out of service, and back, unless the run is healed before. Two such times may overlap, as in life. */
  service(random: Random): Action[] {
    const server = random.pick(this.#servers);
    const atMillis = random.integer(0, this.#options.loadMillis);
    const upMillis = atMillis + random.pick([0, random.integer(1, 60_000)]);
    const down: Action = { atMillis, do: "service", server, isDrained: true };
    if (upMillis > this.#options.loadMillis) return [down];
    return [down, { atMillis: upMillis, do: "service", server, isDrained: false }];
  }

  fillStorage(random: Random): Action {
    const [atMillis, server] = [random.integer(0, this.#options.loadMillis), random.pick(this.#servers)];
    return { atMillis, do: "fill storage", server, forMillis: random.pick([500, 5_000, 60_000]) };
  }

  /** A clock is set right, or wrong by as much as it may be; back more often than it would by chance. */
  setClock(random: Random): Action {
    const { clockMillisMax } = this.#options.faults;
    const [atMillis, server] = [random.integer(0, this.#options.loadMillis), random.pick(this.#servers)];
    const clockMillis = random.pick([
      0,
      -clockMillisMax,
      clockMillisMax,
      random.integer(-clockMillisMax, clockMillisMax),
    ]);
    return { atMillis, do: "set clock", server, clockMillis };
  }

  /** A message of a watcher, or the end of its connection. */
  watch(random: Random): Action {
    const client = FIRST_WATCHER + random.integer(0, 2);
    const [atMillis, server] = [random.integer(0, this.#options.loadMillis), random.pick(this.#servers)];
    if (random.chance(0.05)) return { atMillis, do: "hang up", client, server };
    if (random.chance(0.1)) return { atMillis, do: "cut client", client, server, lateMillis: random.integer(0, 2_000) };
    const watched = () => (random.chance(0.3) ? "*" : nameOf(random.integer(1, Math.min(4, this.#options.clients))));
    const lines = times(random.pick([1, 1, 2, 4]), () =>
      random.chance(0.05) ? "WATCH" : `${random.chance(0.75) ? "WATCH" : "UNWATCH"} ${watched()}`,
    );
    return { atMillis, do: "say", client, server, lines };
  }

  /** A watcher asks to be told of silences: of such that end while clients report, and of such that nothing but the alarm sees. */
  waitForSilence(random: Random): Action {
    const client = FIRST_WATCHER + random.integer(0, 2);
    const [atMillis, server] = [random.integer(0, this.#options.loadMillis), random.pick(this.#servers)];
    const watched = () => nameOf(random.integer(1, Math.min(4, this.#options.clients + 1)));
    const lines = times(random.pick([1, 1, 2]), () =>
      random.chance(0.1)
        ? random.pick(["WATCH * 5", `WATCH ${watched()} 0`, `WATCH ${watched()} 1e3`, `UNWATCH ${watched()}`])
        : `WATCH ${watched()} ${random.pick([1, 2, 9, 12, 30, 200])}`,
    );
    return { atMillis, do: "say", client, server, lines };
  }

  /** Watchers of a server read nothing for a while. Meanwhile one of them may end a watch for which lines wait. */
  readSlowly(random: Random): Action[] {
    const [atMillis, server] = [random.integer(0, this.#options.loadMillis), random.pick(this.#servers)];
    const slow: Action = { atMillis, do: "read slowly", server, forMillis: random.pick([50, 400, 5_000, 60_000]) };
    const times = [100, 1_000, 2_000].map((millis) => atMillis + random.integer(0, millis));
    if (random.chance(0.5) || Math.max(...times) > this.#options.reportMillis) return [slow];
    const [reports, watcher] = [random.integer(1, this.#options.clients), FIRST_WATCHER + random.integer(0, 2)];
    const [soonMillis = 0, thenMillis = 0, lateMillis = 0] = times.toSorted((one, other) => one - other);
    const claimed = `${Math.floor((START_MILLIS + thenMillis) / 1000)}.${random.integer(100, 999)}`;
    const say = (client: number, line: string) => ({ do: "say", client, server, lines: [line] }) as const;
    return [
      slow,
      { atMillis: soonMillis, ...say(watcher, `WATCH ${nameOf(reports)}`) },
      { atMillis: thenMillis, ...say(reports, iamat(reports, "+1.5-2.5", claimed)) },
      { atMillis: lateMillis, ...say(watcher, `UNWATCH ${nameOf(reports)}`) },
    ];
  }

  farFuture(): Action {
    const [client, atMillis] = [this.#client(), this.#whenReporting()];
    const ahead = this.#random.pick([AHEAD_SECONDS_SURE - 100, AHEAD_SECONDS_REFUSED + 100, 10 ** 12]);
    const lines = [iamat(client, this.#location(), `${Math.floor((START_MILLIS + atMillis) / 1000) + ahead}.5`)];
    return {
      atMillis,
      do: "say",
      client,
      server: this.#server(),
      lines,
      fault: "far-future report",
    };
  }

  /** Reports that the server stamps, some among others of the client in one message. */
  stamp(random: Random): Action {
    const [client, atMillis] = [this.#reporter(random), random.integer(0, this.#options.reportMillis)];
    const lines = times(random.pick([1, 1, 2, 5]), () =>
      iamat(
        client,
        placeOf(random),
        random.chance(0.7) ? "now" : `${secondsAt(atMillis)}.${random.pick(["0", "999"])}`,
      ),
    );
    return { atMillis, do: "say", client, server: random.pick(this.#servers), lines };
  }

  /** A client is forgotten, perhaps among its reports. Few clients are, so that it happens to one again and again. */
  forget(random: Random): Action {
    const [client, atMillis] = [
      random.integer(1, Math.min(3, this.#options.clients)),
      random.integer(0, this.#options.reportMillis),
    ];
    const report = () => {
      const ago = random.pick([0, 0, -1, -5, 1000]);
      return random.chance(0.2) ? "now" : `${secondsAt(atMillis - ago * 1000)}.${random.integer(0, 9)}`;
    };
    const lines = times(random.pick([1, 1, 2, 3]), () =>
      random.chance(0.6) ? `FORGET ${nameOf(client)}` : iamat(client, placeOf(random), report()),
    );
    return { atMillis, do: "say", client, server: random.pick(this.#servers), lines };
  }

  /** Reports of a device whose clock is wrong by years. It may be set right among them, and says now at times. */
  deviceClock(random: Random): Action {
    const [client, atMillis] = [this.#reporter(random), random.integer(0, this.#options.reportMillis)];
    const wrong = random.pick([-GPS_ROLLOVER_SECONDS, -GPS_ROLLOVER_SECONDS, GPS_ROLLOVER_SECONDS, 10 ** 12]);
    const lines = times(random.pick([1, 1, 2, 5]), () => {
      const time = random.chance(0.7) ? secondsAt(atMillis, wrong) : random.pick(["now", "0", secondsAt(atMillis)]);
      return iamat(client, placeOf(random), time);
    });
    const server = random.pick(this.#servers);
    return { atMillis, do: "say", client, server, lines, clock: "server", fault: "device's clock" };
  }

  burst(): Action {
    const [client, atMillis] = [this.#client(), this.#whenReporting()];
    const lines = times(this.#random.integer(8, 40), () =>
      iamat(client, this.#location(), this.#time(atMillis + this.#random.integer(0, 1_000))),
    );
    return { atMillis, do: "say", client, server: this.#server(), lines, fault: "burst" };
  }

  #line(client: number, isQuestion: boolean, atMillis: number): string {
    const random = this.#random;
    if (isQuestion) return `WHATSAT ${nameOf(this.#client())} ${random.integer(1, 50)} ${random.integer(1, 20)}`;
    if (random.chance(0.05))
      return random.pick(["NONSENSE", "IAMAT here", `AT A +0.000000000 ${nameOf(client)} +1+1 1`]);
    return iamat(client, this.#location(), this.#time(atMillis));
  }

  /** Many are equal, as GPS times are: whole seconds. Some are a little before, some differ only in the last of nine digits. */
  #time(atMillis: number): string {
    const random = this.#random;
    const seconds = Math.floor((START_MILLIS + atMillis) / 1000);
    if (random.chance(0.25)) return `${seconds - (seconds % 10)}`;
    if (random.chance(0.2)) return `${seconds - random.integer(0, 30)}`;
    if (random.chance(0.3)) return `${seconds - (seconds % 10)}.12345678${random.integer(0, 9)}`;
    if (random.chance(0.2)) return `${seconds - (seconds % 10)}.${random.pick(["5", "50", "500000000"])}`;
    return `${seconds}.${String(random.integer(0, 999_999_999)).padStart(9, "0")}`;
  }

  /** How much later an end notices that its connection is gone. */
  #late(): number {
    const { lateMillisMax, isSilent } = this.#options.faults;
    if (this.#random.chance(0.5)) return 0;
    return isSilent && this.#random.chance(0.3) ? NEVER_MILLIS : this.#random.integer(0, lateMillisMax);
  }

  #location(): string {
    const random = this.#random;
    return `+${random.integer(0, 89)}.${random.integer(0, 999)}-${random.integer(0, 179)}.5`;
  }

  #when(): number {
    return this.#random.integer(0, this.#options.loadMillis);
  }

  /** Faults that come together have effects that no single fault has. */
  #whenInTrouble(): number {
    if (this.#troubles.length === 0) return this.#when();
    const atMillis = this.#random.pick(this.#troubles) + this.#random.integer(0, 2_000);
    return Math.min(atMillis, this.#options.loadMillis);
  }

  #whenReporting(): number {
    return this.#random.integer(0, this.#options.reportMillis);
  }

  #reporter(random: Random): number {
    return random.integer(1, Math.min(6, this.#options.clients));
  }

  #client(): number {
    return this.#random.integer(1, this.#options.clients);
  }

  #server(): string {
    return this.#random.pick(this.#servers);
  }

  #direction(): readonly [string, string] {
    const [one, other] = this.#random.pick(this.#options.links);
    return this.#random.chance(0.5) ? [one, other] : [other, one];
  }
}

function placeOf(random: Random): string {
  return `-${random.integer(0, 89)}.${random.integer(0, 999)}+${random.integer(0, 179)}.5`;
}

/** POSIX seconds so many seconds after that time of the run. */
function secondsAt(atMillis: number, later = 0): string {
  return `${Math.floor((START_MILLIS + atMillis) / 1000) + later}`;
}

function nameOf(client: number): string {
  return `client-${client}`;
}

function iamat(client: number, location: string, time: string): string {
  return `IAMAT ${nameOf(client)} ${location} ${time}`;
}

export function times<Value>(count: number, make: () => Value): Value[] {
  return Array.from({ length: count }, make);
}
