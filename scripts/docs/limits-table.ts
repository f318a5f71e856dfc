// The table of docs/limits.md, from the schema of the configuration: each limit with its default and its reason.

import * as z from "zod";
import { limitsSchema } from "../../src/core/config/limits-config.ts";
import { markdownTable } from "./markdown-table.ts";

export function limitsTable(): string {
  const { properties = {} } = z.toJSONSchema(limitsSchema, { io: "input" });
  return markdownTable(
    ["limit", "default", "what it limits, and why"],
    Object.entries(properties).map(([name, setting]) => {
      if (typeof setting === "boolean" || setting.description === undefined)
        throw new Error(`Cannot describe the limit "${name}": its schema must have a description`);
      return [`\`${name}\``, defaultText(setting.default), setting.description];
    }),
  );
}

function defaultText(value: unknown): string {
  if (typeof value === "number") return value.toLocaleString("en");
  return `\`${JSON.stringify(value)}\``;
}
