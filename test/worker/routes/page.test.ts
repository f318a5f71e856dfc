// The live page as the Worker serves it: its headers, its files, and nothing else.

import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";

function get(path: string, headers: HeadersInit = {}): Promise<Response> {
  return exports.default.fetch(`https://herd${path}`, { headers });
}

const DIRECTIVES = {
  "default-src": "'none'",
  "script-src": "'self'",
  "style-src": "'self'",
  "connect-src": "'self'",
  "frame-ancestors": "'none'",
  "require-trusted-types-for": "'script'",
};

test("[PG1] the page's policy admits what the herd serves beside it, and nothing in the document", async () => {
  const response = await get("/");
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  const directives = Object.fromEntries(
    policy.split("; ").map((directive) => [directive.split(" ", 1)[0], directive.slice(directive.indexOf(" ") + 1)]),
  );
  expect(directives).toMatchObject(DIRECTIVES);
  expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
  const html = await response.text();
  expect(html).not.toMatch(/<script(?![^>]* src="\/page\/)|<style|\bstyle=|\bon\w+=|https?:/);
});

test("[PG1] all that the document and the style sheet name is there", async () => {
  const html = await (await get("/")).text();
  const css = await (await get("/page/main.css")).text();
  const named = [...html.matchAll(/(?:src|href)="(\/[^"]*)"/g), ...css.matchAll(/url\(["']?([^"')]*)/g)];
  const paths = named.map(([, path]) => path ?? "");
  expect(paths.length).toBeGreaterThanOrEqual(4);
  for (const path of paths) {
    const response = await get(path);
    expect([path, response.status]).toEqual([path, 200]);
    await response.body?.cancel();
  }
});

test("[PG1] a browser keeps the page's files and asks whether they are still the ones", async () => {
  const first = await get("/page/main.js");
  expect(first.headers.get("Content-Type")).toMatch(/^text\/javascript/);
  expect(first.headers.get("Cache-Control")).toBe("no-cache");
  await first.body?.cancel();
  const again = await get("/page/main.js", { "If-None-Match": first.headers.get("ETag") ?? "" });
  expect(again.status).toBe(304);
});

test.each([
  "/page/",
  "/page/nothing.js",
  "/page/..%2fplaces%2fworld.bin",
  "/page/../places/world.bin",
  "/places/world.bin",
])("[PG1] [HD14] no other asset is served: %s", async (path) => {
  const response = await get(path);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ title: "Nothing is at this address" });
});
