// Files that have to agree with each other: the herd's configuration, wrangler's, and the schema that editors use.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { experimental_readRawConfig } from "wrangler";
import { herdConfigJsonSchema, SCHEMA_FILE } from "../../../scripts/build/build-schema.ts";
import { readHerdConfig } from "../../../src/cli/net/herd-file.ts";

test("[HD1] the [[connect]] ports of wrangler.toml are the tcpPorts of herd.config.json", async () => {
  const { rawConfig } = experimental_readRawConfig({ config: "wrangler.toml" });
  const { servers } = await readHerdConfig("herd.config.json");
  const tcpPorts = servers.flatMap(({ tcpPort }) => tcpPort ?? []);
  expect(rawConfig.connect?.map(({ port }: { readonly port: number }) => port)).toEqual(tcpPorts);
});

test("[HD1] herd.config.schema.json is what `npm run build:schema` writes", async () => {
  expect(await readFile(SCHEMA_FILE, "utf8")).toBe(herdConfigJsonSchema());
});
