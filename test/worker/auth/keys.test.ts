// Tokens that are signed with a private key, whose public half stands in the configuration.

import { exportJWK, generateKeyPair, type JWK } from "jose";
import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { configure, freshId } from "../support/herd.ts";
import { ask, base64url, bearer, claimsFor, posting, remembered, signedWith } from "../support/tokens.ts";

const ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;

interface Pair {
  readonly alg: (typeof ALGORITHMS)[number];
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

let pairs: Pair[] = [];
let stranger: Pair;

async function pairOf(alg: Pair["alg"], kid: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

beforeAll(async () => {
  pairs = await Promise.all(ALGORITHMS.map((alg) => pairOf(alg, `key-${alg}`)));
  stranger = await pairOf("ES256", "key-ES256");
  configure({ auth: { algorithms: ALGORITHMS, jwks: { keys: pairs.map(({ jwk }) => jwk) } } });
});

/** What a POST with this token is answered: its status, and the problem if there is one. */
async function answerTo(token: string, line: string): Promise<[status: number, answer: string]> {
  const response = await ask("/servers/Alford", posting(line, bearer(token)));
  return [response.status, await response.text()];
}

describe("a herd that knows public keys", () => {
  test.each(ALGORITHMS)("[AC2] believes what is signed with a private key by %s", async (wanted) => {
    const id = freshId();
    const pair = pairs.find(({ alg }) => alg === wanted);
    if (pair === undefined) throw new Error("Expected a key");
    const token = await signedWith(pair.key, { alg: wanted, kid: pair.jwk.kid ?? "" }, claimsFor(id));
    expect(await answerTo(token, `IAMAT ${id} +1+1 1`)).toEqual([200, expect.stringMatching(/^AT Alford /)]);
  });

  test("[AC2] believes no public key as a shared secret, in whatever form an attacker has it", async () => {
    const [{ jwk }] = pairs as [Pair];
    for (const secret of [JSON.stringify(jwk), jwk.n ?? "", base64url(jwk)])
      for (const alg of ["HS256", "HS512"]) {
        const key = new TextEncoder().encode(secret);
        const token = await signedWith(key, { alg, kid: jwk.kid ?? "" }, claimsFor("kiwi"));
        expect(await answerTo(token, "IAMAT kiwi +9+9 9")).toEqual([401, expect.stringContaining("algorithm")]);
      }
  });

  test("[AC2] believes no other private key under the name of its own", async () => {
    const token = await signedWith(stranger.key, { alg: "ES256", kid: "key-ES256" }, claimsFor("kiwi"));
    expect(await answerTo(token, "IAMAT kiwi +9+9 9")).toEqual([401, expect.stringContaining("signature")]);
  });

  test("[AC2] believes no key that it does not know", async () => {
    const token = await signedWith(stranger.key, { alg: "ES256", kid: "another" }, claimsFor("kiwi"));
    expect(await answerTo(token, "IAMAT kiwi +9+9 9")).toEqual([401, expect.stringContaining("does not know")]);
  });

  test("[AC2] believes no key for an algorithm that is not the key's", async () => {
    const { privateKey } = await generateKeyPair("PS256");
    const token = await signedWith(privateKey, { alg: "PS256", kid: "key-RS256" }, claimsFor("kiwi"));
    expect(await answerTo(token, "IAMAT kiwi +9+9 9")).toEqual([401, expect.stringContaining("algorithm")]);
  });

  test("[AC2] believes no unsigned token", async () => {
    const token = remembered(`${base64url({ alg: "none", kid: "key-RS256" })}.${base64url(claimsFor("kiwi"))}.`);
    expect(await answerTo(token, "IAMAT kiwi +9+9 9")).toEqual([401, expect.stringContaining("algorithm")]);
  });

  test("[AC12] has stored nothing of all that", async () => {
    const status = await exports.default.fetch("https://herd/servers/Alford");
    expect(await status.json()).toMatchObject({ clients: ALGORITHMS.length });
  });
});
