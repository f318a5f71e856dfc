// Answers as JSON, indented for people.

export function json(value: unknown): Response {
  return new Response(`${JSON.stringify(value, null, 2)}\n`, { headers: { "Content-Type": "application/json" } });
}
