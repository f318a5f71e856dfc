// What a running herd says of itself over HTTP.

import { Option } from "commander";
import * as z from "zod";

const herdSchema = z.looseObject({
  servers: z.array(
    z.looseObject({
      name: z.string(),
      neighbours: z.array(z.string()),
      tcpPort: z.number().optional(),
      url: z.string().optional(),
    }),
  ),
});

const statusSchema = z.looseObject({
  server: z.string(),
  isDown: z.boolean().optional(),
  starts: z.number(),
  clients: z.number(),
  connections: z.number(),
  neighbours: z.array(
    z.looseObject({ neighbour: z.string(), link: z.string(), behindSinceMillis: z.number().nullable() }),
  ),
});

export type ServerSummary = z.infer<typeof statusSchema>;

export async function fetchHerd(url: string): Promise<z.infer<typeof herdSchema>["servers"]> {
  return herdSchema.parse(await fetchJson(new URL("/herd", url))).servers;
}

/** A server's status; asking for it makes the server exist. */
export async function fetchServer(url: string, name: string): Promise<ServerSummary> {
  return statusSchema.parse(await fetchJson(new URL(`/servers/${encodeURIComponent(name)}`, url)));
}

const whereSchema = z.object({ colo: z.string().optional(), loc: z.string().optional() });

/** The data centre of Cloudflare's in which a server runs, such as `FRA (DE)`; `undefined` if nobody knows. */
export async function fetchWhereabouts(url: string, name: string): Promise<string | undefined> {
  const address = new URL(`/servers/${encodeURIComponent(name)}/where`, url);
  const { colo, loc } = whereSchema.parse(await fetchJson(address));
  return colo === undefined ? undefined : `${colo} (${loc})`;
}

/** Where the herd is. */
export function urlOption(): Option {
  return new Option("--url <url>", "where the herd is").env("HERD_URL").default("http://localhost:8787");
}

async function fetchJson(address: URL): Promise<unknown> {
  return JSON.parse(await fetchHerdText(address));
}

/** The body of a good answer. `init` as for `fetch`. Throws an error that says what to do. */
export async function fetchHerdText(address: URL, init?: RequestInit): Promise<string> {
  const response = await fetch(address, init).catch(() => {
    throw new Error(`Cannot reach the herd at ${address.origin}: is it running? \`npm start\` runs it here.`);
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot use ${address.href}: HTTP ${response.status}: ${text.trim()}`);
  return text;
}
