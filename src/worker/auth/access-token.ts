// Checks signed tokens (JWT): jose checks the signature, and the core reads what a token allows.
//
// The herd lists the algorithms, never the token. `none`, and a public key used as a shared secret, are refused before any
// key is looked at. If our secret or key set is missing, that is our failure and not the token's: nobody is admitted.
// An error of jose is never logged or answered as it is, because some of them carry the claims. Keeps AC2.

import { createLocalJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import type { AuthConfig } from "../../core/config/auth-config.ts";
import { countedSecret, secretProblem } from "../../core/config/secrets.ts";
import { permissionsOf, type Permissions } from "../../core/access/permissions.ts";
import { RemoteKeys } from "./remote-keys.ts";
import { readClaims } from "./token-claims.ts";
import type { Env } from "../env/env.ts";

/** What is wrong with a token. The words say nothing about its content. */
export type TokenProblem =
  | "The token is too long"
  | "The token is malformed"
  | "The token's algorithm is not one that this herd believes"
  | "The token's signature is not right"
  | "The token is signed with a key that this herd does not know"
  | "The token is for another audience"
  | "The token is of another issuer"
  | "The token has expired"
  | "The token is not valid yet"
  | "The token lacks exp, the time when it ends"
  | "The token's claims are not of the shape that this herd reads";

/** No token can be checked. The message is for the herd's own log. */
export class CannotCheckTokens extends Error {
  /** For the answer: it repeats nothing that somebody else has said. */
  readonly told: string;

  constructor(told: string, message: string) {
    super(`Cannot check tokens: ${message}`);
    this.told = told;
  }
}

/** Key sets by address and settings: they keep the keys that were fetched. */
const keySets = new Map<string, JWTVerifyGetKey>();

/** Returns what the token allows, or why it is not believed. Throws `CannotCheckTokens`. */
export async function checkToken(token: string, auth: AuthConfig, env: Env): Promise<Permissions | TokenProblem> {
  if (token.length > auth.tokenBytes) return "The token is too long";
  try {
    const claims = readClaims(await verify(token, auth, env));
    if (claims === undefined) return "The token's claims are not of the shape that this herd reads";
    return permissionsOf(claims, auth.clockToleranceSeconds);
  } catch (error) {
    return problemOf(error);
  }
}

async function verify(token: string, auth: AuthConfig, env: Env): Promise<JWTPayload> {
  const options = {
    algorithms: auth.algorithms,
    clockTolerance: auth.clockToleranceSeconds,
    requiredClaims: ["exp"],
    ...(auth.issuer !== undefined && { issuer: auth.issuer }),
    ...(auth.audience !== undefined && { audience: auth.audience }),
  };
  const keys = keySetOf(auth);
  if (keys !== undefined) return (await jwtVerify(token, keys, options)).payload;
  const [secret, previous] = secretsOf(env);
  const { payload } = await jwtVerify(token, secret, options).catch((error: unknown) => {
    if (previous === undefined || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    return jwtVerify(token, previous, options);
  });
  return payload;
}

function keySetOf(auth: AuthConfig): JWTVerifyGetKey | undefined {
  const { jwks, jwksUrl } = auth;
  if (jwks === undefined && jwksUrl === undefined) return undefined;
  const name = JSON.stringify(auth);
  const known = keySets.get(name);
  if (known !== undefined) return known;
  const made =
    jwksUrl === undefined ? createLocalJWKSet({ keys: jwks?.keys ?? [] }) : new RemoteKeys(jwksUrl, auth).find;
  keySets.set(name, made);
  return made;
}

/** The secret that signs tokens, and the one before it if tokens with that one still count. */
function secretsOf({ AUTH_SECRET = "", AUTH_SECRET_PREVIOUS = "" }: Env): [Uint8Array, Uint8Array | undefined] {
  const problem = secretProblem("AUTH_SECRET", AUTH_SECRET);
  if (problem !== undefined)
    throw new CannotCheckTokens("it lacks the secret that signs them; its log says more", problem);
  const previous = countedSecret(AUTH_SECRET_PREVIOUS);
  const encoder = new TextEncoder();
  return [encoder.encode(AUTH_SECRET), previous === "" ? undefined : encoder.encode(previous)];
}

function problemOf(error: unknown): TokenProblem {
  if (error instanceof CannotCheckTokens) throw error;
  if (error instanceof errors.JWTExpired) return "The token has expired";
  if (error instanceof errors.JWTClaimValidationFailed) return claimProblem(error.claim, error.reason);
  if (error instanceof errors.JOSEAlgNotAllowed) return "The token's algorithm is not one that this herd believes";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The token's signature is not right";
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return "The token is signed with a key that this herd does not know";
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported
  )
    return "The token is malformed";
  const reason = error instanceof Error ? error.message : String(error);
  throw new CannotCheckTokens(
    "it cannot have its public keys; its log says more",
    `the public keys cannot be used: ${reason}`,
  );
}

function claimProblem(claim: string, reason: string): TokenProblem {
  if (claim === "aud") return "The token is for another audience";
  if (claim === "iss") return "The token is of another issuer";
  if (claim === "nbf" && reason !== "invalid") return "The token is not valid yet";
  if (claim === "exp" && reason === "missing") return "The token lacks exp, the time when it ends";
  return "The token's claims are not of the shape that this herd reads";
}
