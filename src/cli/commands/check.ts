// `check`: whether a configuration can work, without a herd. Keeps HC46.

import { Command } from "commander";
import { HerdConfigError, type HerdConfig } from "../../core/config/herd-config.ts";
import { hostedServers, readHerdConfig } from "../net/herd-file.ts";
import { requiredSecrets } from "../net/required-secrets.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption, quietOption } from "../terminal/options.ts";
import { printJson, type OutputOptions } from "../terminal/print.ts";
import { PROGRAM } from "../terminal/program-name.ts";

export function check(): Command {
  const command = new Command("check")
    .description("checks the configuration of a herd, and lists all that is wrong with it")
    .argument("[file]", "the configuration", "herd.config.json")
    .addOption(jsonOption("each problem, or what the configuration has,"))
    .addOption(quietOption())
    .action(async (file: string, { json, quiet }: OutputOptions) => {
      const config = await checked(file, json === true);
      const secrets = requiredSecrets(config).map(({ name }) => name);
      const servers = config.servers.map(({ name }) => name);
      if (json) printJson({ file, servers, secrets });
      else if (!quiet) console.log(textOf(file, config, secrets));
    });
  return addExamples(
    command,
    [`${PROGRAM} check my-herd.json`],
    `It needs no herd. Ends with ${EXIT.refused} if the configuration cannot work.`,
  );
}

async function checked(file: string, isJson: boolean): Promise<HerdConfig> {
  try {
    return await readHerdConfig(file);
  } catch (error) {
    if (!isJson || !(error instanceof HerdConfigError)) throw error;
    for (const problem of error.problems) printJson({ file, problem });
    const { length } = error.problems;
    const message = `Cannot use ${file}: it has ${length} ${length === 1 ? "problem" : "problems"}`;
    throw new CommandFailure(EXIT.refused, message, { cause: error });
  }
}

function textOf(file: string, config: HerdConfig, secrets: readonly string[]): string {
  const { length } = config.servers;
  const links = config.servers.reduce((sum, { neighbours }) => sum + neighbours.length, 0) / 2;
  const here = hostedServers(config).length;
  const where = here === length ? "" : `, ${length - here} of them in other deployments`;
  return [
    `${file} can work: ${length} ${length === 1 ? "server" : "servers"}${where}, ${links} ${links === 1 ? "link" : "links"}.`,
    `A deployment of it needs the ${secrets.length === 1 ? "secret" : "secrets"} ${secrets.join(", ")}.`,
  ].join("\n");
}
