// The folder in which a reader of the documentation works: it looks like a fresh clone, and has a terminal.
//
// It has links to the project's scripts, sources and packages, and its own herd.config.json, `.dev.vars`, state and logs. The
// commands are run unchanged except for the ports. The ports that pages name are replaced by free ones, in commands and
// output, so that the tests can run beside another herd.

import { spawn, type ChildProcess } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findFreePorts } from "../../scripts/local/ports.ts";

/** The ports that pages name: of a herd over HTTP and over TCP. */
const PORTS = [8787, 9000, 9001, 9002, 12500, 12501, 12502, 12503, 12504, 12600, 12601, 12602];

const LINKED = ["scripts", "src", "test", "docs", "node_modules", "assets", "wrangler.toml", "README.md"];

/** The output of a command, both outputs in the order in which they came, and how it ended. */
export interface CommandOutcome {
  readonly code: number | null;
  readonly printed: string;
}

export class DocFolder {
  readonly #path: string;
  readonly #freePorts: ReadonlyMap<string, string>;
  readonly #shownPorts: ReadonlyMap<string, string>;

  private constructor(path: string, ports: readonly (readonly [shown: string, free: string])[]) {
    this.#path = path;
    this.#freePorts = new Map(ports);
    this.#shownPorts = new Map(ports.map(([shown, free]) => [free, shown]));
  }

  static async create(): Promise<DocFolder> {
    const path = await mkdtemp(join(tmpdir(), "places-herd-docs-"));
    const free = await findFreePorts(PORTS.length);
    const folder = new DocFolder(
      path,
      PORTS.map((port, index) => [String(port), String(free[index])]),
    );
    await Promise.all(LINKED.map((name) => symlink(resolve(name), join(path, name))));
    await copyFile("package.json", join(path, "package.json"));
    await folder.write("herd.config.json", await readFile("herd.config.json", "utf8"));
    await mkdir(join(path, ".tools"));
    // In a terminal curl shows no progress for short answers.
    await folder.write(".tools/.curlrc", "silent\nshow-error\n");
    await folder.write(".tools/nc", `#!/bin/sh\nexec '${process.execPath}' '${resolve("test/support/nc.ts")}' "$@"\n`);
    await chmod(join(path, ".tools/nc"), 0o755);
    return folder;
  }

  async remove(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true });
  }

  async read(name: string): Promise<string> {
    return readFile(join(this.#path, name), "utf8");
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.#path, name), this.withFreePorts(`${text.trimEnd()}\n`));
  }

  /** Runs commands until the last one ends or one fails. `herdUrl`: where scripts look for the herd. */
  async run(commands: string, herdUrl: string): Promise<CommandOutcome> {
    const child = this.#spawn(`set -e -o pipefail\n${commands}`, herdUrl, false);
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => parts.push(data));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    const printed = Buffer.concat(parts).toString().replaceAll("\r\n", "\n");
    return { code, printed: this.withShownPorts(printed) };
  }

  /** Starts a command that keeps running, as a process group of its own. */
  start(command: string, herdUrl: string): ChildProcess {
    return this.#spawn(`exec ${command}`, herdUrl, true);
  }

  withFreePorts(text: string): string {
    return exchange(text, this.#freePorts);
  }

  withShownPorts(text: string): string {
    return exchange(text, this.#shownPorts);
  }

  /** Variables that a command sets stay set for later commands, as in one terminal. */
  #spawn(commands: string, herdUrl: string, isGroup: boolean): ChildProcess {
    const script = [
      "set -a",
      "[ ! -f .tools/variables ] || . ./.tools/variables",
      `HERD_URL=${herdUrl}`,
      "trap 'export -p > .tools/variables' EXIT",
      this.withFreePorts(commands),
    ];
    return spawn("bash", ["-c", script.join("\n")], {
      cwd: this.#path,
      detached: isGroup,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: [join(this.#path, ".tools"), resolve("node_modules/.bin"), process.env["PATH"]].join(":"),
        CURL_HOME: join(this.#path, ".tools"),
        FORCE_COLOR: "0",
        NO_COLOR: "1",
        npm_config_loglevel: "silent",
      },
    });
  }
}

function exchange(text: string, ports: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\b\d{4,5}\b/g, (digits) => ports.get(digits) ?? digits);
}
