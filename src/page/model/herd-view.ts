// How the herd stands, as the page sees it: what GET /herd tells, and what follows from it.
//
// The links are what people ask about first: does it flow, is it merely quiet, or is somebody cut off? Servers that still
// reach each other over links that work form a part of the herd; whoever is in service and not in the largest part is cut
// off: it serves its clients, and nobody hears of them until a link is back. Keeps PG3.

import { agreementOf, type Agreement } from "../../core/contract/agreement.ts";
import { readServerStatus, type ServerStatus, type StorageState } from "../../core/contract/status.ts";
import type { Place } from "../../core/geo/nearest-server.ts";

/** What a provider's terms say of its places, as a server's status has it. */
export interface ProviderTerms {
  readonly name: string;
  readonly terms: { readonly draw: "any map" | "Google's map"; readonly credit: string; readonly source: string };
}

type Status = ServerStatus & {
  readonly places?: readonly ProviderTerms[];
  /** By its clock, POSIX milliseconds. */
  readonly nowMillis?: number;
};

/** The answer of GET /herd. */
export interface HerdAnswer {
  readonly auth: "open" | "tokens";
  readonly servers: readonly {
    readonly name: string;
    readonly neighbours: readonly string[];
    readonly url?: string;
    readonly place?: Place;
    /** Its status, or `{error}` if it does not answer. */
    readonly status: unknown;
  }[];
}

/** `silent`: it does not answer, or not now. */
type Service = "in service" | "out of service" | "silent";

export interface ServerView {
  readonly name: string;
  readonly neighbours: readonly string[];
  /** Where it runs, if in another deployment. */
  readonly url: string | undefined;
  readonly place: Place | undefined;
  readonly service: Service;
  /** What it stores of what comes, as far as it tells. */
  readonly storage: StorageState;
  /** In service, and no way leads to most of the others. */
  readonly isCutOff: boolean;
  readonly status: Status | undefined;
}

/** `live`: something flows; `quiet`: nothing to tell; `behind`: something waits; `down`: an end is away. */
type LinkState = "live" | "quiet" | "behind" | "down";

export interface LinkView {
  readonly a: string;
  readonly b: string;
  readonly state: LinkState;
}

export interface HerdView {
  /** Whether anybody is asked for a token. */
  readonly isOpen: boolean;
  readonly servers: readonly ServerView[];
  /** Whether those that answer hold the same reports. */
  readonly agreement: Agreement;
  readonly links: readonly LinkView[];
}

/** How long a report may be under way before its link counts as one that is behind. Milliseconds. */
const BEHIND_MILLIS = 1500;

export function viewOf({ auth, servers }: HerdAnswer, nowMillis: number): HerdView {
  const standing = servers.map(({ name, neighbours, url, place, status }) => {
    const read: Status | undefined = readServerStatus(status);
    const service: Service = read === undefined ? "silent" : read.isDrained ? "out of service" : "in service";
    return { name, neighbours, url, place, service, storage: read?.storage ?? "has room", status: read };
  });
  const links = linksOf(standing, nowMillis);
  const largest = largestPart(standing, links);
  const views = standing.map((server) => ({
    ...server,
    isCutOff: server.service === "in service" && !largest.has(server.name),
  }));
  const agreement = agreementOf(views.flatMap(({ status }) => status ?? []));
  return { isOpen: auth === "open", servers: views, agreement, links };
}

type Standing = Omit<ServerView, "isCutOff">;

function linksOf(servers: readonly Standing[], nowMillis: number): LinkView[] {
  return servers.flatMap((a) =>
    servers
      .filter((b) => a.name < b.name && a.neighbours.includes(b.name))
      .map((b) => ({ a: a.name, b: b.name, state: linkState(a, b, nowMillis) })),
  );
}

function linkState(a: Standing, b: Standing, nowMillis: number): LinkState {
  if (a.service !== "in service" || b.service !== "in service") return "down";
  const feeds = [feedOf(a, b.name), feedOf(b, a.name)];
  const isBehind = feeds.some((feed) => {
    const since = feed?.behindSinceMillis ?? undefined;
    return feed?.isCaughtUp === false && since !== undefined && nowMillis - since > BEHIND_MILLIS;
  });
  if (isBehind) return "behind";
  return feeds.some((feed) => feed?.link === "open") ? "live" : "quiet";
}

function feedOf({ status }: Standing, neighbour: string) {
  return status?.neighbours.find((feed) => feed.neighbour === neighbour);
}

/** The names of the most servers that reach each other; of equal parts the one with the first server. */
function largestPart(servers: readonly Standing[], links: readonly LinkView[]): ReadonlySet<string> {
  let largest = new Set<string>();
  const seen = new Set<string>();
  for (const { name, service } of servers) {
    if (service !== "in service" || seen.has(name)) continue;
    const part = reachedFrom(name, links);
    for (const reached of part) seen.add(reached);
    if (part.size > largest.size) largest = part;
  }
  return largest;
}

/** All servers that a report can get to. */
export function reachedFrom(start: string, links: readonly LinkView[]): Set<string> {
  const reached = new Set([start]);
  // A set hands out what is added while it is walked through.
  for (const name of reached)
    for (const { a, b, state } of links) {
      if (state === "down") continue;
      if (a === name) reached.add(b);
      if (b === name) reached.add(a);
    }
  return reached;
}

/** Reports that a server's neighbours have not received from it, and since when the longest of them has waited. */
export function lagOf({ status }: ServerView): { readonly reports: number; readonly sinceMillis: number | undefined } {
  const behind = (status?.neighbours ?? []).filter(({ isCaughtUp }) => isCaughtUp === false);
  const times = behind.flatMap(({ behindSinceMillis }) => behindSinceMillis ?? []);
  return {
    reports: Math.max(0, ...behind.map(({ behindAtMost }) => behindAtMost ?? 0)),
    sinceMillis: times.length === 0 ? undefined : Math.min(...times),
  };
}
