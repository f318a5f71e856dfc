// Writes herd.config.schema.json, from which editors know herd.config.json: `npm run build:schema`.
//
// Its source is the schema with which the herd checks its configuration, with the descriptions. A test fails if the file differs.

import { writeFile } from "node:fs/promises";
import * as z from "zod";
import { herdConfigSchema } from "../../src/core/config/herd-config.ts";

export const SCHEMA_FILE = new URL("../../herd.config.schema.json", import.meta.url);

export function herdConfigJsonSchema(): string {
  const schema = z.toJSONSchema(herdConfigSchema, { io: "input" });
  return `${JSON.stringify({ title: "A herd of servers", ...schema }, null, 2)}\n`;
}

if (import.meta.main) await writeFile(SCHEMA_FILE, herdConfigJsonSchema());
