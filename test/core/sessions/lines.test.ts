// Lines in, answers out: how a client's connection behaves whatever its lines say.

import { describe, expect, test } from "vitest";

import { at, CoreHarness, iamat } from "../../support/core-harness.ts";
import { NO_PLACES, NO_PLACES_TEXT } from "../../support/no-places.ts";
import { LINE_BYTES, WIRE_VECTORS } from "../../support/wire-vectors.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const joined = (messages: readonly (string | Uint8Array)[]) => Buffer.concat(messages.map((data) => Buffer.from(data)));

describe("an invalid command", () => {
  test.each([
    "FOO",
    "?",
    " \tIAMAT ada  +1-1\v990 x\r",
    "iamat ada +1-1 990",
    "IAMAT ada +91-1 990",
    "WHATSAT ada 10 99",
    "\0",
    "\ufeffIAMAT ada +1-1 990",
  ])("[LN4] %j is answered `? ` and itself, and changes nothing", (line) => {
    const herd = new CoreHarness();
    const client = herd.client();
    const { commits } = herd.store;
    client.says(line);
    client.hears(`? ${line}\n`);
    expect(herd.store.commits).toBe(commits);
    expect(herd.server.status()).toMatchObject({ clients: 0, lastSeq: 0 });
  });

  test("[LN8] a line of white space is none, and gets no answer", () => {
    const client = new CoreHarness().client();
    client.says(" \t\r\f\v\n\n");
    client.hearsNothing();
  });

  test("[FL1] AT on a client's connection is one", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says(at("ada", 990, "Parker"));
    client.hears(`? ${at("ada", 990, "Parker")}\n`);
    expect(herd.store.read("ada")).toBeUndefined();
  });
});

describe("the order of answers", () => {
  test("[LN5] [LN9] is that of the commands, in one message where they are ready together", () => {
    const client = new CoreHarness().client();
    client.says(`${iamat("ada", 990)}\nFOO\n${iamat("bob", 990)}\n\nBAR`);
    client.hearsLines(at("ada", 990), "? FOO", at("bob", 990), "? BAR");
  });

  test("[LN5] is that of the commands over several messages of one turn", () => {
    const herd = new CoreHarness();
    const [client, other] = [herd.client(), herd.client()];
    herd.inOneTurn(() => {
      client.says("FOO");
      other.says(iamat("bob", 990));
      client.says(iamat("ada", 990));
    });
    client.hearsLines("? FOO", at("ada", 990));
    other.hearsLines(at("bob", 990));
  });

  test("[LN5] makes whatever comes behind a waiting WHATSAT wait with it, on that connection only", () => {
    const herd = new CoreHarness();
    const [client, other] = [herd.client(), herd.client()];
    client.says(iamat("ada", 990));
    client.hearsLines(at("ada", 990));
    client.says(`FOO\nWHATSAT ada 10 5\n${iamat("ada", 995)}\nBAR`);
    client.hearsLines("? FOO");
    other.says(iamat("bob", 990));
    other.hearsLines(at("bob", 990));
    expect(herd.store.read("ada")?.line).toBe(at("ada", 995));
    herd.takeQuery().answer(NO_PLACES);
    client.hears(`${at("ada", 990)}\n${NO_PLACES_TEXT}\n\n${at("ada", 995)}\n? BAR\n`);
  });

  test("[LN5] is kept though places come in another order", () => {
    const herd = new CoreHarness();
    const client = herd.client();
    client.says(`${iamat("ada", 990)}\n${iamat("bob", 990)}\nWHATSAT ada 10 5\nWHATSAT bob 10 5`);
    client.hearsLines(at("ada", 990), at("bob", 990));
    const [forAda, forBob] = [herd.takeQuery(), herd.takeQuery()];
    forBob.answer(NO_PLACES);
    client.hearsNothing();
    forAda.answer(NO_PLACES);
    client.hears(`${at("ada", 990)}\n${NO_PLACES_TEXT}\n\n${at("bob", 990)}\n${NO_PLACES_TEXT}\n\n`);
  });

  test("[LN9] does not make answers one message beyond what a message may hold", () => {
    const client = new CoreHarness({ limits: { messageBytes: 1024 } }).client();
    const line = "x".repeat(500);
    client.says(`${line}\n${line}`);
    client.says(`${line}\ny`);
    client.hears(`? ${line}\n? ${line}\n`, `? ${line}\n? y\n`);
    client.says("IAMAT\n".repeat(170));
    client.hears("? IAMAT\n".repeat(128), "? IAMAT\n".repeat(42));
  });
});

