// `auth` of `herd.config.json`: which tokens the herd accepts. Without it the herd is open to all.
//
// A token is a JWT. It is signed with a secret that the herd shares (HMAC), or with a private key whose public half the herd
// knows. One herd never accepts both. Otherwise an attacker could sign a token with the public key, which everybody has, and
// the herd would check it as if that key were the shared secret. Secrets are not in this file but in the environment
// (`AUTH_SECRET`). Keeps AC1 and AC2.

import * as z from "zod";

const HMAC_ALGORITHMS = ["HS256", "HS384", "HS512"] as const;
const PUBLIC_KEY_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

export type HmacAlgorithm = (typeof HMAC_ALGORITHMS)[number];

/** Whether a herd needs AUTH_SECRET. The others check tokens with public keys. */
export function needsAuthSecret({ auth }: { readonly auth?: AuthConfig | undefined }): boolean {
  return auth !== undefined && auth.jwks === undefined && auth.jwksUrl === undefined;
}

/** What an error shows in place of a key that must not be in the configuration. */
const NOT_SHOWN = "(not shown)";

/** JWK parameters of private and of symmetric keys. */
const SECRET_PARAMETERS = ["d", "k", "p", "q", "dp", "dq", "qi", "oth"];

const publicKey = z.looseObject({ kty: z.enum(["RSA", "EC", "OKP"]) }).superRefine((key, context) => {
  if (SECRET_PARAMETERS.some((parameter) => parameter in key))
    context.addIssue({ code: "custom", message: "this is a private key: give only its public half", input: NOT_SHOWN });
});

export const authConfigSchema = z
  .strictObject({
    algorithms: z
      .array(z.enum([...HMAC_ALGORITHMS, ...PUBLIC_KEY_ALGORITHMS]))
      .min(1)
      .default(["HS256"])
      .describe("The accepted signatures: HS… with AUTH_SECRET, the others with public keys. Never both kinds."),
    jwks: z
      .strictObject({ keys: z.array(publicKey).min(1) })
      .optional()
      .describe("The public keys themselves, as a JSON Web Key Set. Nothing is fetched, and a new key needs a deploy."),
    jwksUrl: z
      .url({ protocol: /^https?$/ })
      .refine(isSafe, "keys are fetched over https, or from this machine")
      .optional()
      .describe("Where the signer of the tokens publishes its keys. They can change without a deploy."),
    jwksFetchSeconds: z
      .number()
      .positive()
      .default(5)
      .describe("Time that a fetch of the keys may take. Clients that connect meanwhile wait for it."),
    jwksFreshSeconds: z
      .number()
      .positive()
      .default(600)
      .describe(
        "How long fetched keys are used before they are fetched again. A withdrawn key is accepted for as long.",
      ),
    jwksAgainSeconds: z
      .number()
      .positive()
      .default(30)
      .describe(
        "Pause between two fetches for an unknown key. Without it, each token with an invented key would cost a fetch.",
      ),
    jwksRetrySeconds: z
      .number()
      .positive()
      .default(5)
      .describe(
        "Pause after a fetch that failed. Without it, each token would cost a fetch while the signer's address is away.",
      ),
    jwksStaleSeconds: z
      .number()
      .min(0)
      .default(3600)
      .describe(
        "How long the last keys are used beyond `jwksFreshSeconds` while they cannot be fetched again, 0 for not at all. A withdrawn key is accepted for as long, but an hour's failure at the signer keeps nobody out.",
      ),
    issuer: z.string().min(1).optional().describe("If given, the token's `iss` has to be this."),
    audience: z
      .string()
      .min(1)
      .optional()
      .describe(
        "If given, the token's `aud` has to be this or contain it. Without it, a token for another service is accepted; so `jwksUrl` asks for it.",
      ),
    clockToleranceSeconds: z
      .int()
      .min(0)
      .max(300)
      .default(5)
      .describe("How wrong the signer's clock may be: a token is valid so long before its `nbf` and after its `exp`."),
    tokenBytes: z
      .int()
      .min(256)
      .max(8192)
      .default(4096)
      .describe("Longest token. What it allows is kept with its WebSocket, in the platform's 16 KB."),
    tcp: z
      .enum(["refuse", "open"])
      .default("refuse")
      .describe(
        "TCP cannot show a token. Its lines are refused, or accepted from anybody: for a gateway on a trusted machine.",
      ),
  })
  .superRefine(({ algorithms, jwks, jwksUrl, audience }, context) => {
    const isByKeys = jwks !== undefined || jwksUrl !== undefined;
    if (jwks !== undefined && jwksUrl !== undefined)
      context.addIssue({
        code: "custom",
        path: ["jwksUrl"],
        message: "jwks has keys already: give only one of the two",
        input: jwksUrl,
      });
    // Who publishes keys signs for others too.
    if (jwksUrl !== undefined && audience === undefined)
      context.addIssue({
        code: "custom",
        path: ["audience"],
        message:
          "is needed with jwksUrl: without it, a token that the same signer made for another service is accepted",
      });
    const misfits = algorithms.filter((algorithm) => isHmac(algorithm) === isByKeys);
    if (misfits.length > 0)
      context.addIssue({
        code: "custom",
        path: ["algorithms"],
        message: isByKeys
          ? "HS… is for AUTH_SECRET: with jwks or jwksUrl give the algorithms of the keys, such as RS256"
          : "all but HS… need public keys: give jwks or jwksUrl",
        input: misfits,
      });
  });

export type AuthConfig = z.infer<typeof authConfigSchema>;

export function isHmac(algorithm: string): algorithm is HmacAlgorithm {
  return HMAC_ALGORITHMS.some((hmac) => hmac === algorithm);
}

/** An attacker who can change the keys on their way can sign any token. */
function isSafe(address: string): boolean {
  return /^(?:https:|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/])/i.test(address);
}
