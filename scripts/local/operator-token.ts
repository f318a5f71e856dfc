// The operator's token that a herd on this machine makes for itself, and the file in which its user's commands find it.
//
// Who may reach a port of this machine is not yet its operator: other users may, and so may any page in a browser. The token is
// new with each start: one that was left behind, as by a kill, is of no use. Keeps HD50.

import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { localOperatorSchema, operatorsDirectory } from "../../src/cli/net/local-operator.ts";
import { PRIVATE_DIRECTORY, PRIVATE_FILE } from "./private-files.ts";
import { startOf } from "./processes.ts";

/** 24 bytes are 32 characters, and more than anybody can try. */
const TOKEN_BYTES = 24;

export class OperatorToken {
  readonly value: string;
  /** Why commands will not find it; `undefined` if they will. */
  readonly problem: string | undefined;
  readonly #file: string;

  private constructor(value: string, file: string, problem: string | undefined) {
    this.value = value;
    this.#file = file;
    this.problem = problem;
  }

  /** Makes the token of the herd at this port. */
  static async make(port: number): Promise<OperatorToken> {
    const value = randomBytes(TOKEN_BYTES).toString("base64url");
    const file = join(operatorsDirectory(), String(port));
    try {
      const directory = operatorsDirectory();
      await mkdir(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
      await chmod(directory, PRIVATE_DIRECTORY);
      await removeLeftovers(directory);
      const aside = `${file}.${process.pid}`;
      await writeFile(aside, `${JSON.stringify({ token: value, pid: process.pid })}\n`, {
        mode: PRIVATE_FILE,
        flag: "wx",
      });
      await rename(aside, file);
      return new OperatorToken(value, file, undefined);
    } catch (error) {
      return new OperatorToken(value, file, error instanceof Error ? error.message : String(error));
    }
  }

  /** Removes the file, unless another herd has that port by now. */
  async forget(): Promise<void> {
    if ((await read(this.#file))?.token === this.value) await rm(this.#file, { force: true });
  }
}

/** The files of herds that were killed. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const file = join(directory, name);
    const holder = await read(file);
    if (holder === undefined || startOf(holder.pid) === undefined) await rm(file, { force: true });
  }
}

async function read(file: string) {
  try {
    return localOperatorSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
