// What only one kind of connection can do, most of it while an answer is still on its way: half-close, break off, close;
// ask with `?unknown=`; tell text from bytes.

import { describe, expect, test } from "vitest";
import { HeldPlaces, NO_PLACES } from "../support/held-places.ts";
import { eventually, freshId, postTo, statusOf } from "../support/herd.ts";
import { byteString, bytesOf, connect, connectTcp, openWebSocket } from "../support/line-client.ts";

const places = new HeldPlaces();

function at(client: string, rest: string): string {
  return `AT Bolden <skew> ${client} ${rest}\n`;
}

function withoutSkew(answers: string): string {
  return answers.replace(/^AT Bolden \+\d+\.\d{9} /gm, "AT Bolden <skew> ");
}

/** Waits until the server has no more connections than these. */
function onlyLeft(count: number): Promise<unknown> {
  return eventually(
    () => statusOf("Bolden"),
    ({ connections }) => connections === count,
  );
}

describe("a WHATSAT that waits for places", () => {
  test("[LN5] keeps the answers of later messages waiting, though what they reported is kept", async () => {
    const [asked, later] = [freshId(), freshId()];
    const client = await openWebSocket("/servers/Bolden");
    await client.say(`IAMAT ${asked} +1+1 1\nWHATSAT ${asked} 50 1\nHELLO`);
    const first = await client.hears(/\n$/);
    await places.asked;
    await client.say(`IAMAT ${later} +1+1 1`);
    // Another connection waits for nobody, and is told what is held.
    await eventually(
      () => postTo("Bolden", `IAMAT ${later} +2+2 0`),
      (answer) => answer.endsWith(` ${later} +1+1 1\n`),
    );
    expect(client.messages).toEqual([first]);
    places.come();
    const rest = await client.hears(/ 1\n$/);
    expect(withoutSkew(first)).toBe(at(asked, "+1+1 1"));
    expect(withoutSkew(rest)).toBe(`${at(asked, "+1+1 1")}${NO_PLACES}? HELLO\n${at(later, "+1+1 1")}`);
  });

  test("[LN5] [RP6] [WA2] is answered with what was reported before it, be that in its own message", async () => {
    const id = freshId();
    const client = await openWebSocket("/servers/Bolden");
    await client.say(`WHATSAT ${id} 50 1\nIAMAT ${id} +1+1 1\nWHATSAT ${id} 50 1\nIAMAT ${id} +2+2 2`);
    await places.asked;
    places.come();
    const heard = await client.hears(/ 2\n$/);
    const [first, second] = [at(id, "+1+1 1"), at(id, "+2+2 2")];
    expect(withoutSkew(heard)).toBe(`${first}${first}${NO_PLACES}${second}`);
  });

  test("[LN5] [WA4] is answered in a POST too, whose answer is whole", async () => {
    const id = freshId();
    const answer = postTo("Bolden", `IAMAT ${id} +1+1 1\nWHATSAT ${id} 50 1\nHELLO`);
    await places.asked;
    places.come();
    const first = at(id, "+1+1 1");
    expect(withoutSkew(await answer)).toBe(`${first}${first}${NO_PLACES}? HELLO\n`);
  });

  test("[LN7] [LN5] is answered after a half-close on TCP, with all behind it, before the server closes", async () => {
    const id = freshId();
    const client = connectTcp("Bolden");
    await client.say(`IAMAT ${id} +1+1 1\nWHATSAT ${id} 50 1\nHELLO\nBYE`);
    await client.sayNoMore();
    await places.asked;
    places.come();
    const { heard, closeReason } = await client.ends();
    const first = at(id, "+1+1 1");
    expect(withoutSkew(heard)).toBe(`${first}${first}${NO_PLACES}? HELLO\n? BYE\n`);
    expect(closeReason).toBe("end of stream");
  });

  test.each(["websocket", "tcp"] as const)(
    "[ED29] [WA4] troubles nobody if its %s is gone when they come",
    async (via) => {
      const id = freshId();
      const before = await statusOf("Bolden");
      const client = via === "tcp" ? connectTcp("Bolden") : await openWebSocket("/servers/Bolden");
      await client.say(`IAMAT ${id} +1+1 1\nWHATSAT ${id} 50 1\n`);
      await places.asked;
      await client.breakOff();
      await onlyLeft(before.connections);
      places.come();
      expect(await postTo("Bolden", "HELLO")).toBe("? HELLO\n");
      expect((await statusOf("Bolden")).incarnation, "nothing was thrown").toBe(before.incarnation);
    },
  );
});

