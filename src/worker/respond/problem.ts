// Answers to requests that the herd cannot serve: one line of JSON that says what is wrong and what exists.

/** An RFC 9457 problem, in one line. `exists` helps the reader on: addresses, servers or methods that there are. */
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
