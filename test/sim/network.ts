// The network between clients and servers: who can reach whom, and the faults of connections.

import type { ClockPolicy } from "../../src/core/protocol/connection.ts";
import type { Hello } from "../../src/core/protocol/frame.ts";
import { ConnectionEnd } from "./connection.ts";
import type { FeedWatch } from "./feed-watch.ts";
import type { Random } from "./random.ts";
import type { Action } from "./action.ts";
import type { World } from "./world.ts";

type Cut = Extract<Action, { do: "cut" }>;

/** Who opens a connection to a server. */
export type Caller =
  | { readonly type: "client"; readonly isWatcher: boolean; readonly clock: ClockPolicy | undefined }
  | { readonly type: "neighbour"; readonly hello: Hello };

/** Takes a connection, or answers `false`. */
export type Accept = (server: string, end: ConnectionEnd, caller: Caller) => boolean;

interface Feed {
  readonly hellos: Hello[];
  readonly open: Set<ConnectionEnd>;
  readonly cutsToCome: Cut[];
  dialsHeldUntilMillis: number;
  dialsHeldByMillis: number;
}

interface Parting {
  readonly side: ReadonlySet<string>;
  readonly untilMillis: number;
  readonly hang: boolean;
}

export class Network {
  readonly #world: World;
  readonly #random: Random;
  readonly #delayMillisMax: number;
  readonly #watch: FeedWatch;
  readonly #accept: Accept;
  /** By the names of sender and receiver. */
  readonly #feeds = new Map<string, Feed>();
  #partings: Parting[] = [];
  /** Feeds that were dialled. */
  dials = 0;

  constructor(world: World, random: Random, delayMillisMax: number, watch: FeedWatch, accept: Accept) {
    this.#world = world;
    this.#random = random;
    this.#delayMillisMax = delayMillisMax;
    this.#watch = watch;
    this.#accept = accept;
  }

  /** Feeds with a connection that one end still believes to be open. */
  get openFeeds(): string[] {
    return [...this.#feeds].filter(([, { open }]) => [...open].some((end) => end.isOpen)).map(([name]) => name);
  }

  /** Opens a connection for a client. Answers the client's end. */
  connect(server: string, isWatcher = false, clock?: ClockPolicy): ConnectionEnd {
    return this.#open(server, { type: "client", isWatcher, clock }, 0);
  }

  /** Opens a feed. Answers the sender's end. */
  dial(from: string, to: string, hello: Hello): ConnectionEnd {
    this.dials++;
    const feed = this.#feed(from, to);
    const isHeld = this.#world.nowMillis < feed.dialsHeldUntilMillis;
    const end = this.#open(to, { type: "neighbour", hello }, isHeld ? feed.dialsHeldByMillis : 0);
    feed.hellos.push(hello);
    feed.open.add(end);
    const cut = feed.cutsToCome.shift();
    if (cut !== undefined)
      this.#world.after(this.#random.integer(0, 6 * this.#delayMillisMax), () => this.#cut(end, cut));
    return end;
  }

  /** Cuts the feed's open connections, or else its next one while it is young. */
  cut(cut: Cut): void {
    const feed = this.#feed(cut.from, cut.to);
    const open = [...feed.open].filter((end) => end.isOpen && !end.isCut);
    if (open.length === 0) feed.cutsToCome.push(cut);
    for (const end of open) this.#cut(end, cut);
  }

  /** An earlier dial reaches the receiver once more. Nobody is at the other end. */
  ghost(from: string, to: string, age: number, forMillis: number): void {
    const hello = this.#feed(from, to).hellos.at(-1 - age);
    if (hello === undefined) return;
    this.#world.countFault("ghost");
    this.#world.tell(from, `a ghost of its run ${hello.incarnation} dials ${to}`);
    const end = this.#open(to, { type: "neighbour", hello }, 0);
    this.#world.after(forMillis, () => end.close("a ghost"));
  }

  holdDials(from: string, to: string, forMillis: number, byMillis: number): void {
    this.#world.countFault("held dials");
    const feed = this.#feed(from, to);
    feed.dialsHeldUntilMillis = this.#world.nowMillis + forMillis;
    feed.dialsHeldByMillis = byMillis;
  }

  /** Nothing passes between the two sides until the time is over. */
  part(side: readonly string[], forMillis: number, hang: boolean): void {
    const parting = { side: new Set(side), untilMillis: this.#world.nowMillis + forMillis, hang };
    this.#partings.push(parting);
    this.#world.countFault("partition");
    this.#world.tell("network", `parts ${side.join(" ")} from the rest for ${forMillis} ms`);
    const late = () => this.#random.integer(0, 5_000);
    for (const [name, { open }] of this.#feeds) {
      const [from = "", to = ""] = name.split(">");
      if (!isBetween(parting, from, to)) continue;
      for (const end of open) end.cut({ keeps: 0, lateMillis: late() }, { keeps: 0, lateMillis: late() });
    }
  }

  heal(): void {
    this.#partings = [];
    for (const feed of this.#feeds.values()) {
      feed.cutsToCome.length = 0;
      feed.dialsHeldUntilMillis = 0;
    }
  }

  #feed(from: string, to: string): Feed {
    const name = `${from}>${to}`;
    const feed = this.#feeds.get(name) ?? {
      hellos: [],
      open: new Set(),
      cutsToCome: [],
      dialsHeldUntilMillis: 0,
      dialsHeldByMillis: 0,
    };
    this.#feeds.set(name, feed);
    for (const end of feed.open) if (!end.isOpen) feed.open.delete(end);
    return feed;
  }

  #open(server: string, caller: Caller, lateMillis: number): ConnectionEnd {
    const delayMillis = () => this.#random.integer(0, this.#delayMillisMax);
    const [near, far] = ConnectionEnd.pair(this.#world, delayMillis);
    if (caller.type === "neighbour") {
      const { frames, answers } = this.#watch.watchesOf(caller.hello.name, server);
      near.watch = frames;
      far.watch = answers;
    }
    const parting = this.#partingOf(caller, server);
    if (parting !== undefined) {
      near.arriveAfter(parting.hang ? parting.untilMillis - this.#world.nowMillis : 0, () => far.close("no way there"));
      return near;
    }
    far.arriveAfter(lateMillis, () => {
      if (!this.#accept(server, far, caller)) far.close("the server is down");
    });
    return near;
  }

  #partingOf(caller: Caller, server: string): Parting | undefined {
    const { nowMillis } = this.#world;
    if (caller.type === "client") return undefined;
    const { name } = caller.hello;
    return this.#partings.find((parting) => nowMillis < parting.untilMillis && isBetween(parting, name, server));
  }

  #cut(end: ConnectionEnd, { from, to, keeps, nearLateMillis, farLateMillis }: Cut): void {
    if (!end.isOpen || end.isCut) return;
    this.#world.countFault("cut");
    this.#world.tell(from, `is cut off from ${to}`);
    end.cut({ keeps, lateMillis: nearLateMillis }, { keeps, lateMillis: farLateMillis });
  }
}

function isBetween({ side }: Parting, one: string, other: string): boolean {
  return side.has(one) !== side.has(other);
}
