// Which pages may use the herd from a browser.
//
// In a browser, any page may open WebSockets and send POSTs to any address, from the network of the person who reads it. The
// browser says in `Origin` whose page it is. Pages of other origins may not send or open anything here, unless the settings
// allow their origin. On somebody's own machine the pages of that machine may, as with any development server. The answers say
// what pages may read (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol): a page that is refused may read that it is, and
// why, and so need not try again. A request without `Origin` comes from no page, and passes. What operators do is for the
// herd's own page alone: whom a herd lets report and ask, it does not let change the herd. Keeps LI8, LI17, LI20, LI21 and LI41.

import { problem } from "./problem.ts";
import { isOfThisMachine } from "./this-machine.ts";
import { isUpgrade } from "./upgrade.ts";

const HEADERS_SENT = "Authorization, Content-Type";
const HEADERS_READ = "Herd-Server, Retry-After";
/** How long a browser may remember the answer to a preflight. */
const PREFLIGHT_SECONDS = "600";

export interface PagesAllowed {
  /** `limits.origins`. */
  readonly origins: readonly string[];
  /** Whether `npm start` runs the herd. */
  readonly isLocal: boolean;
}

/** Refuses a request of a page that may not send it, or answers a preflight; `undefined` for all other requests. */
export function crossOriginAnswer(
  request: Request,
  allowed: PagesAllowed,
  methods: readonly string[],
): Response | undefined {
  const origin = request.headers.get("Origin");
  if (origin === null) return undefined;
  if (request.method === "OPTIONS" && request.headers.has("Access-Control-Request-Method"))
    return new Response(null, {
      status: 204,
      headers: {
        "Access-Control-Allow-Origin": readableBy(origin),
        "Access-Control-Allow-Methods": methods.join(", "),
        "Access-Control-Allow-Headers": HEADERS_SENT,
        "Access-Control-Max-Age": PREFLIGHT_SECONDS,
      },
    });
  const isReading = (request.method === "GET" || request.method === "HEAD") && !isUpgrade(request);
  if (isReading || isPermitted(request, allowed)) return undefined;
  return problem(
    403,
    "Pages of this origin may not use the herd: limits.origins in herd.config.json names those that may",
    {},
    { "Access-Control-Allow-Origin": readableBy(origin) },
  );
}

/** Refuses a request of a page of another origin at an address that is for operators; `undefined` for all other requests. */
export function foreignOriginRefusal(request: Request): Response | undefined {
  const origin = request.headers.get("Origin");
  if (origin === null || isOwn(origin, request)) return undefined;
  return problem(
    403,
    "This address is for operators, and takes no request of another page than the herd's own",
    {},
    { "Access-Control-Allow-Origin": readableBy(origin) },
  );
}

/** Lets the page read the answer, if its origin is allowed. */
export function setCrossOriginHeaders(headers: Headers, request: Request, allowed: PagesAllowed): void {
  headers.append("Vary", "Origin");
  const origin = request.headers.get("Origin");
  if (origin === null || !isPermitted(request, allowed)) return;
  headers.set("Access-Control-Allow-Origin", readableBy(origin));
  headers.set("Access-Control-Expose-Headers", HEADERS_READ);
}

/** Who may read an answer. No browser sends an origin that is not ASCII, and a header cannot repeat one. */
function readableBy(origin: string): string {
  return /^[\x20-\x7E]+$/.test(origin) ? origin : "*";
}

function isPermitted(request: Request, { origins, isLocal }: PagesAllowed): boolean {
  const origin = request.headers.get("Origin") ?? "";
  if (isOwn(origin, request) || origins.includes(origin) || origins.includes("*")) return true;
  return (isLocal || isOfThisMachine(request.url)) && isOfThisMachine(origin);
}

/** Whether the origin is that of the herd's own page. */
function isOwn(origin: string, request: Request): boolean {
  return origin === new URL(request.url).origin;
}
