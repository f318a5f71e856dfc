// How a dial reaches a neighbour's object: the hello as the query of an upgrade request.

import * as z from "zod";
import type { Hello } from "../core/frame.ts";

/** The path inside a server's object that takes feeds; the router lets nobody from outside reach it. */
export const FEED_PATH = "/feed";

const query = z.object({
  version: z.coerce.number().int(),
  name: z.string().min(1),
  epoch: z.string().regex(/^\w+$/),
  run: z.string().regex(/^\w+$/),
});

export function feedRequest({ version, name, epoch, run }: Hello): Request {
  const hello = new URLSearchParams({ version: String(version), name, epoch, run });
  return new Request(`https://herd${FEED_PATH}?${hello.toString()}`, { headers: { Upgrade: "websocket" } });
}

/** The hello of a dial, or `undefined` if it is not one. */
export function helloOf(url: URL): Hello | undefined {
  return query.safeParse(Object.fromEntries(url.searchParams)).data;
}
