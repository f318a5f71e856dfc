// The secrets that a herd needs: a deployment, and one on this machine. Keeps HD9 and HD39.

import { authSecretProblem, needsAuthSecret } from "../../core/config/auth-config.ts";
import type { HerdConfig } from "../../core/config/herd-config.ts";

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

/** Why a herd on this machine cannot work with these secrets. It needs no OPERATOR_TOKEN: who is at the machine is its operator. */
export function secretProblems(config: HerdConfig, secrets: Readonly<Record<string, string | undefined>>): string[] {
  const problems: string[] = [];
  const signing = needsAuthSecret(config) ? authSecretProblem(secrets["AUTH_SECRET"] ?? "") : undefined;
  if (signing !== undefined) problems.push(`the herd asks for tokens (auth): ${signing}`);
  const elsewhere = config.servers.filter(({ url }) => url !== undefined).map(({ name }) => name);
  if (elsewhere.length > 0 && (secrets["PEER_TOKEN"] ?? "") === "")
    problems.push(
      `${elsewhere.join(", ")} ${elsewhere.length === 1 ? "runs" : "run"} in another deployment: the secret PEER_TOKEN, which all of them share, is missing`,
    );
  const { providers } = config.places;
  if (providers.length > 0 && providers.every(isGoogle) && (secrets["GOOGLE_PLACES_KEY"] ?? "") === "")
    problems.push("places.providers has none that works: Google's need the secret GOOGLE_PLACES_KEY, which is missing");
  return problems;
}

function isGoogle(provider: string): boolean {
  return provider.startsWith("google");
}
