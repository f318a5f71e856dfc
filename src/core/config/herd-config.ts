// `herd.config.json` as a whole: its sections joined, and checked together.
//
// The schemas of this room are the one place that names a setting. `scripts/build/build-schema.ts` writes the JSON Schema for
// editors from them: a person sees these descriptions while typing. Keeps HD1.

import * as z from "zod";

import { authConfigSchema } from "./auth-config.ts";
import { meantHint, problemsOfIssue, type ClosestName } from "./config-problems.ts";
import { limitsSchema } from "./limits-config.ts";
import { nearestSchema } from "./nearest-config.ts";
import { peersSchema } from "./peers-config.ts";
import { placesSchema } from "./places-config.ts";
import { serverSchema } from "./servers-config.ts";
import { webAddress } from "./setting-types.ts";
import { storageSchema } from "./storage-config.ts";
import { topologyProblems, type Vertex } from "./topology.ts";

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
  storage: storageSchema.prefault({}),
  places: placesSchema.prefault({}),
  nearest: nearestSchema.prefault({}),
});

export type HerdConfig = z.infer<typeof herdConfigSchema>;
export type ServerConfig = HerdConfig["servers"][number];

export interface ConfigSource {
  /** What the configuration was read from, for its error. */
  readonly file?: string;
  /** Finds what was probably meant by a name. Without it the error has no such hints. */
  readonly closest?: ClosestName | undefined;
}

/** A configuration that cannot work. */
export class HerdConfigError extends Error {
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`Cannot use ${file}:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Checks a whole configuration. Throws one error that lists every problem, each with the value that was found. */
export function parseHerdConfig(json: unknown, { file = "herd.config.json", closest }: ConfigSource = {}): HerdConfig {
  const parsed = herdConfigSchema.safeParse(json, { reportInput: true });
  const issues = parsed.error?.issues ?? [];
  const ofSettings = issues.flatMap((issue) => problemsOfIssue(issue, json, herdConfigSchema, closest));
  // A server without a readable list of links is not said to lack some.
  const readable = readableHerd(json);
  const problems = [
    ...ofSettings,
    ...topologyProblems(readable.servers, closest),
    ...nearestProblems(readable, closest),
    ...(parsed.success ? futureProblems(parsed.data) : []),
  ];
  if (!parsed.success || problems.length > 0) throw new HerdConfigError(file, problems);
  return parsed.data;
}

const readableSchema = z.object({
  servers: z
    .array(
      z
        .object({
          name: z.string().min(1),
          neighbours: z.array(z.string()).optional().catch(undefined),
          tcpPort: z.int().optional().catch(undefined),
        })
        .optional()
        .catch(undefined),
    )
    .catch([]),
  nearest: z
    .object({ defaultServer: z.string().optional().catch(undefined) })
    .catch({})
    .prefault({}),
});

interface ReadableHerd {
  readonly servers: readonly Vertex[];
  readonly defaultServer: string | undefined;
}

/** What of a configuration can be read, whatever else is wrong with it. */
function readableHerd(json: unknown): ReadableHerd {
  const { data } = readableSchema.safeParse(json);
  return {
    servers: (data?.servers ?? []).filter((server) => server !== undefined),
    defaultServer: data?.nearest.defaultServer,
  };
}

/** What a server takes of a client, its neighbours must take of it. */
function futureProblems({ limits, peers }: HerdConfig): string[] {
  if (peers.futureSeconds > limits.futureSeconds) return [];
  return [
    `peers.futureSeconds: more than limits.futureSeconds, which is ${limits.futureSeconds}, or neighbours would refuse each other's reports: current value is ${peers.futureSeconds}`,
  ];
}

function nearestProblems({ servers, defaultServer }: ReadableHerd, closest: ClosestName | undefined): string[] {
  const names = servers.map(({ name }) => name);
  if (defaultServer === undefined || names.length === 0 || names.includes(defaultServer)) return [];
  const hint = meantHint(defaultServer, names, closest);
  return [`nearest.defaultServer: no server has that name: current value is ${JSON.stringify(defaultServer)}${hint}`];
}