describe("the end of a connection", () => {
  test("[LN7] the end of input ends the last line on TCP, which is answered before the server closes", async () => {
    const client = connectTcp("Bolden");
    await client.say("HELLO\nBYE");
    await client.sayNoMore();
    expect(await client.ends()).toEqual({ heard: "? HELLO\n? BYE\n", closeReason: "end of stream" });
  });

  test("[LN7] a TCP connection that said nothing is closed when its input ends", async () => {
    const client = connectTcp("Bolden");
    await client.sayNoMore();
    expect(await client.ends()).toEqual({ heard: "", closeReason: "end of stream" });
  });

  test("[ED28] a WebSocket's close is answered with its code and reason, at once", async () => {
    const { connections } = await statusOf("Bolden");
    const client = await openWebSocket("/servers/Bolden");
    await client.say("HELLO");
    await client.hears(/HELLO/);
    client.close(4000, "that was all");
    expect((await client.ends()).closeReason).toBe("4000 that was all");
    await onlyLeft(connections);
  });
});

describe("a WHATSAT about a client that nobody knows", () => {
  test.each(["websocket", "post"] as const)("[WA7] is answered `? ` over %s with ?unknown=reject", async (via) => {
    const id = freshId();
    const client = await connect(via, "Bolden", "?unknown=reject");
    await client.say(` WHATSAT ${id} 10 5 \nHELLO\n`);
    expect(await client.hears(/HELLO\n$/)).toBe(`?  WHATSAT ${id} 10 5 \n? HELLO\n`);
  });

  test.each([
    ["websocket", ""],
    ["websocket", "?unknown=ignore"],
    ["tcp", ""],
    ["post", ""],
    ["post", "?unknown=ignore"],
  ] as const)("[WA2] is ignored over %s with %j, and takes no place in the order of answers", async (via, query) => {
    const client = await connect(via, "Bolden", query);
    await client.say(`WHATSAT ${freshId()} 10 5\nHELLO\n`);
    expect(await client.hears(/HELLO\n$/)).toBe("? HELLO\n");
  });
});

describe("messages on a WebSocket", () => {
  test("[LN11] bytes that are not UTF-8 come back in a binary message, text in text messages", async () => {
    const client = await openWebSocket("/servers/Bolden");
    await client.say(bytesOf("HELLO\n\xff\xfe\nBYE\n"));
    await client.hears(/BYE\n$/);
    const [first, second, third, ...more] = client.messages;
    expect([first, third, more]).toEqual(["? HELLO\n", "? BYE\n", []]);
    expect(second).toBeInstanceOf(Uint8Array);
    expect(byteString(second ?? "")).toBe("? \xff\xfe\n");
  });

  test("[LN9] answers that are ready together share a message, and no answer is cut", async () => {
    const client = await openWebSocket("/servers/Bolden");
    await client.say(Array.from({ length: 100 }, (_, n) => `HELLO ${n}`).join("\n"));
    await client.hears(/HELLO 99\n$/);
    expect(client.messages).toHaveLength(1);
    // A hundred answers of a kilobyte do not fit in one message of 64 KiB.
    for (const half of ["A", "B"]) await client.say(Array.from({ length: 50 }, () => half.repeat(1000)).join("\n"));
    await client.hears(/B\n$/);
    for (const message of client.messages) expect(message).toMatch(/^\? .*\n$/s);
  });
});
