// The turn loop around a server that only notes what it is given.

import { describe, expect, test } from "vitest";
import type { Effect, HerdEvent } from "../../../src/core/contract/events.ts";
import { TurnLoop } from "../../../src/core/server/turn-loop.ts";
import { ManualTimer } from "../../support/manual-timer.ts";

const NOW_MILLIS = 1_000_000;

function message(connection: number, data = "IAMAT …"): HerdEvent {
  return { type: "message", connection, data, receivedMillis: NOW_MILLIS };
}

class Rig {
  /** The connections of each turn's messages. */
  readonly turns: number[][] = [];
  readonly carriedOut: Effect[] = [];
  readonly deaths: unknown[] = [];
  nextTurnMillis = Infinity;
  failure: Error | undefined;
  /** What happens while effects are carried out. */
  meanwhile: () => void = () => undefined;
  readonly timer = new ManualTimer();
  readonly loop = new TurnLoop(this, {
    now: () => NOW_MILLIS,
    setTimer: (atMillis, ring) => this.timer.setTimer(atMillis, ring),
    clearTimer: () => this.timer.clearTimer(),
    carryOut: (effects) => {
      this.carriedOut.push(...effects);
      this.meanwhile();
    },
    died: (error) => this.deaths.push(error),
  });

  turn(_nowMillis: number, events: readonly HerdEvent[]): Effect[] {
    if (this.failure !== undefined) throw this.failure;
    this.turns.push(events.map((event) => ("connection" in event ? event.connection : 0)));
    return events.map(() => ({ type: "send", connection: 1, data: "" }));
  }

  /** The world comes round. */
  comeRound(): void {
    this.timer.ringIfDue(NOW_MILLIS);
  }

  /** So many turns that a lone message waits for. */
  wait(turns: number): void {
    for (let turn = 0; turn < turns; turn++) {
      this.loop.hear(message(0));
      this.comeRound();
    }
    this.turns.length = 0;
  }
}

