// The token that a connection shows (AC7): a text, or a function that gives a fresh one for each connection.

import { HerdError } from "./errors.ts";

export type Token = string | (() => string | Promise<string>);

/** A subprotocol is a token of HTTP (RFC 9110, 5.6.2), as every JWT is. */
const SYNTAX = /^[\w!#$%&'*+.^`|~-]+$/;

/** Throws HerdError "token refused" for one that could not be sent; a platform's own error would repeat it. */
export async function checkedToken(token: Token | undefined): Promise<string | undefined> {
  const given = typeof token === "function" ? await token() : token;
  if (given === undefined || SYNTAX.test(given)) return given;
  throw new HerdError("token refused", "Cannot show the token: it has characters that no JWT has, or none at all");
}
