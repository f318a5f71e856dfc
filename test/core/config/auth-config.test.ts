// Which keys and algorithms go together, and that no error shows a secret.

import { expect, test } from "vitest";

import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { problemsOf, TWO } from "./problems-of.ts";

test.each([
  ["no algorithm", { algorithms: [] }, "auth.algorithms: ", "[]"],
  ["unsigned tokens", { algorithms: ["none"] }, "auth.algorithms.0: ", '"none"'],
  [
    "a shared secret beside public keys",
    { algorithms: ["ES256", "HS256"], jwksUrl: "https://keys.test/", audience: "herd" },
    "auth.algorithms: ",
    '["HS256"]',
  ],
  ["public keys that are nowhere", { algorithms: ["HS256", "ES256"] }, "auth.algorithms: ", '["ES256"]'],
  [
    "public keys in two places",
    { algorithms: ["ES256"], jwks: { keys: [{ kty: "EC" }] }, jwksUrl: "https://keys.test/", audience: "herd" },
    "auth.jwksUrl: ",
    "keys.test",
  ],
  [
    "keys that come unencrypted from another machine",
    { algorithms: ["ES256"], jwksUrl: "http://localhost.test/", audience: "herd" },
    "auth.jwksUrl: ",
    "localhost.test",
  ],
])("[HD1] with %s is refused, with the value found", (_, auth, beginning, value) => {
  const [problem = "", ...others] = problemsOf({ servers: TWO, auth });
  expect(problem.slice(0, beginning.length)).toBe(beginning);
  expect(problem).toContain(value);
  expect(others).toEqual([]);
});

test.each([
  [{ issuer: "https://keys.test/" }, "auth.audience: this setting is missing; it is needed with jwksUrl: "],
  [{ audience: "" }, "auth.audience: must have at least 1 characters"],
])(
  "[AC32] [HD1] keys at an address with %j are refused: another service's tokens would count",
  (settings, beginning) => {
    const auth = { algorithms: ["ES256"], jwksUrl: "https://keys.test/", ...settings };
    const problems = problemsOf({ servers: TWO, auth });
    expect(problems).toEqual([expect.stringContaining(beginning)]);
    expect(parseHerdConfig({ servers: TWO, auth: { ...auth, audience: "herd" } }).auth?.audience).toBe("herd");
  },
);

test.each([
  ["a secret", { secret: "s3cret-s3cret" }],
  ["a private key", { algorithms: ["EdDSA"], jwks: { keys: [{ kty: "OKP", crv: "Ed25519", d: "s3cret-s3cret" }] } }],
  ["a symmetric key", { algorithms: ["EdDSA"], jwks: { keys: [{ kty: "oct", k: "s3cret-s3cret" }] } }],
])("[HD1] [AC21] with %s in it is refused, and the error does not repeat that", (_, auth) => {
  const problems = problemsOf({ servers: TWO, auth });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^auth/);
  expect(problems[0]).not.toContain("s3cret");
});
