// `servers` of `herd.config.json`: the name of each server, its neighbours, and where it runs. Keeps HD1.

import * as z from "zod";

import { locationProblem } from "../protocol/location.ts";
import { webAddress } from "./setting-types.ts";

export const serverSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "a name is a letter, then at most 63 letters, digits, _ or -")
    .describe("The server's name in lines, addresses and logs."),
  neighbours: z.array(z.string()).describe("The servers that it floods to. Each server of a link names the other one."),
  tcpPort: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("Its port for lines over TCP. wrangler.toml has the same port under [[connect]]."),
  url: webAddress
    .optional()
    .describe("The address of the deployment where it runs, if that is not this one. Feeds reach it with PEER_TOKEN."),
  location: z
    .string()
    .refine((text) => locationProblem(text) === undefined, "a location is ±lat±lon in degrees, as in an IAMAT")
    .optional()
    .describe("Its place on earth, ±lat±lon. A client that asks for the nearest server is led by it."),
  locationHint: z
    .enum(["wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"])
    .optional()
    .describe(
      "The region where Cloudflare is asked to create its Durable Object. Only the first request to the object counts.",
    ),
});
