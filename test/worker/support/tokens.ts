// Tokens of the herd under test, good and bad, and everything that it said to anybody, to be searched for them.

import { SignJWT, type JWTPayload } from "jose";
import { exports } from "cloudflare:workers";
import { onTestFinished, vi } from "vitest";

export const SECRET = "the-secret-of-the-herd-under-test-which-nobody-may-ever-say";
export const ISSUER = "https://issuer.test";
export const AUDIENCE = "herd-under-test";

/** Every token made. */
const made: string[] = [];

/** Everything that the herd printed and answered. */
const said: string[] = [];

for (const method of ["log", "info", "warn", "error", "debug"] as const)
  vi.spyOn(console, method).mockImplementation((...parts: readonly unknown[]) => {
    said.push(parts.map((part) => (part instanceof Error ? `${part.stack}` : String(part))).join(" "));
  });

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Claims that are as they should be, changed as told: what is `undefined` is left out. */
export function claimsFor(sub: string, changes: Changes = {}): JWTPayload {
  const claims = { sub, iss: ISSUER, aud: AUDIENCE, exp: nowSeconds() + 3600, ...changes };
  return JSON.parse(JSON.stringify(claims)) as JWTPayload;
}

type Changes = Readonly<Record<string, unknown>>;

interface Signing {
  readonly secret?: string;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A token signed with a shared secret. */
export async function tokenFor(sub: string, changes: Changes = {}, signing: Signing = {}): Promise<string> {
  const { secret = SECRET, header = {} } = signing;
  return signedWith(new TextEncoder().encode(secret), { alg: "HS256", ...header }, claimsFor(sub, changes));
}

export async function signedWith(
  key: CryptoKey | Uint8Array,
  header: { readonly alg: string; readonly kid?: string },
  claims: JWTPayload,
): Promise<string> {
  return remembered(await new SignJWT(claims).setProtectedHeader(header).sign(key));
}

/** Notes a token that must not be said by anybody. */
export function remembered(token: string): string {
  made.push(token);
  return token;
}

export function base64url(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

/** Asks, and keeps what is answered for `saidBy`. */
export async function ask(path: string, init?: RequestInit): Promise<Response> {
  const response = await exports.default.fetch(`https://herd${path}`, init);
  const { webSocket } = response;
  said.push(JSON.stringify([...response.headers]));
  if (webSocket === null) said.push(new TextDecoder().decode(await response.clone().arrayBuffer()));
  else {
    webSocket.accept();
    const keep = (text: string) => void said.push(text);
    webSocket.addEventListener("message", ({ data }) => keep(String(data)));
    webSocket.addEventListener("close", ({ reason }) => keep(reason));
    onTestFinished(() => webSocket.close(1000, "that was all"));
  }
  return response;
}

/** All that was said so far, and of the tokens and these secrets those that are in it. */
export function leaksOf(secrets: readonly string[]): { readonly said: string; readonly leaked: string[] } {
  const text = said.join("\n");
  // The parts of a token count by themselves: the claims tell who, the signature makes it one.
  const parts = made.flatMap((token) => token.split(".")).filter((part) => part.length > 8);
  return { said: text, leaked: [...new Set([...secrets, ...parts])].filter((part) => text.includes(part)) };
}

/** A POST of lines. */
export function posting(body: string, headers: Readonly<Record<string, string>>): RequestInit {
  return { method: "POST", body, headers };
}

export function upgrading(headers: Readonly<Record<string, string>>): RequestInit {
  return { headers: { ...headers, Upgrade: "websocket" } };
}

/** Says one message and gives what comes back first. */
export function sayOn({ webSocket }: Response, message: string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (webSocket === null) return reject(new Error("Expected a WebSocket"));
    webSocket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true });
    webSocket.addEventListener("close", ({ code }) => reject(new Error(`Closed with ${code}`)));
    webSocket.send(message);
  });
}
