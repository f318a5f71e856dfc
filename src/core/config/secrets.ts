// How long a secret has to be that somebody shows or signs with. Keeps HD51.
//
// A short one can be found by trying: the addresses that take secrets limit nobody, and a signed token can be tried elsewhere.

import { encodeUtf8 } from "../lib/utf8.ts";

/** RFC 7518, 3.2 asks for at least as many bytes as the hash of HS256 has. */
export const SECRET_BYTES_MIN = 32;

/** A command that makes one. */
export const SECRET_MAKER = "openssl rand -base64 48";

/** Why this secret does not count; `undefined` if it does. The words do not contain it. */
export function secretProblem(name: string, secret: string): string | undefined {
  const { length } = encodeUtf8(secret);
  if (length >= SECRET_BYTES_MIN) return undefined;
  return `the secret ${name} must have ${SECRET_BYTES_MIN} bytes or more: it has ${length}`;
}

/** The secret if it counts, and nothing otherwise. */
export function countedSecret(secret = ""): string {
  return secretProblem("", secret) === undefined ? secret : "";
}
