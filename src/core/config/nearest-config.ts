// `nearest` of `herd.config.json`: how a client is led to its nearest server. Keeps HD1.

import * as z from "zod";

import { seconds } from "./setting-types.ts";

export const nearestSchema = z.strictObject({
  answerSeconds: seconds
    .default(2)
    .describe(
      "Time that a server has to answer before the next nearest is asked. It is longer than any way around the earth and a start from the store, and shorter than a client waits.",
    ),
  defaultServer: z
    .string()
    .optional()
    .describe("The server for clients whose place nobody knows. Without it, that is the first server."),
});
