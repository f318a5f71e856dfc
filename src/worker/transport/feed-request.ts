// How a dial reaches a neighbour: the hello as the query of an upgrade request, to its object here or its address elsewhere.

import * as z from "zod";
import { readFeatures, type Hello } from "../../core/protocol/frame.ts";
import type { ServerElsewhere } from "../env/herd.ts";

/** The path inside a server's object that takes feeds; from outside it is reached through `/servers/:name/peer` alone. */
export const FEED_PATH = "/feed";

/** By this the deployments of a herd know each other, also where a client's token is shown (ED30, ED31). */
export const PEER_TOKEN_HEADER = "Herd-Peer-Token";

/** A hello is a query: with more it would be no feature list, but a burden. */
const FEATURES_CHARACTERS_MAX = 512;

/** The words of the wire, which servers of earlier versions say too: `run` is the incarnation. */
const query = z.object({
  version: z.coerce.number().int(),
  name: z.string().min(1).max(64),
  epoch: z.string().regex(/^\w{1,64}$/),
  run: z.string().regex(/^\w{1,64}$/),
  features: z
    .string()
    .max(FEATURES_CHARACTERS_MAX)
    .regex(/^(?:[a-z][a-z0-9-]*)(?:,[a-z][a-z0-9-]*)*$/)
    .optional(),
  /** How servers of the version before say that they understand GOT. */
  knowsGot: z.stringbool().optional(),
});

/** To the object of a server of this deployment. */
export function feedRequest(hello: Hello): Request {
  return new Request(`https://herd${FEED_PATH}?${queryOf(hello)}`, { headers: { Upgrade: "websocket" } });
}

/** To a server of another deployment, which asks for the token that both hold. */
export function peerRequest({ url, name }: ServerElsewhere, hello: Hello, token: string): Request {
  const address = new URL(`/servers/${name}/peer?${queryOf(hello)}`, url);
  return new Request(address, {
    headers: { Upgrade: "websocket", Authorization: `Bearer ${token}`, [PEER_TOKEN_HEADER]: token },
  });
}

/** The hello of a dial, or `undefined` if it is not one. */
export function helloOf(url: URL): Hello | undefined {
  const { data } = query.safeParse(Object.fromEntries(url.searchParams));
  if (data === undefined) return undefined;
  const { version, name, epoch, run, features, knowsGot = false } = data;
  return { version, name, epoch, incarnation: run, features: readFeatures(features ?? (knowsGot ? "got" : "")) };
}

function queryOf({ version, name, epoch, incarnation, features }: Hello): string {
  return new URLSearchParams({
    version: String(version),
    name,
    epoch,
    run: incarnation,
    features: features.join(","),
    knowsGot: String(features.includes("got")),
  }).toString();
}
