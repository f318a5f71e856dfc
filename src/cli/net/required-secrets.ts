// The secrets that a herd needs: a deployment, and one on this machine. Keeps HD9, HD39 and HD51.

import { needsAuthSecret } from "../../core/config/auth-config.ts";
import type { HerdConfig } from "../../core/config/herd-config.ts";
import { secretProblem } from "../../core/config/secrets.ts";

interface RequiredSecret {
  readonly name: string;
  readonly reason: string;
}

export function requiredSecrets(config: HerdConfig): RequiredSecret[] {
  const { servers } = config;
  const operator = { name: "OPERATOR_TOKEN", reason: "without it nobody can operate the deployed herd" };
  const peer = { name: "PEER_TOKEN", reason: "some servers run in other deployments, which share it" };
  const signing = { name: "AUTH_SECRET", reason: "clients' tokens are signed with it" };
  return [
    operator,
    ...(servers.some(({ url }) => url !== undefined) ? [peer] : []),
    ...(needsAuthSecret(config) ? [signing] : []),
  ];
}

/** Those that need not be there, but count only if they are long enough. */
const OPTIONAL = ["OPERATOR_TOKEN", "PEER_TOKEN", "AUTH_SECRET_PREVIOUS"];

/** Why a herd on this machine cannot work with these secrets. It needs no OPERATOR_TOKEN: `npm start` makes one. */
export function secretProblems(config: HerdConfig, secrets: Readonly<Record<string, string | undefined>>): string[] {
  const problems: string[] = [];
  const signing = needsAuthSecret(config) ? secretProblem("AUTH_SECRET", secrets["AUTH_SECRET"] ?? "") : undefined;
  if (signing !== undefined) problems.push(`the herd asks for tokens (auth): ${signing}`);
  const elsewhere = config.servers.filter(({ url }) => url !== undefined).map(({ name }) => name);
  if (elsewhere.length > 0 && (secrets["PEER_TOKEN"] ?? "") === "")
    problems.push(
      `${elsewhere.join(", ")} ${elsewhere.length === 1 ? "runs" : "run"} in another deployment: the secret PEER_TOKEN, which all of them share, is missing`,
    );
  for (const name of OPTIONAL) {
    const secret = secrets[name] ?? "";
    const problem = secret === "" ? undefined : secretProblem(name, secret);
    if (problem !== undefined) problems.push(problem);
  }
  const { providers } = config.places;
  if (providers.length > 0 && providers.every(isGoogle) && (secrets["GOOGLE_PLACES_KEY"] ?? "") === "")
    problems.push("places.providers has none that works: Google's need the secret GOOGLE_PLACES_KEY, which is missing");
  return problems;
}

function isGoogle(provider: string): boolean {
  return provider.startsWith("google");
}
