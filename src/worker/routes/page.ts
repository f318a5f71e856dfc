// The live page: a document, a script, a style sheet and fonts, as `scripts/build/build-page.ts` built them.
//
// The Worker serves these assets itself, to add its headers. The policy lets the page load its own files and speak to the herd,
// and nothing else. The document has no script or style in it, none is made from text, and no other page may frame it. A
// server in another deployment belongs to the herd too. Keeps PG1.

import type { HerdConfig } from "../../core/config/herd-config.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";

/** The names that a file of the page may have. None of them can name another asset. */
const FILE = /^[a-z0-9-]+\.(?:css|js|svg|woff2)$/;

/** `GET /`. */
export async function getPage(request: Request, env: Env): Promise<Response> {
  const page = await pageAsset(request, env, "");
  if (!page.ok && page.status !== 304) return problem(503, "The page is not built: npm run build:page does that", {});
  const answer = new Response(page.body, page);
  answer.headers.set("Content-Security-Policy", policyOf(herdConfig(env)));
  answer.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  return answer;
}

/** `GET /page/:file`; `undefined` if the page has no such file. */
export async function getPageFile(request: Request, env: Env, file: string): Promise<Response | undefined> {
  if (!FILE.test(file)) return undefined;
  const answer = await pageAsset(request, env, file);
  return answer.ok || answer.status === 304 ? answer : undefined;
}

/** An asset of the page. A browser may keep it if it asks each time whether it has changed. */
async function pageAsset(request: Request, env: Env, file: string): Promise<Response> {
  const known = request.headers.get("If-None-Match");
  const headers: HeadersInit = known === null ? {} : { "If-None-Match": known };
  const asset = await env.ASSETS.fetch(`https://assets/page/${file}`, { headers });
  const answer = new Response(asset.body, asset);
  answer.headers.set("Cache-Control", "no-cache");
  return answer;
}

function policyOf({ servers }: HerdConfig): string {
  const elsewhere = servers.flatMap(({ url }) => {
    if (url === undefined) return [];
    const { origin } = new URL(url);
    return [origin, origin.replace("http", "ws")];
  });
  const directives = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    "img-src": ["'self'"],
    "connect-src": ["'self'", ...new Set(elsewhere)],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, values]) => `${name} ${values.join(" ")}`)
    .join("; ");
}
