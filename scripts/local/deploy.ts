// Deploys the herd to Cloudflare's network: `npm run deploy`. Nothing is deployed that fails a check. Keeps HD9.
//
// The checks are all checks and tests of the project, the configuration, a dry run of the upload, and the secrets that this herd
// needs. `--env staging` deploys to that environment of wrangler.toml, which is a herd with storage of its own.

import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { readHerdConfig } from "../../src/cli/net/herd-file.ts";
import { SECRET_MAKER } from "../../src/core/config/secrets.ts";
import { EXIT } from "../../src/cli/terminal/failure.ts";
import { requiredSecrets } from "../../src/cli/net/required-secrets.ts";
import { optionsTakenByNpm } from "./npm-options.ts";
import { runScript } from "./run-script.ts";

interface Options {
  readonly env: string;
  readonly dryRun?: boolean;
  readonly skipTests?: boolean;
}

const TYPED = "npm run deploy --";

const program = new Command(TYPED)
  .description("Checks the herd, and deploys it.")
  .option("--env <name>", "an environment of wrangler.toml; by default the herd itself", "")
  .option("--dry-run", "deploy nothing, and check only what needs no account")
  .option("--skip-tests", "leave out the checks and tests of the project");

// Without this, `npm run deploy --dry-run` would deploy.
const problem = optionsTakenByNpm(program, TYPED);
if (problem === undefined) await runScript(() => deploy(program.parse().opts<Options>()));
else {
  console.error(problem);
  process.exitCode = EXIT.usage;
}

async function deploy({ env, dryRun = false, skipTests = false }: Options): Promise<boolean> {
  const config = await readHerdConfig("herd.config.json");
  run("node", "scripts/build/build-places.ts");
  run("node", "scripts/build/build-page.ts");
  if (!skipTests) run("node", "scripts/check/gate.ts");
  run("wrangler", "deploy", "--dry-run", `--env=${env}`);
  const needed = requiredSecrets(config);
  if (dryRun) {
    const list = needed.map(({ name, reason }) => `  ${name}: ${reason}`);
    console.log(`\nNothing was deployed. The deployment will need these secrets:\n${list.join("\n")}`);
    return true;
  }
  const known = new Set(secretNames(env));
  const missing = needed.filter(({ name }) => !known.has(name));
  if (missing.length > 0) {
    const commands = missing.map(
      ({ name, reason }) => `  npx wrangler secret put ${name}${env === "" ? "" : ` --env ${env}`}    # ${reason}`,
    );
    throw new Error(
      `Cannot deploy as secrets are missing. Give each of them a random text of 32 bytes or more, such as \`${SECRET_MAKER}\` makes, with:\n${commands.join("\n")}`,
    );
  }
  run("wrangler", "deploy", `--env=${env}`);
  return true;
}

function run(program: string, ...args: readonly string[]): void {
  console.log(`> ${program} ${args.join(" ")}`);
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  if (status !== 0) throw new Error(`Cannot deploy as \`${program} ${args.join(" ")}\` failed`);
}

/** The names of the secrets that the deployment has. None if there is no deployment yet. */
function secretNames(env: string): string[] {
  const { status, stdout } = spawnSync("wrangler", ["secret", "list", "--format", "json", `--env=${env}`], {
    encoding: "utf8",
  });
  if (status !== 0) return [];
  return (JSON.parse(stdout) as { readonly name: string }[]).map(({ name }) => name);
}
