import { describe, expect, test } from "vitest";
import { lagOf, reachedFrom, viewOf, type HerdAnswer } from "../../../src/page/model/herd-view.ts";
import type { StorageState } from "../../../src/core/contract/status.ts";
import bundled from "../../../herd.config.json" with { type: "json" };

const NOW = 1_000_000;

interface Standing {
  readonly isDrained?: boolean;
  readonly error?: string;
  readonly storage?: StorageState;
  /** Neighbours that have not received something, and since when. */
  readonly behind?: Readonly<Record<string, number>>;
  readonly open?: readonly string[];
}

/** What else a status has. */
const AT_REST = {
  server: "",
  epoch: "e1",
  incarnation: "r1",
  starts: 1,
  clients: 0,
  connections: 0,
  lastSeq: 0,
  counters: {},
};

/** The part of a status that the page reads. */
function view(standings: Readonly<Record<string, Standing>> = {}) {
  const servers = bundled.servers.map(({ name, neighbours }) => {
    const { isDrained = false, error, storage, behind = {}, open = [] } = standings[name] ?? {};
    const feeds = neighbours.map((neighbour) => ({
      neighbour,
      link: open.includes(neighbour) ? "open" : "closed",
      isCaughtUp: behind[neighbour] === undefined,
      behindAtMost: behind[neighbour] === undefined ? 0 : 7,
      behindSinceMillis: behind[neighbour] ?? null,
    }));
    const status = { ...AT_REST, isDrained, storage, neighbours: feeds };
    return { name, neighbours, status: error === undefined ? status : { error } };
  });
  return viewOf({ auth: "open", servers } as unknown as HerdAnswer, NOW);
}

const linkStates = (standings: Readonly<Record<string, Standing>>) =>
  Object.fromEntries(view(standings).links.map(({ a, b, state }) => [`${a}–${b}`, state]));

describe("how the herd stands", () => {
  test("[PG3] a quiet herd: every link is there once, and nobody is cut off", () => {
    expect(linkStates({})).toEqual({
      "Alford–Parker": "quiet",
      "Alford–Powell": "quiet",
      "Bolden–Parker": "quiet",
      "Bolden–Powell": "quiet",
      "Hamilton–Parker": "quiet",
    });
    expect(view().servers.filter(({ isCutOff }) => isCutOff)).toEqual([]);
  });

  test("[PG3] [ST8] a server tells that its storage is full; one of an earlier version does not tell", () => {
    const { servers } = view({ Alford: { storage: "read-only" }, Bolden: { storage: "no new clients" } });
    expect(servers.map(({ storage }) => storage)).toEqual([
      "read-only",
      "no new clients",
      "has room",
      "has room",
      "has room",
    ]);
  });

  test("[PG3] without Parker Hamilton is cut off, and the rest goes on", () => {
    for (const away of [{ isDrained: true }, { error: "it does not answer" }]) {
      const { servers, links } = view({ Parker: away });
      expect(servers.filter(({ isCutOff }) => isCutOff).map(({ name }) => name)).toEqual(["Hamilton"]);
      expect(links.filter(({ state }) => state === "down").map(({ a, b }) => `${a}–${b}`)).toEqual([
        "Alford–Parker",
        "Bolden–Parker",
        "Hamilton–Parker",
      ]);
      expect([...reachedFrom("Bolden", links)].toSorted()).toEqual(["Alford", "Bolden", "Powell"]);
    }
    expect(view({ Parker: { isDrained: true } }).servers.map(({ service }) => service)).toEqual([
      "in service",
      "in service",
      "in service",
      "out of service",
      "in service",
    ]);
  });

  test("[PG3] a link is live while something flows, and behind when something waits for long", () => {
    expect(linkStates({ Alford: { open: ["Parker"] } })["Alford–Parker"]).toBe("live");
    expect(linkStates({ Parker: { open: ["Alford"], behind: { Alford: NOW - 100 } } })["Alford–Parker"]).toBe("live");
    expect(linkStates({ Parker: { behind: { Alford: NOW - 5000 } } })["Alford–Parker"]).toBe("behind");
  });

  test("[PG3] the lag of a server is that of the neighbour that waits longest", () => {
    const { servers } = view({ Parker: { behind: { Alford: NOW - 2000, Hamilton: NOW - 9000 } } });
    const [alford, parker] = [servers[0], servers[3]];
    expect(parker && lagOf(parker)).toEqual({ reports: 7, sinceMillis: NOW - 9000 });
    expect(alford && lagOf(alford)).toEqual({ reports: 0, sinceMillis: undefined });
  });
});
