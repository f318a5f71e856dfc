// `herd.config.json` as a whole: its sections joined, and checked together.
//
// The schemas of this room are the one place that names a setting. `scripts/build/build-schema.ts` writes the JSON Schema for
// editors from them: a person sees these descriptions while typing. Keeps HD1.

import * as z from "zod";

import { authConfigSchema } from "./auth-config.ts";
import { limitsSchema } from "./limits-config.ts";
import { nearestSchema } from "./nearest-config.ts";
import { peersSchema } from "./peers-config.ts";
import { placesSchema } from "./places-config.ts";
import { serverSchema } from "./servers-config.ts";
import { webAddress } from "./setting-types.ts";
import { topologyProblems } from "./topology.ts";

/** The shape of `herd.config.json`. */
export const herdConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  servers: z.array(serverSchema).min(1).describe("The herd."),
  unknown: z
    .enum(["ignore", "reject"])
    .default("ignore")
    .describe(
      "A WHATSAT about an unknown client is ignored, as in the paper, or answered `? `. A connection chooses with `?unknown=`.",
    ),
  auth: authConfigSchema
    .optional()
    .describe("Asks clients for signed tokens. Without it the herd is open to all. docs/secure.md has the claims."),
  traceUrl: webAddress
    .default("https://www.cloudflare.com/cdn-cgi/trace")
    .describe(
      "Tells a server in which of Cloudflare's data centres it runs. createservers asks it, of a deployed herd.",
    ),
  limits: limitsSchema.prefault({}),
  peers: peersSchema.prefault({}),
  places: placesSchema.prefault({}),
  nearest: nearestSchema.prefault({}),
});

export type HerdConfig = z.infer<typeof herdConfigSchema>;
export type ServerConfig = HerdConfig["servers"][number];

/** Checks a whole configuration. Throws one error that lists every problem, each with the value that was found. */
export function parseHerdConfig(json: unknown): HerdConfig {
  const parsed = herdConfigSchema.safeParse(json, { reportInput: true });
  const problems = parsed.success
    ? [...topologyProblems(parsed.data.servers), ...nearestProblems(parsed.data)]
    : parsed.error.issues.map(describeIssue);
  if (!parsed.success || problems.length > 0)
    throw new Error(`Cannot use herd.config.json:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  return parsed.data;
}

/** Settings that had another name before: the error names the new one. */
const RENAMED: Readonly<Record<string, string>> = {
  "peers.holdSeconds": "peers.writeBehindSeconds",
  "peers.holdQuietSeconds": "peers.writeBehindQuietSeconds",
  "peers.holdReports": "peers.writeBehindReports",
};

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.join(".");
  const renamed = issue.code !== "unrecognized_keys" ? [] : issue.keys.map((key) => [key, RENAMED[`${path}.${key}`]]);
  const hints = renamed.map(([key, now]) => (now === undefined ? "" : `; ${key} is now called ${now}`));
  const problem = `${path || "(top)"}: ${issue.message}${hints.join("")}`;
  // The value of an unknown key is not shown: it may be a secret that was put into the wrong file.
  if (issue.code === "unrecognized_keys") return problem;
  return `${problem}: current value is ${JSON.stringify(issue.input)}`;
}

function nearestProblems({ servers, nearest: { defaultServer } }: HerdConfig): string[] {
  if (defaultServer === undefined || servers.some(({ name }) => name === defaultServer)) return [];
  return [`nearest.defaultServer: no server has that name: current value is ${JSON.stringify(defaultServer)}`];
}
