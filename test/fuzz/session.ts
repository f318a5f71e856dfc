// A session: what happens to a herd of two, as data. Drawn from a seed, run, cut down where it fails, and pinned.
//
// Alford and Parker are real; Powell, Alford's other neighbour, is played by whoever speaks here. Text is a message of text,
// bytes are one of bytes, or a piece of a stream, one character a byte.

import type { ClockPolicy, TransportKind, UnknownPolicy } from "../../src/core/protocol/connection.ts";
import type { PlacesAnswer } from "../../src/core/protocol/places.ts";
import type { Random } from "../sim/random.ts";
import { bytesOfText, Grammar } from "./grammar.ts";

export type Said = { readonly text: string } | { readonly bytes: string };

export type ServerName = "Alford" | "Parker";

/** `joined`: it shares a turn with the next step. */
export type Step = { readonly joined?: boolean } & (
  | {
      readonly do: "connect";
      readonly client: number;
      readonly to: ServerName;
      readonly via: TransportKind;
      readonly unknown?: UnknownPolicy;
      readonly reasons?: boolean;
      readonly clock?: ClockPolicy;
      readonly address?: string;
      readonly subject?: string;
    }
  | { readonly do: "say"; readonly client: number; readonly said: Said }
  /** POSTs of one address, all at once. */
  | {
      readonly do: "flood";
      readonly to: ServerName;
      readonly posts: readonly Said[];
      readonly reasons?: boolean;
      readonly clock?: ClockPolicy;
      readonly address?: string;
      readonly subject?: string;
    }
  | { readonly do: "end input" | "leave"; readonly client: number }
  /** It reads nothing any more, or all that has come. */
  | { readonly do: "read"; readonly client: number }
  /** It reads nothing, and has not read so much already. */
  | { readonly do: "stop reading"; readonly client: number; readonly unreadBytes: number }
  /** Somebody reads a page of reports. */
  | { readonly do: "page"; readonly at: ServerName; readonly count: number; readonly address?: string }
  | {
      readonly do: "Powell dials";
      readonly name: string;
      readonly version: number;
      readonly epoch: string;
      readonly features: readonly string[];
    }
  | { readonly do: "Powell says"; readonly on: "its link" | "our link"; readonly said: Said }
  | { readonly do: "Powell leaves"; readonly on: "its link" | "our link" }
  /** From now on it answers dials by itself, with one of these after the other; perhaps it leaves then. */
  | { readonly do: "Powell answers dials"; readonly answers: readonly string[]; readonly leaves: boolean }
  /** The clock of a server is set ahead, or back. */
  | { readonly do: "set clock"; readonly at: ServerName; readonly millis: number }
  | { readonly do: "cut links" }
  | { readonly do: "alarm"; readonly at: ServerName }
  | { readonly do: "places"; readonly pick: number; readonly answer: PlacesAnswer }
  | { readonly do: "restart"; readonly at: ServerName; readonly hibernates: boolean }
  | { readonly do: "wait"; readonly millis: number }
);

export interface Session {
  readonly seed: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly peers: Readonly<Record<string, number>>;
  readonly logLevel: "lines" | "events";
  readonly steps: readonly Step[];
}

const CLIENTS = 4;

/** What is varied again and again must not grow for ever. */
const STEPS_MAX = 60;

/** Of IPv6 two of one /56, and one of another /56 of their /48. */
const ADDRESSES = ["192.0.2.1", "192.0.2.2", "2001:db8:0:1::", "2001:db8:0:2::", "2001:db8:0:100::"];

/** How far a clock is set ahead or back. */
const CLOCK_MILLIS = [1, 7, 1_000, 20_000, 60_000, 3_600_000, 86_400_000];

const EPOCHS = ["e1", "e2", ""];
const STATUSES = ["OK", "ZERO_RESULTS", "UNKNOWN_ERROR"] as const;

