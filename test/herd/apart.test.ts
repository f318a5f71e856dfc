// A herd in five processes that are killed without notice: which servers still agree, and that all agree in the end.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hopsFrom } from "../../src/core/config/topology.ts";
import { HerdApart } from "../support/herd-apart.ts";

let herd: HerdApart;

beforeAll(async () => {
  // A neighbour that returns is noticed within the time of this test.
  herd = await HerdApart.create({ retrySecondsMax: 2, answerSeconds: 2 });
  await herd.start();
});

afterAll(() => herd.remove());

describe("a herd across deployments", () => {
  test("[HD3] [FL2] a report reaches a server three hops away", async () => {
    const [answer = ""] = await herd.report("Powell", ["kiwi"], 1_400_794_645);
    expect(answer).toMatch(/^AT Powell /);
    await expect.poll(() => herd.held("Hamilton", ["kiwi"])).toEqual([answer]);
  });

  test("[HD27] [HD28] no one feeds a server without the herd's token, and no output contains the token", async () => {
    const address = `${herd.url("Alford")}/servers/Alford/peer?version=1&name=Parker&epoch=e&run=r`;
    for (const headers of [{}, { Authorization: "Bearer wrong" }, { Authorization: "Basic x" }]) {
      const response = await fetch(address, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
      expect(await response.text()).not.toContain(herd.token);
    }
    const wrongWay = await fetch(address, { headers: { Authorization: `Bearer ${herd.token}` } });
    expect(wrongWay.status).toBe(426);
    expect(await (await fetch(`${herd.url("Alford")}/herd`)).text()).not.toContain(herd.token);
    for (const name of herd.names) expect(herd.printed(name)).not.toContain(herd.token);
  });

  test("[HD2] [HD29] a server that runs elsewhere is named with its address, and /herd reads its status", async () => {
    const elsewhere = await fetch(`${herd.url("Alford")}/servers/Bolden`);
    expect(elsewhere.status).toBe(421);
    expect(await elsewhere.json()).toMatchObject({ addresses: [herd.url("Bolden")] });
    const { servers } = (await (await fetch(`${herd.url("Alford")}/herd`)).json()) as {
      servers: { name: string; status: { server: string } }[];
    };
    expect(servers.map(({ status }) => status.server)).toEqual(herd.names);
  });
});

describe("two servers killed", () => {
  const names = ["Alford", "Bolden", "Hamilton", "Parker", "Powell"];
  const pairs = names.flatMap((first, index) => names.slice(index + 1).map((second) => [first, second] as const));

  test.each(pairs)(
    "[FL3] [CU20] without %s and %s the rest agree as the topology says, and all do afterwards",
    async (...pair) => {
      await herd.kill(...pair);
      const running = herd.names.filter((name) => !pair.includes(name));
      const graph = herd.config.servers
        .filter(({ name }) => running.includes(name))
        .map(({ name, neighbours }) => ({ name, neighbours: neighbours.filter((other) => running.includes(other)) }));
      const clients = running.map((name) => `${pair.join("-")}-${name}`);
      const answers = await Promise.all(
        running.map(async (name, index) => (await herd.report(name, [clients[index] ?? ""], 1_400_794_645))[0] ?? ""),
      );
      // A report is known to the server that heard it, and to those that a path of links connects with it.
      for (const name of running) {
        const reached = hopsFrom(graph, name);
        const expected = running.map((from, index) => (reached.has(from) ? answers[index] : undefined));
        await expect.poll(() => herd.held(name, clients), { timeout: 20_000 }).toEqual(expected);
      }
      await herd.start(...pair);
      for (const name of herd.names)
        await expect.poll(() => herd.held(name, clients), { timeout: 20_000 }).toEqual(answers);
    },
  );
});
