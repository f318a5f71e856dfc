// The version of this package, as its package.json says: two folders above this file, in the project and in the package.

import { readFileSync } from "node:fs";
import * as z from "zod";

export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
