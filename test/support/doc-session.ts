// A reader of one page: works through its blocks in a folder of their own that looks like a fresh clone.
//
// The folder has the project's own scripts, sources and packages, by links, and its own herd.config.json, `.dev.vars`, state
// and logs. Whatever the page says is done as it stands, but for the ports: those that it names are taken for free ones, there
// and back, so that the tests can run beside a herd that is up; and `npm ci`, which is done already. Keeps DC1 and DC2.

import { spawn, type ChildProcess } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";
import * as z from "zod";
import { parseHerdConfig } from "../../src/core/herd-config.ts";
import { findFreePorts } from "../../scripts/ports.ts";
import { converse, type Conversation } from "./doc-lines.ts";
import type { DocBlock } from "./doc-blocks.ts";
import { isAmong, isAsShown } from "./transcript.ts";

/** Ports that pages name: of a herd over HTTP, and over TCP. */
const PORTS = [8787, 9000, 9001, 9002, 12500, 12501, 12502, 12503, 12504, 12600, 12601, 12602];

const LINKED = ["scripts", "src", "test", "docs", "node_modules", "assets", "wrangler.toml", "README.md"];

/** What a herd prints last when it is up. */
const UP = "Try, in another terminal:";

/** How long to wait for something that is bound to happen, so that a test fails rather than hangs. */
const PATIENCE = { timeout: 20_000, interval: 20 };

const herdSchema = z.object({
  servers: z.array(
    z.object({
      name: z.string(),
      tcpPort: z.number().optional(),
      status: z.object({
        isDown: z.boolean(),
        highest: z.number(),
        neighbours: z.array(z.object({ neighbour: z.string(), behindSinceMillis: z.number().nullable() })),
      }),
    }),
  ),
});

interface Outcome {
  readonly code: number | null;
  readonly printed: string;
}

export class DocSession {
  readonly #folder: string;
  readonly #ports: ReadonlyMap<number, number>;
  /** The herd of another session, where this page starts none. */
  readonly #shared: DocSession | undefined;
  #herd: { readonly process: ChildProcess; readonly port: number; readonly printed: string[] } | undefined;

  private constructor(folder: string, ports: ReadonlyMap<number, number>, shared: DocSession | undefined) {
    this.#folder = folder;
    this.#ports = ports;
    this.#shared = shared;
  }

  /** Lays out a folder. Without blocks that start a herd, the page speaks to the one of `shared`. */
  static async open(shared?: DocSession): Promise<DocSession> {
    const folder = await mkdtemp(join(tmpdir(), "places-herd-docs-"));
    const session = new DocSession(folder, shared === undefined ? await exchangePorts() : shared.#ports, shared);
    await Promise.all(LINKED.map((name) => symlink(resolve(name), join(folder, name))));
    await copyFile("package.json", join(folder, "package.json"));
    await session.#write("herd.config.json", await readFile("herd.config.json", "utf8"));
    await mkdir(join(folder, ".tools"));
    await session.#write(".tools/.curlrc", "silent\nshow-error\n");
    await session.#write(
      ".tools/nc",
      `#!/bin/sh\nexec '${process.execPath}' '${resolve("test/support/nc.ts")}' "$@"\n`,
    );
    await chmod(join(folder, ".tools/nc"), 0o755);
    return session;
  }

  async close(): Promise<void> {
    await this.#stopHerd();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Does what the block says; fails where it does not go as the page says. */
  async work(block: DocBlock): Promise<void> {
    const { use, text } = block;
    const place = `${block.page}:${block.line}`;
    switch (use.kind) {
      case "not run":
        return;
      case "unclear":
        throw new Error(`${place}: ${UNCLEAR}`);
      case "file":
        return this.#write(use.name, text);
      case "settings":
        return this.#mergeSettings(text);
      case "herd":
        return this.#startHerd(text, place);
      case "run": {
        const { code, printed } = await this.#run(text);
        expect(code, `${place}: the script failed and printed:\n${printed}`).toBe(0);
        return;
      }
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
        await expect.poll(() => this.#isPrinted(text), { ...PATIENCE, message: `${place}: not printed` }).toEqual([]);
        return;
      default:
        use satisfies never;
    }
  }

  get #url(): string {
    return `http://localhost:${this.#running?.port ?? 0}`;
  }

  get #running() {
    return this.#shared === undefined ? this.#herd : this.#shared.#herd;
  }

  async #write(name: string, text: string): Promise<void> {
    await writeFile(join(this.#folder, name), this.#toFree(`${text.trimEnd()}\n`));
  }

  async #mergeSettings(text: string): Promise<void> {
    const file = join(this.#folder, "herd.config.json");
    const settings = JSON.parse(`{${text.trim().replace(/^\{([^]*)\}$/, "$1")}}`) as object;
    const config = { ...(JSON.parse(await readFile(file, "utf8")) as object), ...settings };
    parseHerdConfig(config);
    await writeFile(file, JSON.stringify(config, null, 2));
  }

  /** Runs all but the last command, which goes on running. */
  async #startHerd(text: string, place: string): Promise<void> {
    const commands = text.split("\n").filter((line) => line !== "" && !/^npm ci\b/.test(line));
    const start = commands.pop() ?? "";
    if (commands.length > 0) expect((await this.#run(commands.join("\n"))).code, place).toBe(0);
    await this.#stopHerd();
    const shownPort = Number(/--port (\d+)/.exec(start)?.[1] ?? 8787);
    const port = this.#ports.get(shownPort) ?? 0;
    const withPort = start.includes("--port")
      ? start
      : start.replace("npm start --", "npm start").replace("npm start", `npm start -- --port ${shownPort}`);
    const child = this.#spawn(withPort, true);
    const printed: string[] = [];
    this.#herd = { process: child, port, printed };
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

  /** Ends it as Ctrl-C does. */
  async #stopHerd(): Promise<void> {
    const child = this.#herd?.process;
    this.#herd = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const closed = new Promise((resolve) => child.once("close", resolve));
    process.kill(-child.pid, "SIGINT");
    await closed;
  }

  async #run(command: string): Promise<Outcome> {
    const child = this.#spawn(command, false);
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => parts.push(data));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, printed: this.#toShown(Buffer.concat(parts).toString().replaceAll("\r\n", "\n")) };
  }

