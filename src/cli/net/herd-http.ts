// What a running herd says about itself over HTTP, and the errors if it does not. Keeps HC16, HC18, HC20 and HC21.

import * as z from "zod";
import { readServerStatus, type ServerStatus } from "../../core/contract/status.ts";
import { notReachable, refusalFailure, type HerdAnswer, type HerdRequest } from "./herd-refusal.ts";
import { unknownServer } from "./unknown-server.ts";

const serverSchema = z.looseObject({
  name: z.string(),
  neighbours: z.array(z.string()),
  tcpPort: z.number().optional(),
  url: z.string().optional(),
  /** The server's status, or `{error}` if it does not answer. */
  status: z.unknown(),
});

const herdSchema = z.looseObject({ servers: z.array(serverSchema) });

const statusSchema = z.unknown().transform((answer, context) => {
  const status = readServerStatus(answer);
  if (status !== undefined) return status;
  context.addIssue({ code: "custom", message: "not a server's status" });
  return z.NEVER;
});

export type ListedServer = z.infer<typeof serverSchema>;

export async function fetchHerd(url: string, signal?: AbortSignal): Promise<readonly ListedServer[]> {
  return (await fetchJson(new URL("/herd", url), herdSchema, { signal })).servers;
}

/** A server's status. The request makes the server exist. */
export async function fetchServer(
  url: string,
  name: string,
  attempt = `read the status of ${JSON.stringify(name)}`,
): Promise<ServerStatus> {
  return fetchJson(new URL(`/servers/${encodeURIComponent(name)}`, url), statusSchema, { attempt });
}

/** The status of a listed server; `undefined` if it does not answer. */
export function statusOf({ status }: ListedServer): ServerStatus | undefined {
  return readServerStatus(status);
}

const nearestSchema = z.object({ server: z.string(), url: z.string().optional() });

/** The name of the nearest server; `undefined` if it runs in another deployment. */
export async function fetchNearest(
  url: string,
  near: string | undefined,
  attempt: string,
): Promise<string | undefined> {
  const address = new URL("/nearest", url);
  if (near !== undefined) address.searchParams.set("near", near);
  const { server, url: elsewhere } = await fetchJson(address, nearestSchema, { attempt });
  return elsewhere === undefined ? server : undefined;
}

const whereSchema = z.object({ colo: z.string().optional(), loc: z.string().optional() });

/** Cloudflare's data centre in which a server runs, such as `FRA (DE)`; `undefined` if that is not known. */
export async function fetchDataCentre(url: string, name: string): Promise<string | undefined> {
  const address = new URL(`/servers/${encodeURIComponent(name)}/where`, url);
  const { colo, loc } = await fetchJson(address, whereSchema);
  return colo === undefined ? undefined : `${colo} (${loc})`;
}

/** The server of that name in the herd at `url`. Throws an error that names the herd's servers. */
export async function findServer(url: string, name: string, attempt: string): Promise<ListedServer> {
  const servers = await fetchHerd(url);
  const server = servers.find((candidate) => candidate.name === name);
  if (server !== undefined) return server;
  throw unknownServer(
    attempt,
    name,
    servers.map((known) => known.name),
  );
}

/** How long a herd may take to answer. /nearest tries several servers, two seconds each. */
const ANSWER_MILLIS_MAX = 15_000;

/** The body of a successful answer. Throws an error that says what to do. */
export async function fetchHerdText(address: URL, request: HerdRequest = {}): Promise<string> {
  const answer = await askHerd(address, request);
  if (answer.status < 300) return answer.text;
  const [, name] = /^\/servers\/([^/]+)/.exec(address.pathname) ?? [];
  const named = name === undefined ? undefined : decodeURIComponent(name);
  throw refusalFailure(address.origin, answer, { attempt: `use ${address.href}`, ...request }, named);
}

/** Whatever the herd answers. Throws an error that says what to do if nothing answers. */
export async function askHerd(
  address: URL,
  { method = "GET", token = "", signal }: HerdRequest = {},
): Promise<HerdAnswer> {
  const headers = token === "" ? {} : { Authorization: `Bearer ${token}` };
  const late = AbortSignal.timeout(ANSWER_MILLIS_MAX);
  const ended = signal === undefined ? late : AbortSignal.any([signal, late]);
  const fail = () => {
    signal?.throwIfAborted();
    throw late.aborted
      ? notReachable(address.origin, `it said nothing for ${ANSWER_MILLIS_MAX / 1000} s.`)
      : notReachable(address.origin);
  };
  // A redirect leads to another deployment, which must not see the token.
  const response = await fetch(address, { method, headers, signal: ended, redirect: "manual" }).catch(fail);
  const text = await response.text().catch(fail);
  const retryAfter = response.headers.get("Retry-After") ?? "";
  return {
    status: response.status,
    text,
    retryAfterSeconds: /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined,
  };
}

/** Shows a client's token to a server, without lines. Throws an error that says what to do if the server refuses it. */
export async function checkClientToken(url: string, name: string, token: string | undefined): Promise<void> {
  const attempt = `connect to ${name}`;
  await fetchHerdText(new URL(`/servers/${encodeURIComponent(name)}`, url), { method: "POST", token, attempt });
}

async function fetchJson<Shape extends z.ZodType>(
  address: URL,
  shape: Shape,
  request: HerdRequest = {},
): Promise<z.infer<Shape>> {
  const text = await fetchHerdText(address, request);
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    throw notReachable(address.origin, "what answers there is not a herd.");
  }
}
