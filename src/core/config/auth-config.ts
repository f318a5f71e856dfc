// `auth` of `herd.config.json`: whose tokens the herd believes. Without it the herd is open to all.
//
// A token is a JWT signed either with a secret that the herd shares (HMAC) or with a private key whose public half it
// knows. Never both in one herd: a herd that checked one token by either would take a public key, which everybody has, for
// the shared secret. Secrets do not stand here, but in the environment (`AUTH_SECRET`). Keeps AC1 and AC2.

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

/** Bytes of AUTH_SECRET at least: RFC 7518, 3.2 asks for as many as HS256's hash has. */
export const AUTH_SECRET_BYTES_MIN = 32;

/** What an error shows in place of a key that should not stand in the configuration. */
const NOT_SHOWN = "(not shown)";

/** JWK parameters of private and of symmetric keys. */
const SECRET_PARAMETERS = ["d", "k", "p", "q", "dp", "dq", "qi", "oth"];

const publicKey = z.looseObject({ kty: z.enum(["RSA", "EC", "OKP"]) }).superRefine((key, context) => {
  if (SECRET_PARAMETERS.some((parameter) => parameter in key))
    context.addIssue({ code: "custom", message: "holds a private key: give its public half alone", input: NOT_SHOWN });
});

export const authConfigSchema = z
  .strictObject({
    algorithms: z
      .array(z.enum([...HMAC_ALGORITHMS, ...PUBLIC_KEY_ALGORITHMS]))
      .min(1)
      .default(["HS256"])
      .describe(
        "Signatures that are believed, and no other: HS… with AUTH_SECRET, the rest with public keys. Never both kinds.",
      ),
    jwks: z
      .strictObject({ keys: z.array(publicKey).min(1) })
      .optional()
      .describe("The public keys themselves, as a JSON Web Key Set: nothing has to be fetched, a new key is a deploy."),
    jwksUrl: z
      .url({ protocol: /^https?$/ })
      .refine(isSafe, "the keys are fetched over https, or from this machine")
      .optional()
      .describe("Where whoever signs the tokens publishes its keys: they can change without a deploy."),
    jwksFetchSeconds: z
      .number()
      .positive()
      .default(5)
      .describe("Time that a fetch of the keys may take: those who connect meanwhile wait for it."),
    jwksFreshSeconds: z
      .number()
      .positive()
      .default(600)
      .describe("How long fetched keys are used before they are fetched again: how late a withdrawn key is noticed."),
    jwksAgainSeconds: z
      .number()
      .positive()
      .default(30)
      .describe(
        "Pause between two fetches for a key that was not among them: else tokens of made-up keys make us fetch each time.",
      ),
    issuer: z.string().min(1).optional().describe("The token's `iss` has to be this, if it is given."),
    audience: z
      .string()
      .min(1)
      .optional()
      .describe("The token's `aud` has to be or hold this, if it is given: else a token for another service would do."),
    clockToleranceSeconds: z
      .int()
      .min(0)
      .max(300)
      .default(5)
      .describe(
        "How far the signer's clock may be off: a token counts that much before its `nbf` and after its `exp`.",
      ),
    tokenBytes: z
      .int()
      .min(256)
      .max(8192)
      .default(4096)
      .describe("A token at most: what it allows is kept with its WebSocket, where the platform has 16 KB for it."),
    tcp: z
      .enum(["refuse", "open"])
      .default("refuse")
      .describe("TCP lines show no token: refused, or taken from anybody, for a gateway on a machine that is trusted."),
  })
  .superRefine(({ algorithms, jwks, jwksUrl }, context) => {
    const isByKeys = jwks !== undefined || jwksUrl !== undefined;
    if (jwks !== undefined && jwksUrl !== undefined)
      context.addIssue({
        code: "custom",
        path: ["jwksUrl"],
        message: "the keys stand in jwks already: give one of the two",
        input: jwksUrl,
      });
    const misfits = algorithms.filter((algorithm) => isHmac(algorithm) === isByKeys);
    if (misfits.length > 0)
      context.addIssue({
        code: "custom",
        path: ["algorithms"],
        message: isByKeys
          ? "HS… is for AUTH_SECRET: with jwks or jwksUrl name those of the keys, such as RS256"
          : "all but HS… need public keys: give jwks or jwksUrl",
        input: misfits,
      });
  });

export type AuthConfig = z.infer<typeof authConfigSchema>;

export function isHmac(algorithm: string): algorithm is HmacAlgorithm {
  return HMAC_ALGORITHMS.some((hmac) => hmac === algorithm);
}

/** Whoever can change the keys on their way can sign any token. */
function isSafe(address: string): boolean {
  return /^(?:https:|http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])[:/])/i.test(address);
}
