// The token that a connection shows (AC7): a text, or a function that returns a fresh one for each connection. Keeps CL20, CL26.

import { HerdError } from "./errors.ts";

export type Token = string | (() => string | Promise<string>);

/** The characters of a subprotocol, which is a token of HTTP (RFC 9110, 5.6.2). Every JWT has only these. */
const SYNTAX = /^[\w!#$%&'*+.^`|~-]+$/;

/** Throws HerdError "token refused" if the token cannot be sent. A platform's own error would contain the token. */
export async function checkedToken(token: Token | undefined): Promise<string | undefined> {
  const given = typeof token === "function" ? await token() : token;
  if (given === undefined || (typeof given === "string" && SYNTAX.test(given))) return given;
  throw new HerdError("token refused", "Cannot show the token: it is empty, or has characters that no JWT has");
}