export function drawSession(random: Random, seed: string, steps: number, corpus: readonly string[]): Session {
  const grammar = new Grammar(random, corpus);
  return {
    seed,
    limits: drawLimits(random.fork("limits")),
    peers: {
      futureSeconds: random.fork("future").pick([3_660, 86_400]),
      frameReports: random.pick([1, 2, 256]),
      framesUnacknowledged: random.pick([1, 4]),
      frameMillis: random.pick([0, 50]),
      writeBehindReports: random.pick([0, 3, 10_000]),
      recentReports: random.pick([1, 3, 10_000]),
      scanReports: random.pick([1, 2, 512]),
      seqBlock: random.pick([1, 3, 10_000]),
    },
    logLevel: random.pick(["lines", "events"]),
    steps: Array.from({ length: steps }, () =>
      random.chance(0.01)
        ? drawTrickle(grammar)
        : [{ ...drawStep(grammar), ...(random.chance(0.3) && { joined: true }) }],
    ).flat(),
  };
}

/** Rates of commands are whole parts of 2 in a millisecond: their buckets are known exactly. */
function drawLimits(random: Random): Record<string, number> {
  return {
    lineBytes: random.pick([64, 100, 1024]),
    messageBytes: random.pick([1024, 65_536]),
    futureSeconds: random.pick([0, 3600]),
    pastSeconds: random.fork("past").pick([0, 30, 2_592_000]),
    bufferedBytes: random.pick([65_536, 1_048_576]),
    bufferedBytesOfAll: random.pick([1_048_576, 33_554_432]),
    commandsPerSecond: random.pick([0, 125, 1000]),
    commandsBurst: random.pick([1, 4, 30, 1000]),
    addressCommandsPerSecond: random.pick([0, 125, 1000]),
    addressCommandsBurst: random.pick([3, 20, 10_000]),
    whatsatsPerMinute: random.pick([0, 2, 60]),
    addressWhatsatsPerMinute: random.pick([0, 3, 600]),
    addressNewClientsPerMinute: random.pick([0, 7, 60]),
    addressNewClientsBurst: random.pick([1, 3, 10_000]),
    addressesOfNetwork: random.pick([1, 2, 4]),
    addressToldBytesPerSecond: random.pick([0, 500, 2_097_152]),
    watchPerSecond: random.pick([0, 1, 10]),
    handshakeSeconds: random.pick([5, 60, 86_400]),
    idleConnectionSeconds: random.pick([0, 0, 30]),
  };
}

/** A session that was worth keeping, changed a little. */
export function varySession(random: Random, kept: Session, corpus: readonly string[]): Session {
  const grammar = new Grammar(random, corpus);
  const steps = [...kept.steps];
  for (let changes = random.integer(1, 6); changes > 0; changes--) {
    const at = random.integer(0, steps.length);
    steps.splice(at, random.integer(0, 2), drawStep(grammar));
  }
  return { ...kept, steps: steps.slice(0, STEPS_MAX) };
}

/** A stream that comes in small pieces, with time between them: it must not hold its place for ever (LI6). */
function drawTrickle({ random }: Grammar): Step[] {
  const client = random.integer(0, CLIENTS - 1);
  const pieces = Array.from({ length: random.integer(1, 4) }, (): Step[] => [
    { do: "say", client, said: { text: random.pick(["x", "I", " ", "x", "\n"]) } },
    { do: "wait", millis: random.pick([2_003, 2_003, 20_000]) },
  ]);
  return [{ do: "connect", client, to: "Parker", via: "tcp", ...drawOrigin(random) }, ...pieces.flat()];
}

