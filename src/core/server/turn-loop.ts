// The loop around a server: events wait for a turn, a turn takes all of them, and what it wants done goes out in one batch.
//
// A turn begins as soon as the world's loop comes round, so that everything which arrives meanwhile shares its commit. A
// lone message need not wait for others: where several turns waited and nothing joined, the next messages get a turn at once,
// and after some of them one waits again, to see whether others come. At most one timer is set. One that rings too early
// is left alone, as moving it would cost every turn 50 µs (measured 2026-11-22 in workerd); it then makes an empty turn.
//
// The Durable Object, the simulator, the fuzz and the tests all run this loop, each with a world of its own. Keeps TL1 to TL5.

import type { Effect, HerdEvent } from "../contract/events.ts";

/**
 * Turns in a row that waited and had one event. Under load a frame of a neighbour is often alone, and clients' messages are not:
 * with one such turn, five servers under load made four times as many commits (measured 2026-11-27 in workerd).
 */
const LONE_TURNS_MIN = 3;

/** Messages that get a turn at once, before one waits again for others to share its commit. */
const TURNS_AT_ONCE = 16;

/** More bytes (of text, characters) of messages than this do not wait for others to join. */
const WAITING_BYTES_MAX = 2 * 2 ** 20;

/** What arrives as one message, of a client or of a neighbour. */
const LONE: ReadonlySet<HerdEvent["type"] | undefined> = new Set(["message", "frame"] as const);

/** What the loop runs: a server. */
interface Turner {
  /** Throws where the commit failed: nothing of the turn happened, and there is no further one. */
  turn(nowMillis: number, events: readonly HerdEvent[]): readonly Effect[];
  /** When a turn is due although nothing arrived; Infinity if none is. POSIX milliseconds. */
  readonly nextTurnMillis: number;
}

/** What the loop needs of the world around it. */
export interface LoopWorld {
  /** POSIX milliseconds. */
  now(): number;
  /** Sets the one timer anew: `ring` is called once, at that time or later. POSIX milliseconds; a time that has passed is now. */
  setTimer(atMillis: number, ring: () => void): void;
  clearTimer(): void;
  /** Carries the effects of one turn out, in order, once its commit is durable. What happens meanwhile may be heard. */
  carryOut(effects: readonly Effect[], nowMillis: number): void;
  /** A turn threw: the server must not be used any more. */
  died(error: unknown): void;
}

export class TurnLoop {
  readonly #server: Turner;
  readonly #world: LoopWorld;
  #events: HerdEvent[] = [];
  /** What the messages among them take. */
  #waitingBytes = 0;
  /** When the timer rings, POSIX milliseconds; 0 for as soon as the world's loop comes round. */
  #timerMillis = Infinity;
  /** Turns in a row that waited and had one event. */
  #loneTurns = 0;
  /** Messages to come that each get a turn at once. */
  #turnsAtOnce = 0;
  #isTurning = false;
  #isOver = false;

  constructor(server: Turner, world: LoopWorld) {
    this.#server = server;
    this.#world = world;
  }

  /** Whether it has ended, by `end` or by a turn that threw. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether nothing waits for a turn, and none is planned. */
  get isIdle(): boolean {
    return this.#events.length === 0 && this.#timerMillis === Infinity;
  }

  /** Hears what arrived together: it is in one turn. */
  hear(...events: readonly HerdEvent[]): void {
    if (this.#isOver) return;
    const isFirst = this.#events.length === 0 && !this.#isTurning;
    this.#add(events);
    if (this.#waitingBytes > WAITING_BYTES_MAX && !this.#isTurning) return this.#turn();
    const isLoneMessage = isFirst && events.length === 1 && LONE.has(events[0]?.type);
    if (!isLoneMessage || this.#turnsAtOnce === 0) return this.#plan(0);
    this.#turnsAtOnce--;
    this.#turn();
  }

  /** Runs a turn now, with these events and all that wait. Answers whether it was taken; if not, nothing of it happened. */
  turnNow(...events: readonly HerdEvent[]): boolean {
    if (this.#isOver) return false;
    this.#add(events);
    this.#clearTimer();
    this.#turn();
    return !this.#isOver;
  }

  /** Nothing more is heard, and no turn is taken. */
  end(): void {
    this.#isOver = true;
    this.#clearTimer();
  }

  #add(events: readonly HerdEvent[]): void {
    this.#events.push(...events);
    for (const event of events) if ("data" in event) this.#waitingBytes += event.data.length;
  }

  /** Others had time to join. If nobody did for several turns, the next messages are not made to wait. */
  #ring(): void {
    this.#timerMillis = Infinity;
    if (this.#isOver) return;
    // A turn that nothing waited for says nothing.
    if (this.#events.length > 0) this.#loneTurns = this.#events.length === 1 ? this.#loneTurns + 1 : 0;
    this.#turnsAtOnce = this.#loneTurns >= LONE_TURNS_MIN ? TURNS_AT_ONCE : 0;
    this.#turn();
  }

  #turn(): void {
    const events = this.#events;
    this.#events = [];
    this.#waitingBytes = 0;
    const nowMillis = this.#world.now();
    this.#isTurning = true;
    try {
      this.#world.carryOut(this.#server.turn(nowMillis, events), nowMillis);
    } catch (error) {
      this.end();
      return this.#world.died(error);
    } finally {
      this.#isTurning = false;
    }
    if (!this.#isOver) this.#plan(this.#events.length > 0 ? 0 : this.#server.nextTurnMillis);
  }

  #plan(atMillis: number): void {
    // Without anything to do it has no timer: one would keep the object in memory.
    if (atMillis === Infinity) return this.#clearTimer();
    if (this.#timerMillis <= atMillis) return;
    this.#timerMillis = atMillis;
    this.#world.setTimer(atMillis, () => this.#ring());
  }

  #clearTimer(): void {
    if (this.#timerMillis === Infinity) return;
    this.#timerMillis = Infinity;
    this.#world.clearTimer();
  }
}