  /** Variables that a command sets are there for those after it, as in one terminal. */
  #spawn(command: string, isGroup: boolean): ChildProcess {
    const script = [
      "set -a",
      "[ ! -f .tools/variables ] || . ./.tools/variables",
      `HERD_URL=${this.#url}`,
      "trap 'export -p > .tools/variables' EXIT",
      isGroup ? `exec ${this.#toFree(command)}` : `set -e -o pipefail\n${this.#toFree(command)}`,
    ];
    return spawn("bash", ["-c", script.join("\n")], {
      cwd: this.#folder,
      detached: isGroup,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: [join(this.#folder, ".tools"), resolve("node_modules/.bin"), process.env["PATH"]].join(":"),
        CURL_HOME: join(this.#folder, ".tools"),
        FORCE_COLOR: "0",
        NO_COLOR: "1",
        npm_config_loglevel: "silent",
      },
    });
  }

  async #converse(text: string, server: string, isOverPost: boolean, place: string): Promise<void> {
    const turns = conversationOf(text, place);
    await this.#settled();
    const [name = "", query = ""] = server.split("?");
    const { tcpPort = 0 } = (await this.#servers()).find((server) => server.name === name) ?? {};
    for (const { via, heard } of await converse({ url: this.#url, tcpPort, server: name, query, isOverPost }, turns))
      if (!isAsShown(heardIn(turns), heard)) expect(heard, `${place}: over ${via}`).toBe(heardIn(turns));
  }

  async #servers() {
    const response = await fetch(`${this.#url}/herd`);
    return herdSchema.parse(await response.json()).servers;
  }

  /** Which of the lines the herd did not print. */
  #isPrinted(text: string): string[] {
    const printed = this.#toShown((this.#running?.printed ?? []).join("\n"));
    return text.split("\n").filter((line) => !isAmong(line, printed));
  }

  /**
   * Until every report has reached every server that is in service. A report can slip past the asking, so only a second look
   * that finds nothing new is believed.
   */
  async #settled(): Promise<void> {
    if (this.#running === undefined) return;
    let seen = "";
    await expect
      .poll(async () => {
        const servers = await this.#servers();
        const [last, now] = [seen, servers.map(({ status }) => status.highest).join()];
        seen = now;
        return last === now ? laggingIn(servers) : ["not known yet"];
      }, PATIENCE)
      .toEqual([]);
  }

  #toFree(text: string): string {
    return text.replace(/\b\d{4,5}\b/g, (digits) => String(this.#ports.get(Number(digits)) ?? digits));
  }

  #toShown(text: string): string {
    const shown = new Map([...this.#ports].map(([port, free]) => [free, port]));
    return text.replace(/\b\d{4,5}\b/g, (digits) => String(shown.get(Number(digits)) ?? digits));
  }
}

async function exchangePorts(): Promise<Map<number, number>> {
  const free = await findFreePorts(PORTS.length);
  return new Map(PORTS.map((port, index) => [port, free[index] ?? 0]));
}

/** The links over which something is still to come. */
function laggingIn(servers: z.infer<typeof herdSchema>["servers"]): string[] {
  const away = new Set(servers.filter(({ status }) => status.isDown).map(({ name }) => name));
  return servers
    .filter(({ name }) => !away.has(name))
    .flatMap(({ name, status }) =>
      status.neighbours
        .filter(({ neighbour, behindSinceMillis }) => behindSinceMillis !== null && !away.has(neighbour))
        .map(({ neighbour }) => `${name} -> ${neighbour}`),
    );
}

/** What a page has to say of a block that says nothing of itself. */
export const UNCLEAR =
  "nobody knows whether this block is true: let it be run, or write `not run: why` after the language of its fence " +
  "(docs/README.md tells how)";

interface Command {
  readonly command: string;
  readonly shown: string;
}

function commandsOf(text: string, place: string): Command[] {
  const commands: { command: string; shown: string[] }[] = [];
  for (const line of text.split("\n")) {
    const last = commands.at(-1);
    if (line.startsWith("$ ")) commands.push({ command: line.slice(2), shown: [] });
    else if (last === undefined) throw new Error(`${place}: a transcript begins with a command, "$ …"`);
    else if (last.command.endsWith("\\") && last.shown.length === 0) last.command += `\n${line}`;
    else last.shown.push(line);
  }
  return commands.map(({ command, shown }) => ({ command, shown: shown.join("\n").trimEnd() }));
}

function conversationOf(text: string, place: string): Conversation {
  return text.split("\n").map((line) => {
    const [, mark, said = ""] = /^([<>]) ?(.*)$/.exec(line) ?? [];
    if (mark === undefined) throw new Error(`${place}: a line begins with "> " if it is said and "< " if it is heard`);
    return { isSaid: mark === ">", text: said };
  });
}

function heardIn(turns: Conversation): string {
  return turns
    .filter(({ isSaid }) => !isSaid)
    .map(({ text }) => text)
    .join("\n");
}
