// Which pages may use the herd from a browser.
//
// A browser lets any page open WebSockets and send POSTs to any address, with the network position of the person who looks at it;
// it says in `Origin` whose page it is. So whatever changes or opens something is refused to pages of other origins, and the
// answers that pages may read say so (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol). Who sends no Origin is no
// browser's page and passes. Keeps LI8.

import { isUpgrade } from "./upgrade.ts";
import { problem } from "./problem.ts";

const HEADERS_SENT = "Authorization, Content-Type";
const HEADERS_READ = "Herd-Server, Retry-After";
/** How long a browser may remember that a page may ask. */
const PREFLIGHT_SECONDS = "600";

/** The answer to a page that may not ask what it asks, or that asks whether it may; else `undefined`. */
export function crossOriginAnswer(
  request: Request,
  origins: readonly string[],
  methods: readonly string[],
): Response | undefined {
  if (request.headers.get("Origin") === null) return undefined;
  const isPreflight = request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method");
  const isReading = (request.method === "GET" || request.method === "HEAD") && !isUpgrade(request);
  if (!isReading && !isPermitted(request, origins))
    return problem(
      403,
      "Pages of this origin may not use the herd: limits.origins in herd.config.json names those that may",
      {},
    );
  if (!isPreflight) return undefined;
  const allow = { "Access-Control-Allow-Methods": methods.join(", "), "Access-Control-Allow-Headers": HEADERS_SENT };
  return new Response(null, { status: 204, headers: { ...allow, "Access-Control-Max-Age": PREFLIGHT_SECONDS } });
}

/** Lets the page read the answer, if it may. */
export function setCrossOriginHeaders(headers: Headers, request: Request, origins: readonly string[]): void {
  headers.append("Vary", "Origin");
  const origin = request.headers.get("Origin");
  if (origin === null || !isPermitted(request, origins)) return;
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Expose-Headers", HEADERS_READ);
}

function isPermitted(request: Request, origins: readonly string[]): boolean {
  const origin = request.headers.get("Origin") ?? "";
  return origin === new URL(request.url).origin || origins.includes(origin) || origins.includes("*");
}
