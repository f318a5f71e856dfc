// Inputs that the fuzz found, shrunk, with what was wrong. They stay, so that it does not come back.

import bundled from "../../herd.config.json" with { type: "json" };
import type { FuzzCase } from "./fuzz-case.ts";

interface Pinned {
  readonly title: string;
  readonly fuzzCase: FuzzCase;
}

const SESSION = {
  seed: "pinned",
  limits: { lineBytes: 1024, messageBytes: 65_536, futureSeconds: 3600 },
  peers: {},
  logLevel: "events",
} as const;

function configWith(changes: { readonly limits?: object; readonly peers?: object }): FuzzCase {
  const limits = { ...bundled.limits, ...changes.limits };
  const peers = { ...bundled.peers, ...changes.peers };
  return { config: JSON.stringify({ ...bundled, limits, peers }) };
}

export const PINNED: readonly Pinned[] = [
  {
    title: "[FZ2] a long line's answer lost its last whole character where a stray continuation byte follows the cut",
    fuzzCase: { parsers: { bytes: "12345678\x80", lineBytes: 8, cuts: [] } },
  },
  {
    title: "[FZ2] the same, after a character of two bytes",
    fuzzCase: { parsers: { bytes: "123456\xc3\xa9\x80", lineBytes: 8, cuts: [3] } },
  },
  {
    title: "[FZ2] a radius below every double was asked of the providers as 0",
    fuzzCase: { parsers: { bytes: `WHATSAT c 0.${"0".repeat(330)}1 1`, lineBytes: 1024, cuts: [] } },
  },
  {
    title: "[FZ2] a SEQ above what a double tells exactly became another number, which no ACK could say",
    fuzzCase: { parsers: { bytes: "SEQ e 0 9999999999999999\n", lineBytes: 1024, cuts: [] } },
  },
  {
    title: "[FZ2] and so did a SYNC",
    fuzzCase: { parsers: { bytes: "SYNC e 9999999999999999 r\n", lineBytes: 1024, cuts: [] } },
  },
  {
    title: "[FZ1] what a neighbour says in place of a SYNC was kept whole in the log and the status",
    fuzzCase: {
      session: { ...SESSION, steps: [{ do: "Powell says", on: "our link", said: { text: "x".repeat(20_000) } }] },
    },
  },
  {
    title: "[FZ1] a report with more fields than six was shown to a client, and the fuzz knew only the whole line",
    fuzzCase: {
      session: {
        ...SESSION,
        steps: [
          { do: "connect", client: 1, to: "Alford", via: "websocket" },
          { do: "Powell dials", name: "Powell", version: 1, epoch: "e", features: ["fields"] },
          { do: "say", client: 1, said: { text: "WATCH c0" } },
          { do: "Powell says", on: "its link", said: { text: "AT d +1.000000001 c0 +4-7 0 a=9\nSEQ EPOCH 0 1\n" } },
        ],
      },
    },
  },
  {
    title:
      "[FZ1] a client known from a neighbour, and not yet written, was paid for as a new one of the address that reported it",
    fuzzCase: {
      session: {
        ...SESSION,
        limits: { ...SESSION.limits, addressNewClientsPerMinute: 7, addressNewClientsBurst: 1 },
        steps: [
          { do: "connect", client: 0, to: "Alford", via: "websocket", address: "192.0.2.1" },
          { do: "Powell dials", name: "Powell", version: 1, epoch: "e", features: ["got"] },
          { do: "Powell says", on: "its link", said: { text: "AT d +1.000000001 c0 +4-7 5\nSEQ EPOCH 0 1\n" } },
          { do: "say", client: 0, said: { text: "IAMAT c0 +4-7 6" } },
          { do: "say", client: 0, said: { text: "IAMAT n1 +4-7 6" } },
        ],
      },
    },
  },
  {
    title: "[FZ1] what left in a turn was not counted in it: more waited unread than all connections may have",
    fuzzCase: {
      session: {
        ...SESSION,
        limits: { ...SESSION.limits, bufferedBytesOfAll: 1_048_576 },
        steps: [
          { do: "connect", client: 0, to: "Parker", via: "websocket" },
          { do: "stop reading", client: 0, unreadBytes: 1_047_000 },
          { do: "say", client: 0, said: { text: `${"x".repeat(1000)}\n`.repeat(2) } },
        ],
      },
    },
  },
  {
    title: "[FZ3] lines longer than the memory were promised, and the first TCP connection ended the server's life",
    fuzzCase: configWith({ limits: { lineBytes: 9_007_199_254_740_991 } }),
  },
  {
    title: "[FZ3] messages longer than the platform's were promised, and each POST took that much memory",
    fuzzCase: configWith({ limits: { messageBytes: 999_999_999 } }),
  },
  {
    title: "[FZ3] an alarm was asked for later than any date",
    fuzzCase: configWith({ peers: { answerSeconds: 1e35 } }),
  },
  {
    title: "[FZ3] a timer was asked to wait longer than timers can",
    fuzzCase: configWith({ peers: { answerSeconds: 4_294_967 } }),
  },
  {
    title: "[FZ3] a block of numbers reached above those that a double tells apart",
    fuzzCase: configWith({ peers: { seqBlock: 9_007_199_254_740_991 } }),
  },
];
