// What a running herd says about itself over HTTP, and the errors if it does not. Keeps HC16, HC18, HC20 and HC21.

import * as z from "zod";
import { readServerStatus, type ServerStatus } from "../../core/contract/status.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { printable } from "../terminal/print.ts";
import { PROGRAM, START } from "../terminal/program-name.ts";
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

/** What is shown of an answer that is no problem of a herd's. */
const WORDS_MAX = 200;

/** How long a herd may take to answer. /nearest tries several servers, two seconds each. */
const ANSWER_MILLIS_MAX = 15_000;

export interface HerdRequest {
  readonly method?: "GET" | "POST";
  readonly token?: string | undefined;
  /** Whose token the address asks for. */
  readonly by?: "operator" | "client";
  /** What the error says cannot be done, such as `drain Alford`. */
  readonly attempt?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface HerdAnswer {
  readonly status: number;
  readonly text: string;
  /** When the herd wants to be asked again; `undefined` if it does not say. */
  readonly retryAfterSeconds: number | undefined;
}

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

/** The error for an answer over HTTP that refuses. `name`: the server's, if the address has one. */
export function refusalFailure(
  origin: string,
  { status, text }: Pick<HerdAnswer, "status" | "text">,
  { attempt = "use the herd", token = "", by = "client" }: HerdRequest,
  name?: string,
): CommandFailure {
  const { title: said } = problemOf(text);
  // What is no problem of a herd's is no herd.
  if (said === undefined && [404, 405, 501].includes(status))
    return notReachable(origin, "what answers there is not a herd.");
  const { servers, addresses: [elsewhere] = [], title = text.trim().slice(0, WORDS_MAX) } = problemOf(text);
  if (status === 404 && servers !== undefined && name !== undefined) return unknownServer(attempt, name, servers);
  if (status === 401) return new CommandFailure(EXIT.refused, `Cannot ${attempt}: ${tokenAdvice(token, by, title)}`);
  const advice = status === 421 && elsewhere !== undefined ? `: give --url ${elsewhere}` : "";
  const reason = printable(title === "" ? `HTTP ${status}` : `${title} (HTTP ${status})`);
  return new CommandFailure(EXIT.refused, `Cannot ${attempt}: ${reason}${advice}`);
}

/** The title of a problem; `undefined` if the text is none. */
export function titleOf(text: string): string | undefined {
  return problemOf(text).title;
}

/** Whether an answer refuses lines as the server is out of service: it names the address where others are found. */
export function isOutOfService({ status, text }: HerdAnswer): boolean {
  return status === 503 && problemOf(text).addresses?.includes("/nearest") === true;
}

/** Shows a client's token to a server, without lines. Throws an error that says what to do if the server refuses it. */
export async function checkClientToken(url: string, name: string, token: string | undefined): Promise<void> {
  const attempt = `connect to ${name}`;
  await fetchHerdText(new URL(`/servers/${encodeURIComponent(name)}`, url), { method: "POST", token, attempt });
}

/** Nothing answers at that address, or something that is not a herd. */
export function notReachable(url: string, what = "is it running?"): CommandFailure {
  return new CommandFailure(
    EXIT.notReachable,
    `Cannot reach the herd at ${new URL(url).origin}: ${what} \`${START}\` runs one here; --url or HERD_URL names another address.`,
  );
}

/** What to do about a token that is missing or wrong. */
export function tokenAdvice(token: string | undefined, by: "operator" | "client", title = ""): string {
  const isShown = token !== undefined && token !== "";
  if (by === "operator")
    return `the herd ${isShown ? "does not take this token" : "asks for the operators' token"}: set OPERATOR_TOKEN, or give --token, to the value in the herd's own secrets`;
  const told = title === "" || !isShown ? "" : ` (${title})`;
  return `the herd ${isShown ? `does not take this token${told}` : "asks for a token"}: set HERD_TOKEN, or give --token; \`${PROGRAM} token --help\` says how to make one`;
}

const names = z.array(z.string()).optional();

const problemSchema = z.object({ title: z.string().optional(), servers: names, addresses: names });

function problemOf(text: string): z.infer<typeof problemSchema> {
  try {
    return problemSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
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