describe("the limits of lines and messages", () => {
  test("[LN6] a line of lineBytes is heard, a longer one is answered with its beginning, up to a whole character", () => {
    const client = new CoreHarness({ limits: { lineBytes: 64 } }).client();
    client.says("é".repeat(32));
    client.hearsLines(`? ${"é".repeat(32)}`);
    client.says(`${iamat("ada", 990)}${" ".repeat(64)}`);
    client.hearsLines(`? ${iamat("ada", 990)}${" ".repeat(64 - iamat("ada", 990).length)}`);
    client.says(`x${"é".repeat(32)}\n${iamat("ada", 990)}`);
    client.hearsLines(`? x${"é".repeat(31)}`, at("ada", 990));
  });

  test.each(["a text message", "a binary message"])(
    "[LN10] %s of messageBytes is heard, a longer one closes",
    (kind) => {
      const herd = new CoreHarness({ limits: { messageBytes: 1024 } });
      const client = herd.client();
      const messageOf = (text: string) => (kind === "a text message" ? text : bytesOf(text));
      client.says(messageOf(`é${"\n".repeat(1022)}`));
      client.hearsLines("? é");
      client.says(messageOf(`é${"\n".repeat(1023)}`));
      client.hearsNothing();
      client.isClosedWith(1009, "message too long");
      expect(herd.server.status().connections).toBe(0);
    },
  );

  test("[LN10] what was said before a message that is too long is still answered, before the close", () => {
    const herd = new CoreHarness({ limits: { messageBytes: 1024 } });
    const client = herd.client();
    herd.inOneTurn(() => {
      client.says("FOO");
      client.says(iamat("ada", 990));
      client.says("x".repeat(1025));
    });
    client.hearsLines("? FOO", at("ada", 990));
    client.isClosedWith(1009, "message too long");
  });

  test("[LN10] what comes on a connection that was closed is not heard", () => {
    const herd = new CoreHarness({ limits: { messageBytes: 1024 } });
    const client = herd.client();
    herd.inOneTurn(() => {
      client.says("x".repeat(1025));
      client.says(iamat("ada", 990));
      client.breaks();
    });
    client.hearsNothing();
    expect(herd.store.read("ada")).toBeUndefined();
  });

  test("[LN11] a binary message is read as UTF-8 and answered in text", () => {
    const client = new CoreHarness().client();
    client.says(bytesOf(`${iamat("zoë", 990)}\nFOO`));
    client.hearsLines(at("zoë", 990), "? FOO");
  });

  test("[LN11] bytes that are not UTF-8 are copied back byte for byte, alone, in their place", () => {
    const client = new CoreHarness().client();
    client.says(Uint8Array.of(...bytesOf("FOO\nx"), 0xff, 0x0a, ...bytesOf("BAR\nBAZ")));
    client.hears("? FOO\n", Uint8Array.of(0x3f, 0x20, 0x78, 0xff, 0x0a), "? BAR\n? BAZ\n");
  });
});

describe("a stream", () => {
  test("[LN7] has lines however it is cut; the last one counts without LF, and after it the connection closes", () => {
    const herd = new CoreHarness();
    const client = herd.client({ via: "tcp" });
    for (const byte of bytesOf(`${iamat("zoë", 990)}\r\nFOO`)) client.streams(Uint8Array.of(byte));
    client.hearsLines(at("zoë", 990));
    client.ends();
    client.hearsLines("? FOO");
    client.isClosedWith(1000);
    expect(herd.server.status().connections).toBe(0);
  });

  test("[LN5] that ended is heard no more, and closes only when all is answered", () => {
    const herd = new CoreHarness();
    const client = herd.client({ via: "tcp" });
    client.streams(`${iamat("ada", 990)}\nWHATSAT ada 10 5\nFOO`);
    client.ends();
    client.hearsLines(at("ada", 990));
    client.isOpen();
    client.streams("BAR\n");
    herd.takeQuery().answer(NO_PLACES);
    client.hears(`${at("ada", 990)}\n${NO_PLACES_TEXT}\n\n? FOO\n`);
    client.isClosedWith(1000);
  });

  test.each(WIRE_VECTORS)("[LN1] [LN7] [LN6] is answered the same whole and byte by byte: $what", ({ bytes }) => {
    const herd = new CoreHarness({ limits: { lineBytes: 64 } });
    const padding = bytesOf("x".repeat(64 - LINE_BYTES));
    const stream = Uint8Array.from([...padding, ...bytes]);
    const [whole, byByte] = [herd.client({ via: "tcp" }), herd.client({ via: "tcp" })];
    whole.streams(stream);
    whole.ends();
    for (const byte of stream) byByte.streams(Uint8Array.of(byte));
    byByte.ends();
    expect(joined(byByte.takeReceived())).toEqual(joined(whole.takeReceived()));
  });
});