describe("what arrives", () => {
  test("[TL1] waits for a turn, and shares it with what arrives meanwhile, in order", () => {
    const rig = new Rig();
    rig.loop.hear(message(1));
    rig.loop.hear(message(2), message(3));
    expect(rig.turns).toEqual([]);
    rig.comeRound();
    expect(rig.turns).toEqual([[1, 2, 3]]);
  });

  test("[TL5] does not wait once it is very much together, and is heard in order", () => {
    const rig = new Rig();
    // The first one makes the loop wait for others.
    for (let connection = 1; connection <= 100; connection++) rig.loop.hear(message(connection, "x".repeat(65_536)));
    expect(rig.turns.map((turn) => turn.length)).toEqual([33, 33, 33]);
    rig.comeRound();
    expect(rig.turns.flat()).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  test("[TL1] while effects are carried out is in the next turn", () => {
    const rig = new Rig();
    rig.meanwhile = () => {
      rig.meanwhile = () => undefined;
      rig.loop.hear({ type: "closed", connection: 7, reason: "broken off" });
    };
    rig.loop.hear(message(1));
    rig.comeRound();
    expect(rig.turns).toEqual([[1]]);
    rig.comeRound();
    expect(rig.turns).toEqual([[1], [7]]);
  });

  test("[TL1] before a turn that cannot wait is in that turn", () => {
    const rig = new Rig();
    rig.loop.hear(message(1));
    expect(rig.loop.turnNow({ type: "alarm" })).toBe(true);
    expect(rig.turns).toEqual([[1, 0]]);
    expect(rig.timer.dueMillis).toBe(Infinity);
  });
});

describe("a lone message", () => {
  test("[TL2] gets a turn at once after three that nobody joined, 16 times, and then waits again", () => {
    const rig = new Rig();
    rig.wait(3);
    for (let connection = 1; connection <= 16; connection++) rig.loop.hear(message(connection));
    expect(rig.turns).toHaveLength(16);
    rig.loop.hear(message(17));
    expect(rig.turns).toHaveLength(16);
    rig.comeRound();
    expect(rig.turns.at(-1)).toEqual([17]);
    // Nobody joined that one either.
    rig.loop.hear(message(18));
    expect(rig.turns.at(-1)).toEqual([18]);
  });

  test("[TL2] waits after two turns that nobody joined, as a frame is alone that comes while clients say much", () => {
    const rig = new Rig();
    rig.wait(2);
    rig.loop.hear(message(1));
    expect(rig.turns).toEqual([]);
  });

  test("[TL2] waits after a turn that others joined, however many were alone before", () => {
    const rig = new Rig();
    rig.wait(2);
    rig.loop.hear(message(1));
    rig.loop.hear(message(2));
    rig.comeRound();
    for (const connection of [3, 4, 5]) {
      rig.loop.hear(message(connection));
      expect(rig.turns.flat()).not.toContain(connection);
      rig.comeRound();
    }
  });

  test("[TL2] gets a turn at once also after one that nothing waited for", () => {
    const rig = new Rig();
    rig.wait(3);
    rig.loop.turnNow({ type: "alarm" });
    rig.loop.hear(message(1));
    expect(rig.turns).toEqual([[0], [1]]);
  });

  test("[TL2] waits where something else waits already, and so does everything that is no message", () => {
    const rig = new Rig();
    rig.wait(3);
    rig.loop.hear({ type: "closed", connection: 9, reason: "gone" });
    rig.loop.hear(message(2));
    expect(rig.turns).toEqual([]);
    rig.comeRound();
    expect(rig.turns).toEqual([[9, 2]]);
  });
});

describe("a turn that throws", () => {
  test("[TL3] is the last one: nothing of it leaves, and nothing more is heard", () => {
    const rig = new Rig();
    rig.failure = new Error("the disk is full");
    rig.loop.hear(message(1));
    rig.comeRound();
    expect(rig.deaths).toEqual([rig.failure]);
    expect(rig.loop.isOver).toBe(true);
    rig.failure = undefined;
    rig.loop.hear(message(2));
    expect(rig.loop.turnNow(message(3))).toBe(false);
    expect([rig.turns, rig.carriedOut, rig.timer.dueMillis]).toEqual([[], [], Infinity]);
  });

  test("[TL3] says so to whoever asked for it", () => {
    const rig = new Rig();
    rig.failure = new Error("the disk is full");
    expect(rig.loop.turnNow({ type: "alarm" })).toBe(false);
  });
});

describe("the timer", () => {
  test("[TL4] rings when the server has something to do, and is not set where it has nothing", () => {
    const rig = new Rig();
    rig.nextTurnMillis = NOW_MILLIS + 500;
    rig.loop.turnNow();
    expect(rig.timer.dueMillis).toBe(NOW_MILLIS + 500);
    expect(rig.loop.isIdle).toBe(false);
    rig.nextTurnMillis = Infinity;
    rig.loop.turnNow();
    expect(rig.timer.dueMillis).toBe(Infinity);
    expect(rig.loop.isIdle).toBe(true);
  });

  test("[TL4] is moved to be earlier, and left where it is too early", () => {
    const rig = new Rig();
    rig.wait(2);
    rig.nextTurnMillis = NOW_MILLIS + 500;
    rig.wait(1);
    rig.nextTurnMillis = NOW_MILLIS + 900;
    // A lone message, which has its turn at once.
    rig.loop.hear(message(2));
    expect(rig.timer.dueMillis).toBe(NOW_MILLIS + 500);
    rig.nextTurnMillis = NOW_MILLIS + 100;
    rig.loop.hear(message(3));
    expect(rig.timer.dueMillis).toBe(NOW_MILLIS + 100);
  });

  test("[TL4] of a server that is over does not ring", () => {
    const rig = new Rig();
    rig.loop.hear(message(1));
    rig.loop.end();
    rig.comeRound();
    expect(rig.turns).toEqual([]);
  });
});
