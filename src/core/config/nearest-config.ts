// `nearest` of `herd.config.json`: how a client is led to its nearest server.

import * as z from "zod";

import { seconds } from "./setting-types.ts";

export const nearestSchema = z.strictObject({
  answerSeconds: seconds
    .default(2)
    .describe(
      "Time that a server has to answer before the next nearest is asked: longer than any way around the earth and a start from the store take, shorter than a client's patience.",
    ),
  defaultServer: z
    .string()
    .optional()
    .describe("Who takes the clients of whom nobody knows where they are; without it, the first of the servers."),
});
