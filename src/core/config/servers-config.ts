// `servers` of `herd.config.json`: the name of each server, its neighbours and where it runs.

import * as z from "zod";

import { locationProblem } from "../protocol/location.ts";
import { webAddress } from "./setting-types.ts";

export const serverSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "a name is a letter, then at most 63 letters, digits, _ or -")
    .describe("Names the server in lines, addresses and logs."),
  neighbours: z
    .array(z.string())
    .describe("The servers that it floods to. A link stands in the lists of both its ends."),
  tcpPort: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("Its port for TCP line connections; also a [[connect]] port in wrangler.toml."),
  url: webAddress
    .optional()
    .describe("Where it runs, if not in this deployment: another one's address. Feeds reach it there with PEER_TOKEN."),
  location: z
    .string()
    .refine((text) => locationProblem(text) === undefined, "a location is ±lat±lon in degrees, as in an IAMAT")
    .optional()
    .describe("Where on earth it is, ±lat±lon: clients that ask for the nearest server are led by it."),
  locationHint: z
    .enum(["wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"])
    .optional()
    .describe("Where Cloudflare is asked to place its Durable Object; only the first request to the object counts."),
});