function drawStep(grammar: Grammar): Step {
  const { random } = grammar;
  const client = random.integer(0, CLIENTS - 1);
  const on = random.pick(["its link", "our link"] as const);
  const at = random.pick(["Alford", "Parker"] as const);
  const draw = random.next();
  if (draw < 0.46) return { do: "say", client, said: drawSaid(grammar) };
  if (draw < 0.48) return drawFlood(grammar, at);
  if (draw < 0.5) return { do: "set clock", at, millis: random.pick([-1, -1, 1]) * random.pick(CLOCK_MILLIS) };
  if (draw < 0.58)
    return {
      do: "connect",
      client,
      to: at,
      via: random.pick(["websocket", "tcp", "post"]),
      ...(random.chance(0.5) && { unknown: random.pick(["ignore", "reject"] as const) }),
      ...(random.chance(0.3) && { reasons: true }),
      ...(random.chance(0.3) && { clock: "server" as const }),
      ...drawOrigin(random),
    };
  if (draw < 0.59) return { do: random.pick(["end input", "leave"] as const), client };
  if (draw < 0.592) return { do: "read", client };
  if (draw < 0.597) return { do: "stop reading", client, unreadBytes: random.pick([0, 0, 20_000, 60_000, 1_047_000]) };
  if (draw < 0.6) return { do: "page", at, count: random.pick([1, 10, 50, 500]), address: random.pick(ADDRESSES) };
  if (draw < 0.64) return drawHello(grammar);
  if (draw < 0.82) return { do: "Powell says", on, said: drawFeedSaid(grammar, on) };
  if (draw < 0.823) return { do: "Powell leaves", on };
  if (draw < 0.83) return drawAnswers(grammar);
  if (draw < 0.84) return { do: "cut links" };
  if (draw < 0.85) return { do: "alarm", at };
  if (draw < 0.92) return { do: "places", pick: random.integer(0, 5), answer: drawPlaces(grammar) };
  if (draw < 0.95) return { do: "restart", at, hibernates: random.chance(0.6) };
  return { do: "wait", millis: random.pick([0, 1, 8, 100, 2_003, 5_000, 10_000, 70_000]) };
}

/** Whom limits of addresses and subjects hold for. */
function drawOrigin(random: Random): { readonly address?: string; readonly subject?: string } {
  return {
    ...(random.chance(0.6) && { address: random.pick(ADDRESSES) }),
    ...(random.chance(0.1) && { subject: random.pick(["s1", "s2"]) }),
  };
}

/** What is one kind of flood after the other, or all at once. */
function drawFlood(grammar: Grammar, to: ServerName): Step {
  const { random } = grammar;
  const floods = [() => grammar.question(), () => grammar.newClient(), () => grammar.blanks(), () => grammar.message()];
  const flood = random.chance(0.7) ? random.pick(floods) : () => random.pick(floods)();
  const posts = Array.from({ length: random.pick([3, 10, 40]) }, (): Said => {
    const text = flood();
    return random.chance(0.8) ? { text } : { bytes: bytesOfText(text) };
  });
  const asked = {
    ...(random.chance(0.3) && { reasons: true }),
    ...(random.chance(0.3) && { clock: "server" as const }),
  };
  return { do: "flood", to, posts, ...asked, ...drawOrigin(random) };
}

function drawAnswers(grammar: Grammar): Step {
  const { random } = grammar;
  const answers = Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () =>
    random.chance(0.7) ? grammar.absurdSync() : `SYNC EPOCH 0 ${grammar.run()}\n`,
  );
  return { do: "Powell answers dials", answers, leaves: random.chance(0.5) };
}

function drawSaid(grammar: Grammar): Said {
  return grammar.random.chance(0.5) ? { text: grammar.message() } : { bytes: grammar.bytes() };
}

function drawFeedSaid(grammar: Grammar, on: "its link" | "our link"): Said {
  const draw = grammar.random.next();
  if (draw < 0.03) return { bytes: grammar.bytes() };
  if (draw < 0.06) return { text: grammar.message() };
  return { text: (on === "its link") === grammar.random.chance(0.97) ? grammar.frame() : grammar.receipt() };
}

function drawHello({ random }: Grammar): Step {
  return {
    do: "Powell dials",
    name: random.chance(0.95) ? "Powell" : random.pick(["Nobody", "Alford", "", "powell", "__proto__"]),
    version: random.chance(0.95) ? 1 : random.pick([0, 2, -1, 9_007_199_254_740_991]),
    epoch: random.pick(EPOCHS),
    features: ["got", "fields", "counts", "flight"].filter(() => random.chance(0.5)),
  };
}

function drawPlaces(grammar: Grammar): PlacesAnswer {
  const { random } = grammar;
  const results = Array.from({ length: random.pick([0, 1, 20, 25]) }, () => ({
    name: grammar.text(),
    geometry: { location: { lat: random.integer(-90, 90), lng: random.integer(-180, 180) } },
  }));
  const error = random.chance(0.3) ? { error_message: grammar.text() } : {};
  return { html_attributions: [grammar.text()], results, status: random.pick(STATUSES), ...error };
}
