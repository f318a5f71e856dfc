// Configurations: any JSON is refused with one error that lists what is wrong, or is a herd that works.

import { TRANSPORTS } from "../../src/core/protocol/connection.ts";
import { parseHerdConfig, type HerdConfig } from "../../src/core/config/herd-config.ts";
import { HerdServer } from "../../src/core/server/herd-server.ts";
import type { Random } from "../sim/random.ts";
import { Violation } from "../sim/violation.ts";
import { MemoryReportStore } from "../support/memory-report-store.ts";
import bundled from "../../herd.config.json" with { type: "json" };
import { NUMBERS, WORDS } from "./dictionary.ts";
import { START_SECONDS } from "./grammar.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const REFUSAL = /^Cannot use herd\.config\.json:(?:\n {2}- [^]+)+$/;

/** What a platform's timer and memory can do: https://developer.mozilla.org/docs/Web/API/Window/setTimeout says 2^31 - 1 ms. */
const TIMER_MILLIS_MAX = 2 ** 31 - 1;
const BYTES_AT_ONCE_MAX = 2 ** 25;

export function checkConfig(text: string): void {
  const config = accepted(JSON.parse(text));
  if (config === undefined) return;
  const { lineBytes, messageBytes } = config.limits;
  if (Math.max(lineBytes, messageBytes) > BYTES_AT_ONCE_MAX)
    throw new Violation("config", `a line of ${lineBytes} bytes, a message of ${messageBytes}`);
  for (const { name } of config.servers) checkServer(name, config);
}

function accepted(json: unknown): HerdConfig | undefined {
  try {
    return parseHerdConfig(json);
  } catch (error) {
    if (error instanceof Error && REFUSAL.test(error.message)) return undefined;
    throw error;
  }
}

/** It starts, takes a report over TCP, starts again, and takes another: with timers and numbers that exist. */
function checkServer(name: string, config: HerdConfig): void {
  const store = new MemoryReportStore();
  let nowMillis = START_SECONDS * 1000;
  for (const life of [1, 2]) {
    const server = new HerdServer({
      name,
      config,
      store,
      logLevel: "lines",
      alarmAtMillis: store.alarmAtMillis,
      resumed: [],
      random: () => 0.5,
    });
    const connection = server.newConnection();
    const data = Buffer.from(`IAMAT kiwi +34-118 ${START_SECONDS - 10 + life}\n`);
    const effects = server.turn(nowMillis, [
      { type: "connected", connection, transport: TRANSPORTS.tcp, unknown: undefined },
      { type: "chunk", connection, data, receivedMillis: nowMillis },
    ]);
    if (!effects.some((effect) => effect.type === "send" && String(effect.data).startsWith(`AT ${name} `)))
      throw new Violation("config", `${name} does not answer`);
    const waits = [server.nextTurnMillis - nowMillis, (store.alarmAtMillis ?? nowMillis) - nowMillis];
    for (const wait of waits)
      if (wait !== Infinity && !(wait <= TIMER_MILLIS_MAX)) throw new Violation("config", `${name} waits ${wait} ms`);
    const { reservedSeq, lastSeq } = store.readHead() ?? { reservedSeq: NaN, lastSeq: NaN };
    if (![reservedSeq, lastSeq].every(Number.isSafeInteger) || !(lastSeq <= reservedSeq))
      throw new Violation("config", `${name} numbers reports up to ${lastSeq}, of ${reservedSeq}`);
    nowMillis += 1000;
  }
}

/** Strings that some setting takes. */
const VALUES = ["Alford", "Parker", "oc", "+1-1", "reject", "embedded", "id", "http://localhost", "file:///etc/passwd"];

/** The bundled configuration with some of its values replaced, left out or doubled, or any JSON at all. */
export function drawConfig(random: Random): string {
  if (random.chance(0.05)) return JSON.stringify(drawJson(random, 3));
  const config = structuredClone(bundled) as Json;
  const changes = random.pick([0, 1, 1, 1, 2, 3]);
  for (let change = 0; change < changes; change++) spoil(random, config);
  return JSON.stringify(config);
}

function spoil(random: Random, json: Json): void {
  if (typeof json !== "object" || json === null) return;
  const holder = json as Record<string, Json>;
  const key = random.pick([...Object.keys(holder), random.pick(WORDS)]);
  const value = Object.hasOwn(holder, key) ? holder[key] : undefined;
  if (typeof value === "object" && value !== null && random.chance(0.85)) return spoil(random, value);
  if (random.chance(0.15)) delete holder[key];
  // As JSON.parse does it: `__proto__` is a key like any other.
  else
    Object.defineProperty(holder, key, {
      value: spoiled(random, value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

function spoiled(random: Random, value: Json | undefined): Json {
  if (typeof value === "number" && random.chance(0.8)) return Number(random.pick(NUMBERS));
  if (typeof value === "string" && random.chance(0.5)) return random.pick([...WORDS, ...VALUES]);
  return drawJson(random, 2);
}

function drawJson(random: Random, depth: number): Json {
  switch (random.integer(0, depth > 0 ? 6 : 4)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return Number(random.pick(NUMBERS));
    case 3:
      return random.pick(WORDS);
    case 4:
      return random.pick(NUMBERS);
    case 5:
      return Array.from({ length: random.integer(0, 3) }, () => drawJson(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.integer(0, 3) }, () => [random.pick(WORDS), drawJson(random, depth - 1)]),
      );
  }
}
