// What every answer says to browsers: take it for what it says it is, run and frame nothing, tell nobody, keep nothing.
//
// An answer that needs another policy, such as a page, sets its own, which stays. An answer that switches to a WebSocket is left
// as it is. Keeps LI9.

import { setCrossOriginHeaders } from "./cross-origin.ts";

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
} as const;

export function withSecurityHeaders(response: Response, request: Request, origins: readonly string[]): Response {
  if (response.status === 101) return response;
  // Those of an answer of another server or object cannot be changed in place.
  const answer = new Response(response.body, response);
  for (const [name, value] of Object.entries(HEADERS)) if (!answer.headers.has(name)) answer.headers.set(name, value);
  setCrossOriginHeaders(answer.headers, request, origins);
  return answer;
}
