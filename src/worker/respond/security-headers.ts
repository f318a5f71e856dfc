// The headers for browsers in every answer: believe its type, run nothing, put it in no frame, send no referrer, keep nothing.
//
// An answer that needs another policy, such as the live page, sets its own headers, and they stay. An answer that switches to a
// WebSocket stays as it is. Keeps LI9.

import { setCrossOriginHeaders, type PagesAllowed } from "./cross-origin.ts";

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
} as const;

export function withSecurityHeaders(response: Response, request: Request, allowed: PagesAllowed): Response {
  if (response.status === 101) return response;
  // The headers of an answer from another server or object cannot be changed in place.
  const answer = new Response(response.body, response);
  for (const [name, value] of Object.entries(HEADERS)) if (!answer.headers.has(name)) answer.headers.set(name, value);
  setCrossOriginHeaders(answer.headers, request, allowed);
  return answer;
}
