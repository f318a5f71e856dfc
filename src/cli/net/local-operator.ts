// The operator's token of a herd that `npm start` runs on this machine, where its user's own commands find it.
//
// A file for each herd, named by its port, in a directory of the user's home that nobody else can read. The token is shown to
// this machine alone: a name or another machine's address may be anybody's. Keeps HC60.

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";

const LOCAL_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What stands in such a file. */
export const localOperatorSchema = z.object({
  token: z.string().min(1),
  /** The process of the herd. */
  pid: z.int().positive(),
});

/** Where the files are. */
export function operatorsDirectory(): string {
  return join(homedir(), ".places-herd", "operators");
}

/** The token to show to the herd at `url`: the one that was given, or the one that the herd there has made. */
export async function operatorTokenFor(url: string, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined && given !== "") return given;
  const { hostname, port, protocol } = new URL(url);
  if (protocol !== "http:" || !LOCAL_HOSTS.has(hostname)) return undefined;
  try {
    const text = await readFile(join(operatorsDirectory(), port === "" ? "80" : port), "utf8");
    return localOperatorSchema.parse(JSON.parse(text)).token;
  } catch {
    // No herd of this user is there, or it has a token of its own.
    return undefined;
  }
}
