// What a server's log shows of a client that was forgotten, at this server or at another.

import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { configure, postTo } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";
import { LogFollower, type LogLine } from "../support/log-follower.ts";

configure({ logLevel: "lines" });

const NOW = "1400794645";

async function shown(server: string): Promise<string> {
  const response = await exports.default.fetch(`https://herd/servers/${server}/log`);
  return new TextDecoder().decode(await response.arrayBuffer());
}

/** The lines in the entries that are shown and name this client. */
async function linesAbout(server: string, client: string): Promise<string[]> {
  const entries = (await shown(server)).split("\n").filter((text) => text !== "");
  const lines = entries.map((text) => JSON.parse(text) as LogLine).map(lineOf);
  return lines.filter((line) => line.split(/[ \t]/).includes(client));
}

function lineOf(entry: LogLine): string {
  return ("line" in entry && entry.line) || "";
}

describe("the log that is shown", () => {
  test("[LG23] has no line about a client from before it was forgotten there", async () => {
    // Each is part of another one, or of what stands around it in JSON.
    const ids = ["a", "aa", "line", "1", 'qu"ote', "bäck\\slash", "\u202E"];
    for (const id of ids) {
      await postTo(
        "Alford",
        `IAMAT ${id} +34.0689-118.4451 ${NOW}\nIAMAT\t${id} 34.0689,-118.4451 ${NOW}\nIAMAT a${id}z +1-1 ${NOW}`,
      );
      expect(await linesAbout("Alford", id)).toContain(`IAMAT ${id} +34.0689-118.4451 ${NOW}`);
      expect(await postTo("Alford", `FORGET ${id}`)).toMatch(`FORGOT ${id} `);
      const left = await linesAbout("Alford", id);
      expect(left.filter((line) => line.includes("118.4451"))).toEqual([]);
      expect(await linesAbout("Alford", `a${id}z`)).not.toEqual([]);
    }
    expect(await shown("Alford")).not.toContain("118.4451");
    expect(await shown("Alford")).toContain('"event":"accepted","client":"line"');
  });

  test("[LG23] has none where a neighbour says that the client was forgotten, and a follower keeps what it was told", async () => {
    const follower = await LogFollower.of("Hamilton");
    await postTo("Alford", `IAMAT far +34.0689-118.4451 ${NOW}`);
    await follower.hears("accepted", '"client":"far"');
    expect(await shown("Hamilton")).toMatch(/ far \+34.0689-118.4451 /);
    await postTo("Alford", "FORGET far");
    await follower.hears("input", " far .*forgot=");
    expect(await shown("Hamilton")).not.toMatch(/ far \+34.0689-118.4451 /);
    expect(follower.entries.some((entry) => lineOf(entry).includes(" far +34.0689"))).toBe(true);
    const since = await openWebSocket("/servers/Hamilton/log?since=2000-01-01T00:00:00Z");
    await postTo("Hamilton", "live");
    await since.hears(/"line":"live"/);
    expect(JSON.stringify(since.messages)).not.toMatch(/ far \+34.0689-118.4451 /);
    since.close(1000, "seen enough");
    await since.ends();
    await follower.leave();
  });

  test("[LG1] [LG23] has its last entries, in order, after others went", async () => {
    await postTo(
      "Bolden",
      Array.from({ length: 700 }, (_, index) => `IAMAT gone +1-1 ${index}\nfirst${index}`).join("\n"),
    );
    await postTo("Bolden", "FORGET gone");
    await postTo("Bolden", Array.from({ length: 300 }, (_, index) => `second${index}`).join("\n"));
    const refused = [...(await shown("Bolden")).matchAll(/"event":"refused".*"line":"([a-z]+)(\d+)"/g)];
    const numbers = refused.filter(([, word]) => word === "second").map(([, , number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect((await shown("Bolden")).split("\n").length).toBeLessThanOrEqual(1001);
  });
});
