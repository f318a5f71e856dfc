// `token`: makes a token for a client or an operator of a herd whose tokens are signed with AUTH_SECRET (AC9).
//
// The secret comes from the environment or from the file that the herd itself reads. It never comes from the command line, which
// other users of the machine can see. Only the token goes to the standard output, so that a script can use it.

import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { Command, InvalidArgumentError } from "commander";
import { decodeJwt, SignJWT, type JWTPayload } from "jose";
import { isHmac, type AuthConfig } from "../../core/config/auth-config.ts";
import { SECRET_BYTES_MIN, SECRET_MAKER } from "../../core/config/secrets.ts";
import { CommandFailure, EXIT } from "../terminal/failure.ts";
import { addExamples } from "../terminal/help-text.ts";
import { jsonOption } from "../terminal/options.ts";
import { printJson, printNote } from "../terminal/print.ts";
import { SILENT_PROGRAM } from "../terminal/program-name.ts";
import { readHerdConfig } from "../net/herd-file.ts";

interface Options {
  readonly client?: string;
  readonly expires: string;
  readonly reports?: readonly string[];
  readonly asks?: readonly string[];
  readonly operator?: true;
  readonly config: string;
  readonly secrets: string;
  readonly json?: true;
}

const DURATION = /^\d+(?:\.\d+)?[smhdw]$/;

export function token(): Command {
  const command = new Command("token")
    .description("makes a token for a client or an operator, signed with AUTH_SECRET of the environment or --secrets")
    .option("--client <id>", "the client that may use it, to report for itself and ask about itself")
    .option("--expires <time>", "how long it is valid: 30s, 15m, 12h, 1d, 2w", asDuration, "1d")
    .option("--reports <ids...>", "clients to report for, in place of --client; prefix* for many")
    .option("--asks <ids...>", "clients to ask about, besides --client; prefix* for many, '*' for all")
    .option("--operator", "an operator's: to report and ask for all clients, read the logs and operate the herd")
    .option("--config <file>", "the configuration of the herd", "herd.config.json")
    .option("--secrets <file>", "the file with AUTH_SECRET, if it is not in the environment", ".dev.vars")
    .addOption(jsonOption("the token"))
    .action(async (options: Options) => {
      const { config, secrets, expires, json } = options;
      const { auth } = await readHerdConfig(config);
      const secret = await readSecret(secrets);
      const signed = await sign(claimsOf(options), expires, auth, secret);
      if (json) printJson({ token: signed, claims: decodeJwt(signed) });
      else process.stdout.write(`${signed}\n`);
      if (auth === undefined)
        printNote(`The herd does not ask for tokens yet: ${config} has no auth; docs/secure.md says how to set it.`, {
          ...(json && { json }),
        });
    });
  return addExamples(command, [`${SILENT_PROGRAM} token --client kiwi --expires 1d --asks 'fleet-*'`]);
}

function claimsOf({ client, reports, asks, operator }: Options): JWTPayload {
  if (client === undefined && operator === undefined && reports === undefined && asks === undefined)
    throw new CommandFailure(
      EXIT.usage,
      "Cannot make a token without a client: name one with --client, or give --operator",
    );
  const itself = client === undefined ? [] : [client];
  const herd = {
    ...(reports !== undefined && { reports }),
    ...(asks !== undefined && { asks: [...itself, ...asks] }),
    ...(operator !== undefined && { operator }),
  };
  return { ...(client !== undefined && { sub: client }), ...(Object.keys(herd).length > 0 && { herd }) };
}

function sign(claims: JWTPayload, expires: string, auth: AuthConfig | undefined, secret: Uint8Array): Promise<string> {
  const alg = auth === undefined ? "HS256" : auth.algorithms.find(isHmac);
  if (alg === undefined)
    throw new Error(
      "Cannot make a token: this herd takes tokens that are signed with a private key, which it does not have.\n" +
        "Ask the owner of its public keys (auth.jwks or auth.jwksUrl in herd.config.json).",
    );
  const jwt = new SignJWT(claims).setProtectedHeader({ alg, typ: "JWT" }).setIssuedAt().setExpirationTime(expires);
  if (auth?.issuer !== undefined) jwt.setIssuer(auth.issuer);
  if (auth?.audience !== undefined) jwt.setAudience(auth.audience);
  return jwt.sign(secret);
}

/** Throws an error that says where to put the secret. The error does not contain the secret. */
async function readSecret(secretsFile: string): Promise<Uint8Array> {
  const inEnvironment = process.env["AUTH_SECRET"] ?? "";
  const text = inEnvironment === "" ? await readEnvFile(secretsFile) : inEnvironment;
  const secret = new TextEncoder().encode(text);
  const advice =
    `Put one into ${secretsFile}, where \`npm start\` finds it:\n` +
    `  echo "AUTH_SECRET=$(${SECRET_MAKER})" >> ${secretsFile}\n` +
    "For a deployed herd use the secret that you gave to `npx wrangler secret put AUTH_SECRET`.";
  if (secret.length === 0)
    throw new Error(`Cannot sign a token: AUTH_SECRET is neither in the environment nor in ${secretsFile}.\n${advice}`);
  if (secret.length < SECRET_BYTES_MIN)
    throw new Error(
      `Cannot sign a token: AUTH_SECRET must have ${SECRET_BYTES_MIN} bytes or more: it has ${secret.length} bytes.\n${advice}`,
    );
  return secret;
}

async function readEnvFile(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return parseEnv(text)["AUTH_SECRET"] ?? "";
}

function asDuration(value: string): string {
  if (!DURATION.test(value) || Number.parseFloat(value) === 0)
    throw new InvalidArgumentError("Give a number and s, m, h, d or w, such as 12h.");
  return value;
}
