// herd.config.json as a file.

import { readFile } from "node:fs/promises";
import { parseHerdConfig, type HerdConfig } from "../src/core/herd-config.ts";

/** Reads and checks a herd's configuration. Throws an error that says what to mend. */
export async function readHerdConfig(file: string): Promise<HerdConfig> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Error(`Cannot read the herd's configuration ${file}: ${messageOf(error)}`, { cause: error });
  });
  return parseHerdConfig(parseJson(file, text));
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot read ${file} as JSON: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
