// The secrets that a deployment of this herd needs. Keeps HD9.

import type { HerdConfig } from "../../src/core/config/herd-config.ts";

interface RequiredSecret {
  readonly name: string;
  readonly reason: string;
}

export function requiredSecrets({ servers, auth }: HerdConfig): RequiredSecret[] {
  const operator = { name: "OPERATOR_TOKEN", reason: "without it nobody can operate the deployed herd" };
  const peer = { name: "PEER_TOKEN", reason: "some servers run in other deployments, which share it" };
  const signing = { name: "AUTH_SECRET", reason: "clients' tokens are signed with it" };
  return [
    operator,
    ...(servers.some(({ url }) => url !== undefined) ? [peer] : []),
    ...(auth !== undefined && auth.jwks === undefined && auth.jwksUrl === undefined ? [signing] : []),
  ];
}
