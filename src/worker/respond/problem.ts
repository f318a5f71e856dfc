// The answer to a request that the herd cannot serve: one line of JSON says what is wrong, and what exists.

/** An RFC 9457 problem in one line. `exists` helps the reader: it has the addresses, servers or methods that exist. */
export function problem(
  status: number,
  title: string,
  exists: Readonly<Record<string, readonly string[]>>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${JSON.stringify({ status, title, ...exists })}\n`, {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}
