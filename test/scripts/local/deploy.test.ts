// A deployment, as far as it goes without an account.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import bundled from "../../../herd.config.json" with { type: "json" };
import { requiredSecrets } from "../../../src/cli/net/required-secrets.ts";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";

test.each(["", "staging"])(
  "[HD23] [HD24] a dry run prepares the upload of the environment %j, and names its secrets",
  (env) => {
    const args = ["scripts/local/deploy.ts", "--dry-run", "--skip-tests", "--env", env];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toMatch(/env\.HERD_SERVER \(ServerObject\)\s+Durable Object/);
    expect(stdout).toMatch(/Total Upload: [\d.]+ KiB/);
    expect(stdout).toMatch(/Nothing was deployed\.[^]*OPERATOR_TOKEN/);
  },
);

function secretsWith(auth: object): string[] {
  return requiredSecrets(parseHerdConfig({ ...bundled, auth })).map(({ name }) => name);
}

test("[HD9] [AC13] tokens need the secret that they are signed with, unless they are checked with public keys", () => {
  expect(secretsWith({})).toEqual(["OPERATOR_TOKEN", "AUTH_SECRET"]);
  expect(secretsWith({ jwksUrl: "https://id.example/keys", audience: "herd", algorithms: ["ES256"] })).toEqual([
    "OPERATOR_TOKEN",
  ]);
});

test("[HD9] servers in other deployments need the token that all share", () => {
  const servers = bundled.servers.map((server) => ({ ...server, url: `https://${server.name}.example` }));
  const apart = parseHerdConfig({ ...bundled, servers });
  expect(requiredSecrets(apart).map(({ name }) => name)).toEqual(["OPERATOR_TOKEN", "PEER_TOKEN"]);
  expect(requiredSecrets(parseHerdConfig(bundled)).map(({ name }) => name)).toEqual(["OPERATOR_TOKEN"]);
});
