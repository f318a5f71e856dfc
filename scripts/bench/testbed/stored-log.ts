// How much of a server's log is not folded, read from the file of its storage: a server does not tell.
//
// To ask the server would wake it, and keep it awake. Fact, 2026-11-27: another process may read the file while workerd has it open.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface StoredLog {
  /** The number of the newest commit. */
  readonly number: number;
  /** The pages have everything of the commits up to this one. */
  readonly folded: number;
  /** Bytes of the reports in the commits above that. */
  readonly bytes: number;
}

const READ = `
  WITH newest AS (SELECT number, folded FROM log ORDER BY number DESC LIMIT 1)
  SELECT newest.number, newest.folded, SUM(OCTET_LENGTH(log.reports)) AS bytes FROM log, newest
    WHERE log.number > newest.folded`;

/** `state`: the directory with the storage of a herd that has one server. */
export function readStoredLog(state: string): StoredLog {
  const database = new DatabaseSync(fileIn(join(state, "do", "places-herd-ServerObject")), { readOnly: true });
  try {
    const { number, folded, bytes } = database.prepare(READ).get() ?? {};
    return { number: Number(number), folded: Number(folded), bytes: Number(bytes) };
  } finally {
    database.close();
  }
}

function fileIn(directory: string): string {
  const names = readdirSync(directory).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  const [name, ...others] = names;
  if (name === undefined || others.length > 0)
    throw new Error(`Cannot read the log of one server: there are ${names.length} in ${directory}`);
  return join(directory, name);
}
