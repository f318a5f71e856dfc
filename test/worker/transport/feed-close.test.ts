// A feed's socket dies, with whatever code: the sender dials again and the neighbour misses nothing.

import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { attachmentOf } from "../../../src/worker/transport/attachment.ts";
import { configure, eventually, freshId, postTo, settled, statusOf, stubOf } from "../support/herd.ts";

configure({ peers: { retrySecondsMin: 0.05, idleSeconds: 60 } });

/** Closes the feed that comes from a neighbour at the far end, as its runtime might; says how many links that were. */
function closeFeed(server: string, from: string, code: number): Promise<number> {
  return runInDurableObject(stubOf(server), (_instance, state) => {
    const feeds = state.getWebSockets().filter((socket) => {
      const attachment = attachmentOf(socket);
      return attachment.type === "neighbour" && attachment.hello.name === from && socket.readyState === WebSocket.OPEN;
    });
    for (const feed of feeds) feed.close(code, "a test closes it");
    return feeds.length;
  });
}

function linkTo(neighbour: string) {
  return async () => (await statusOf("Alford")).neighbours.find((feed) => feed.neighbour === neighbour);
}

beforeEach(settled);

// 1000 to 1014 less those that may not be sent (RFC 6455, 7.4), and the codes free for use.
test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999])(
  "[CU17] [CU20] a feed that is closed with %i loses nothing",
  async (code) => {
    await postTo("Alford", `IAMAT ${freshId()} +1+1 1`);
    await settled();
    await eventually(linkTo("Parker"), (feed) => feed?.link === "open");
    expect(await closeFeed("Parker", "Alford", code)).toBe(1);
    const client = freshId();
    const answer = await postTo("Alford", `IAMAT ${client} +1+1 1`);
    const found = await eventually(
      () => postTo("Hamilton", `WHATSAT ${client} 1 1`),
      (text) => text !== "",
    );
    expect(found.startsWith(answer)).toBe(true);
    await eventually(linkTo("Parker"), (feed) => feed?.link === "open" && feed.isCaughtUp === true);
  },
);
