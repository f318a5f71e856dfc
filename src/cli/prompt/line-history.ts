// The lines of earlier sessions, in a file that only this user can read, because they tell where people were. Keeps HC6.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** How many lines are kept. */
export const HISTORY_LINES_MAX = 1000;

/** Where programs keep their state, by the XDG base directories. */
function historyFile(): string {
  const state = process.env["XDG_STATE_HOME"] ?? "";
  return join(state === "" ? join(homedir(), ".local", "state") : state, "places-herd", "history");
}

/** The last line first, as readline wants them. None if the file cannot be read. */
export async function readHistory(): Promise<string[]> {
  const text = await readFile(historyFile(), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

/** Writes the lines. A history that cannot be written is no reason to fail. */
export async function keepHistory(lines: readonly string[]): Promise<void> {
  const file = historyFile();
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });
  } catch {
    // The lines of this session are lost.
  }
}
