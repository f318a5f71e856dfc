// Which pages may use the herd from a browser.
//
// In a browser, any page may open WebSockets and send POSTs to any address, from the network of the person who reads it. The
// browser says in `Origin` whose page it is. Pages of other origins may not send or open anything here, unless the settings
// allow their origin. The answers say what pages may read (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol). A
// request without `Origin` comes from no page, and passes. Keeps LI8.

import { isUpgrade } from "./upgrade.ts";
import { problem } from "./problem.ts";

const HEADERS_SENT = "Authorization, Content-Type";
const HEADERS_READ = "Herd-Server, Retry-After";
/** How long a browser may remember the answer to a preflight. */
const PREFLIGHT_SECONDS = "600";

/** Refuses a request of a page that may not send it, or answers a preflight; `undefined` for all other requests. */
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

/** Lets the page read the answer, if its origin is allowed. */
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
