// What may be said to a server, and what is heard: the rows that bad-input.test.ts runs over every transport.
//
// WHO stands for an id that is new in each run; `<skew>` for the skew of an AT line. A row that differs between
// transports says so; one that is missing for a transport cannot happen there.

import { byteString, bytesOf, type Said, type TransportKind } from "../support/line-client.ts";

export interface Ends {
  readonly ends: string;
}

export interface Row {
  readonly title: string;
  /** Messages, pieces of a TCP stream, or POSTs. */
  readonly says: readonly Said[];
  readonly hears: Said | Readonly<Partial<Record<TransportKind, Said | Ends>>>;
  /** Clients that become known by it. */
  readonly stores?: number;
}

const FAR_FUTURE = Math.floor(Date.now() / 1000) + 100_000;
const MEGABYTE = 1_000_000;

/** What this row makes a client hear over this transport. */
export function heardOver(via: TransportKind, { hears }: Row): Said | Ends | undefined {
  return typeof hears === "string" || hears instanceof Uint8Array ? hears : hears[via];
}

/** Invalid, so answered `? ` and the line. */
function invalid(title: string, line: string): Row {
  return { title, says: [`${line}\n`], hears: `? ${line}\n` };
}

/** A valid IAMAT, answered with its fields. */
function valid(title: string, line: string, fields: string): Row {
  return { title, says: [`${line}\n`], hears: `AT Bolden <skew> ${fields}\n`, stores: 1 };
}

const LINES: readonly Row[] = [
  valid(
    "[LN2] white space of all kinds around and between fields",
    "\t\v IAMAT\f\f WHO\r\t+34-118\v1.5 \r",
    "WHO +34-118 1.5",
  ),
  valid("[LN2] CRLF", "IAMAT WHO +34.0-118.0 1.5\r", "WHO +34.0-118.0 1.5"),
  { title: "[LN2] lines of nothing but white space", says: ["\n \t\r\n\v\f\n\n"], hears: "" },
  invalid("[LN3] a command in lower case", "iamat WHO +34-118 1.5"),
  invalid("[LN3] a command in mixed case", "WhatsAt WHO 10 5"),
  invalid("[LN4] an unknown command", "HELLO WHO"),
  invalid("[LN4] a misspelled command", "IAMATT WHO +34-118 1.5"),
  invalid("[LN4] a line that is a question mark already", "? HELLO"),
  invalid("[LN4] white space is copied back too", " \t HELLO \v WHO \f\r"),
  invalid("[LN2] [LN4] U+00A0 is no white space", "IAMAT\u00a0WHO +34-118 1.5"),
  invalid("[LN2] [LN4] a byte order mark is a character", "\ufeffIAMAT WHO +34-118 1.5"),
  invalid("[FL1] AT on a client's connection", "AT Alford +0.000000001 WHO +34-118 1.5"),
  {
    title: "[LN1] one line cut in two",
    says: ["IAMAT WHO", " +34-118 1.5\n"],
    hears: {
      websocket: "? IAMAT WHO\n?  +34-118 1.5\n",
      post: "? IAMAT WHO\n?  +34-118 1.5\n",
    },
  },
  {
    title: "[LN1] one line in pieces of a byte",
    says: Array.from(byteString("IAMAT piecemeal-\u{1f411} +34-118 1.5\n"), bytesOf),
    hears: { tcp: "AT Bolden <skew> piecemeal-\u{1f411} +34-118 1.5\n" },
    stores: 1,
  },
  {
    title: "[LN1] the last line needs no LF",
    says: ["HELLO\nIAMAT WHO +34-118 1.5"],
    hears: {
      websocket: "? HELLO\nAT Bolden <skew> WHO +34-118 1.5\n",
      post: "? HELLO\nAT Bolden <skew> WHO +34-118 1.5\n",
    },
    stores: 1,
  },
  {
    title: "[LN1] [LN5] a hundred lines at once",
    says: [Array.from({ length: 50 }, (_, n) => `HELLO ${n}\nIAMAT WHO-${n} +34-118 1.5\n`).join("")],
    hears: Array.from({ length: 50 }, (_, n) => `? HELLO ${n}\nAT Bolden <skew> WHO-${n} +34-118 1.5\n`).join(""),
    stores: 50,
  },
  {
    title: "[LN6] a line of 1,024 bytes is copied back whole, one of 1,025 up to there",
    says: [`${"x".repeat(1024)}\n${"x".repeat(1025)}\n`],
    hears: `? ${"x".repeat(1024)}\n? ${"x".repeat(1024)}\n`,
  },
  {
    title: "[LN6] a long line is cut back to a whole character",
    says: [`${"x".repeat(1022)}\u{1f411}\n`],
    hears: `? ${"x".repeat(1022)}\n`,
  },
  {
    title: "[LN6] a line of a megabyte",
    says: [`${"x".repeat(MEGABYTE)}\n`],
    hears: {
      websocket: { ends: "1009 message too long" },
      tcp: `? ${"x".repeat(1024)}\n`,
      post: { ends: "413" },
    },
  },
  {
    title: "[LN10] a message of 65,536 bytes",
    says: [`${"\n".repeat(65_530)}HELLO\n`],
    hears: "? HELLO\n",
  },
  {
    title: "[LN10] a message of 65,537 bytes, though of fewer characters",
    says: [`${"\n".repeat(65_530)}HALL\u00f6\n`],
    hears: { websocket: { ends: "1009 message too long" }, tcp: "? HALL\u00f6\n", post: { ends: "413" } },
  },
  {
    title: "[LN11] a binary message is read as UTF-8",
    says: [new TextEncoder().encode("IAMAT WHO-\u00e9\u{1f411} +34-118 1.5\nHELLO \u00e9\n")],
    hears: "AT Bolden <skew> WHO-\u00e9\u{1f411} +34-118 1.5\n? HELLO \u00e9\n",
    stores: 1,
  },
  {
    title: "[LN11] bytes that are not UTF-8 spoil their line only, and are copied back",
    says: [bytesOf("IAMAT WHO-\xff\xfe +34-118 1.5\nIAMAT WHO +34-118 1.5\n\xc3\n")],
    hears: bytesOf("? IAMAT WHO-\xff\xfe +34-118 1.5\nAT Bolden <skew> WHO +34-118 1.5\n? \xc3\n"),
    stores: 1,
  },
];

