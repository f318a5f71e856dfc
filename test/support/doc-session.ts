// A reader of the documentation: does what each block of a page says, and compares the result with what the page shows.
//
// Only `npm ci` is left out, because it is done already. A herd that a page starts runs until another one is started or the
// session ends. Keeps DC1 and DC2.

import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import * as z from "zod";
import { parseHerdConfig } from "../../src/core/config/herd-config.ts";
import type { DocBlock } from "./doc-blocks.ts";
import { DocFolder } from "./doc-folder.ts";
import { commandsOf, conversationOf, converse, heardIn } from "./doc-lines.ts";
import { isAmong, isAsShown } from "./shown-output.ts";

/** The last line that a herd prints when it is up. */
const UP = "Try, in another terminal:";

/** How long to wait for something that has to happen. A test then fails and does not hang. */
const PATIENCE = { timeout: 20_000, interval: 20 };

const herdSchema = z.object({
  servers: z.array(
    z.object({
      name: z.string(),
      tcpPort: z.number().optional(),
      status: z.object({
        isDrained: z.boolean(),
        lastSeq: z.number(),
        neighbours: z.array(z.object({ neighbour: z.string(), behindSinceMillis: z.number().nullable() })),
      }),
    }),
  ),
});

type Servers = z.infer<typeof herdSchema>["servers"];

export class DocSession {
  readonly #folder: DocFolder;
  #herd: { readonly process: ChildProcess; readonly url: string; readonly printed: string[] } | undefined;

  private constructor(folder: DocFolder) {
    this.#folder = folder;
  }

  /** Begins a session in a folder of its own. No herd runs yet. */
  static async open(): Promise<DocSession> {
    return new DocSession(await DocFolder.create());
  }

  async close(): Promise<void> {
    await this.#stopHerd();
    await this.#folder.remove();
  }

  /** Does what the block says. Fails if the result is not what the page says. */
  async work({ page, line, text, use }: DocBlock): Promise<void> {
    const place = `${page}:${line}`;
    switch (use.kind) {
      case "not run":
      case "tested elsewhere":
        return;
      case "unclear":
        throw new Error(`${place}: ${UNCLEAR}`);
      case "file":
        return this.#folder.write(use.name, text);
      case "settings":
        return this.#mergeSettings(text);
      case "herd":
        return this.#startHerd(text, place);
      case "run":
        return this.#succeed(text, place);
      case "transcript":
        for (const { command, shown } of commandsOf(text, place)) {
          await this.#settled();
          const { printed } = await this.#run(command);
          if (!isAsShown(shown, printed, use.withinPercent)) expect(printed, `${place}: $ ${command}`).toBe(shown);
        }
        return;
      case "lines":
        return this.#converse(text, use.server, use.isOverPost, place);
      case "printed":
        await expect.poll(() => this.#notPrinted(text), { ...PATIENCE, message: `${place}: not printed` }).toEqual([]);
        return;
      default:
        use satisfies never;
    }
  }

  get #url(): string {
    return this.#herd?.url ?? "http://localhost:8787";
  }

  #run(commands: string) {
    return this.#folder.run(commands, this.#url);
  }

  async #succeed(commands: string, place: string): Promise<void> {
    const { code, printed } = await this.#run(commands);
    expect(code, `${place}: the script failed and printed:\n${printed}`).toBe(0);
  }

  async #mergeSettings(text: string): Promise<void> {
    const settings = JSON.parse(`{${text.trim().replace(/^\{([^]*)\}$/, "$1")}}`) as object;
    const config = { ...(JSON.parse(await this.#folder.read("herd.config.json")) as object), ...settings };
    parseHerdConfig(config);
    await this.#folder.write("herd.config.json", JSON.stringify(config, null, 2));
  }

  /** Runs all commands. The last one keeps running. Settles when the herd is up. */
  async #startHerd(text: string, place: string): Promise<void> {
    const commands = text.split("\n").filter((line) => line !== "" && !/^npm ci\b/.test(line));
    const start = withPort(commands.pop() ?? "");
    if (commands.length > 0) await this.#succeed(commands.join("\n"), place);
    await this.#stopHerd();
    const [, port = ""] = /--port (\d+)/.exec(this.#folder.withFreePorts(start)) ?? [];
    const child = this.#folder.start(start, this.#url);
    const printed: string[] = [];
    this.#herd = { process: child, url: `http://localhost:${port}`, printed };
    await new Promise<void>((resolve, reject) => {
      child.once("close", (code) => reject(new Error(`${place}: the herd ended with ${code}:\n${printed.join("\n")}`)));
      for (const stream of [child.stdout, child.stderr])
        if (stream !== null)
          createInterface({ input: stream }).on("line", (line) => {
            printed.push(line);
            if (line.includes(UP)) resolve();
          });
    });
  }

  /** Ends the herd as Ctrl-C does. */
  async #stopHerd(): Promise<void> {
    const child = this.#herd?.process;
    this.#herd = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const closed = new Promise((resolve) => child.once("close", resolve));
    process.kill(-child.pid, "SIGINT");
    await closed;
  }

  async #converse(text: string, address: string, isOverPost: boolean, place: string): Promise<void> {
    const turns = conversationOf(text, place);
    await this.#settled();
    const [server = "", query = ""] = address.split("?");
    const { tcpPort = 0 } = (await this.#servers()).find(({ name }) => name === server) ?? {};
    for (const { via, heard } of await converse({ url: this.#url, tcpPort, server, query, isOverPost }, turns))
      if (!isAsShown(heardIn(turns), heard)) expect(heard, `${place}: over ${via}`).toBe(heardIn(turns));
  }

  #notPrinted(text: string): string[] {
    const printed = this.#folder.withShownPorts((this.#herd?.printed ?? []).join("\n"));
    return text.split("\n").filter((line) => !isAmong(line, printed));
  }

  async #servers(): Promise<Servers> {
    const response = await fetch(`${this.#url}/herd`);
    return herdSchema.parse(await response.json()).servers;
  }

  /**
   * Waits until every report has reached every server that is in service. One look can miss a report that is on its way, so a
   * second look has to find nothing new.
   */
  async #settled(): Promise<void> {
    if (this.#herd === undefined) return;
    let seen = "";
    const lagging = async () => {
      const servers = await this.#servers();
      const [last, now] = [seen, servers.map(({ status }) => status.lastSeq).join()];
      seen = now;
      return last === now ? laggingIn(servers) : ["not known yet"];
    };
    await expect.poll(lagging, PATIENCE).toEqual([]);
  }
}

/** The error for a block whose fence does not say what it is for. */
const UNCLEAR =
  "nobody knows whether this block is true: let it be run, or write `not run: why` after the language of its fence " +
  "(docs/README.md tells how)";

/** The command with its port: only a port that is written can be replaced by a free one. */
function withPort(start: string): string {
  if (start.includes("--port")) return start;
  return start.includes("npm start --") ? `${start} --port 8787` : `${start} -- --port 8787`;
}

/** The links with reports that are not acknowledged yet. */
function laggingIn(servers: Servers): string[] {
  const away = new Set(servers.filter(({ status }) => status.isDrained).map(({ name }) => name));
  return servers
    .filter(({ name }) => !away.has(name))
    .flatMap(({ name, status }) =>
      status.neighbours
        .filter(({ neighbour, behindSinceMillis }) => behindSinceMillis !== null && !away.has(neighbour))
        .map(({ neighbour }) => `${name} -> ${neighbour}`),
    );
}
