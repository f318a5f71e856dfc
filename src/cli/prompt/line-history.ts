// The lines typed in earlier sessions, in a file that only this user can read: they say where somebody was.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Lines kept. */
export const HISTORY_LINES_MAX = 1000;

/** Where programs keep what they remember, by the XDG base directories. */
function historyFile(): string {
  const state = process.env["XDG_STATE_HOME"] ?? "";
  return join(state === "" ? join(homedir(), ".local", "state") : state, "places-herd", "history");
}

/** The last line first, as readline has them. None if they cannot be read. */
export async function readHistory(): Promise<string[]> {
  const text = await readFile(historyFile(), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

/** A history that cannot be kept is no reason to fail. */
export async function keepHistory(lines: readonly string[]): Promise<void> {
  const file = historyFile();
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, lines.map((line) => `${line}\n`).join(""), { mode: 0o600 });
  } catch {
    // Lost with this session.
  }
}