const IDS: readonly Row[] = [
  {
    title: "[RP1] ids in NFC and in NFD are two clients, each kept as it came",
    says: ["IAMAT WHO-\u00e9 +34-118 1.5\nIAMAT WHO-e\u0301 +34-118 1.5\n"],
    hears: "AT Bolden <skew> WHO-\u00e9 +34-118 1.5\nAT Bolden <skew> WHO-e\u0301 +34-118 1.5\n",
    stores: 2,
  },
  valid("[RP1] an id with emoji", "IAMAT WHO-\u{1f411}\u{1f3fd} +34-118 1.5", "WHO-\u{1f411}\u{1f3fd} +34-118 1.5"),
  valid(
    "[RP1] [LN2] an id with U+00A0, U+2028 and U+FEFF",
    "IAMAT \ufeffWHO\u00a0\u2028 +34-118 1.5",
    "\ufeffWHO\u00a0\u2028 +34-118 1.5",
  ),
  invalid("[RP1] an id of 257 bytes", `IAMAT ${"x".repeat(257)} +34-118 1.5`),
  invalid("[RP1] the id * of all clients", "IAMAT * +34-118 1.5"),
  invalid("[RP1] too few fields", "IAMAT WHO +34-118"),
  invalid("[RP1] too many fields", "IAMAT WHO +34-118 1.5 again"),
  invalid("[RP1] no fields", "IAMAT"),
];

const badLocation = (what: string, location: string) => invalid(`[RP2] ${what}`, `IAMAT WHO ${location} 1.5`);
const badTime = (what: string, time: string) => invalid(`[RP3] ${what}`, `IAMAT WHO +34-118 ${time}`);
const badRadius = (radius: string) => invalid(`[WA1] a radius of ${radius}`, `WHATSAT WHO ${radius} 5`);
const badItems = (items: string) => invalid(`[WA1] ${items} items`, `WHATSAT WHO 10 ${items}`);

const FIELDS: readonly Row[] = [
  badLocation("degrees with minutes", "+0040-00030"),
  valid("[RP2] the ends of the earth", "IAMAT WHO -90.0+180 1.5", "WHO -90.0+180 1.5"),
  badLocation("a latitude beyond the pole", "+91.0+0"),
  badLocation("a longitude beyond the date line", "+0-180.000000001"),
  badLocation("a latitude without a sign", "34.0-118.0"),
  badLocation("a comma", "+34.0,-118.0"),
  badLocation("two signs", "+34.0+-118.0"),
  badLocation("no longitude", "+34.0"),
  badLocation("a point without digits", "+34.-118.0"),
  valid(
    "[RP3] nine digits after the point",
    "IAMAT WHO +34-118 1479413884.392014450",
    "WHO +34-118 1479413884.392014450",
  ),
  badTime("NaN", "NaN"),
  badTime("an exponent", "1e9"),
  badTime("a sign", "-1"),
  badTime("an underscore", "1_000"),
  badTime("ten digits after the point", "1.0123456789"),
  invalid("[RP4] a time of tomorrow", `IAMAT WHO +34-118 ${FAR_FUTURE}`),
  ...["0", "-1", "50.1", "x", "1e1", "0.0", "50.000000000000000000001"].map(badRadius),
  ...["0", "21", "1.5", "-3", "x"].map(badItems),
  invalid("[WA1] too few fields", "WHATSAT WHO 10"),
  invalid("[WA1] too many fields", "WHATSAT WHO 10 5 5"),
  { title: "[WA2] nobody knows this client", says: ["WHATSAT WHO 10 5\n"], hears: "" },
];

export const ROWS: readonly Row[] = [...LINES, ...IDS, ...FIELDS];
