// Whatever a client says, it is answered as the rules say, nothing that is invalid is kept, and the connection goes on.
//
// Each row is said over each transport; then a valid IAMAT on the same connection (on a new one where LN6 closed it) shows
// that it still serves, and marks the end of what the row made the server say.

import { describe, expect, test } from "vitest";
import { heardOver, ROWS, type Ends } from "./bad-input-rows.ts";
import { freshId, statusOf } from "../support/herd.ts";
import { byteString, bytesOf, connect, VIAS, type LineClient, type Said } from "../support/line-client.ts";

describe.each(VIAS)("over %s", (via) => {
  const rows = ROWS.filter((row) => heardOver(via, row) !== undefined);

  test.each(rows)("$title", async (row) => {
    const who = freshId();
    const expected = heardOver(via, row) ?? "";
    const before = await statusOf("Bolden");
    let client = await connect(via, "Bolden");
    for (const said of row.says) await client.say(named(said, who));
    if (isEnd(expected)) {
      expect(await client.ends()).toEqual({ heard: "", closeReason: expected.ends });
      client = await connect(via, "Bolden");
      expect(await answersUpToMark(client)).toBe("");
    } else expect(await answersUpToMark(client)).toBe(byteString(named(expected, who)));
    const after = await statusOf("Bolden");
    expect(after.clients, "clients known").toBe(before.clients + (row.stores ?? 0) + 1);
    expect(after.incarnation, "nothing was thrown").toBe(before.incarnation);
  });
});

/** Says a valid IAMAT, and hears everything up to its answer; that comes without the answer, and without skews. */
async function answersUpToMark(client: LineClient): Promise<string> {
  const mark = freshId();
  await client.say(`IAMAT ${mark} +0+0 1\n`);
  const answer = new RegExp(`AT Bolden \\+\\d+\\.\\d{9} ${mark} \\+0\\+0 1\\n$`);
  const heard = await client.hears(answer);
  return heard.replace(answer, "").replace(/^AT Bolden \+\d+\.\d{9} /gm, "AT Bolden <skew> ");
}

function named(said: Said, who: string): Said {
  if (typeof said === "string") return said.replaceAll("WHO", who);
  return bytesOf(byteString(said).replaceAll("WHO", who));
}

function isEnd(expected: Said | Ends): expected is Ends {
  return typeof expected === "object" && "ends" in expected;
}
