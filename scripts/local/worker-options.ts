// What wrangler.toml says of the Worker, for miniflare. As JSON it is the same.
//
// Wrangler alone takes a process two seconds to load, so this is a file of its own: a process that gets the options from another one
// needs no wrangler.

import { fileURLToPath } from "node:url";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

/** In the project, or in the installed package. */
const WRANGLER_FILE = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));

export type WorkerOptions = ReturnType<typeof workerOptions>;

/** Without `modulesRules`, which miniflare does not take beside `modules` (fact, 2026-11-22). */
export function workerOptions() {
  // .env is for `npx wrangler dev`; the variables of a herd are those that it is given.
  process.env["CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV"] = "false";
  const { modulesRules: _, ...options } = unstable_getMiniflareWorkerOptions(WRANGLER_FILE).workerOptions;
  return options;
}
