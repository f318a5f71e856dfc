// Keys that are published at an address which is away, slow or flooded with questions: who is known gets in, and nobody can make
// the herd ask more.

import type { RequestListener } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../support/loopback.ts";
import { AUDIENCE, keyPair, runSignedHerd } from "../support/signed-herd.ts";

const MANY = 30;

/** No key is known for longer than that: each token finds old keys. */
const AT_ONCE = 0.001;
/** And this is longer than any test. */
const LONG = 10_000;

const known = await keyPair("known");
const unknown = await keyPair("unknown");

const withKeys: RequestListener = (_request, response) => response.end(JSON.stringify({ keys: [known.jwk] }));

/** The ways in which a signer's address fails. */
const FAILURES: Readonly<Record<string, RequestListener>> = {
  "answers 500": (_request, response) => response.writeHead(500).end(),
  "answers 200 without keys": (_request, response) => response.end("<!doctype html>"),
  "redirects elsewhere": (_request, response) => response.writeHead(302, { Location: "/" }).end(),
  "breaks off": (request) => request.socket.destroy(),
  "says nothing": () => undefined,
};

/** A herd, and its signer's address. */
async function herdWith(settings: Readonly<Record<string, unknown>>) {
  const signer = { answer: withKeys };
  const site = await listen((request, response) => signer.answer(request, response));
  const auth = {
    algorithms: ["ES256"],
    audience: AUDIENCE,
    jwksUrl: `${site.base}/keys`,
    jwksFetchSeconds: 0.5,
    ...settings,
  };
  const herd = await runSignedHerd(auth);
  onTestFinished(() => herd.end());
  const statusFor = async (pair: typeof known) => (await herd.answerTo(await pair.token())).status;
  /** How many of many at once are answered with each status. */
  const statusesFor = async (pair: typeof known) => {
    const statuses = await Promise.all(Array.from({ length: MANY }, () => statusFor(pair)));
    return Object.fromEntries(
      [...new Set(statuses)].map((status) => [status, statuses.filter((one) => one === status).length]),
    );
  };
  return { herd, signer, site, statusFor, statusesFor };
}

test.each(Object.keys(FAILURES))(
  "[AC30] [AC31] while the address %s, old keys count, and however many tokens cost one fetch",
  async (failure) => {
    const { signer, site, statusFor, statusesFor } = await herdWith({
      jwksFreshSeconds: AT_ONCE,
      jwksRetrySeconds: LONG,
    });
    expect(await statusFor(known)).toBe(200);
    signer.answer = FAILURES[failure] ?? withKeys;
    const [garbage, good] = await Promise.all([statusesFor(unknown), statusesFor(known)]);
    expect(good).toEqual({ 200: MANY });
    expect(garbage).toEqual({ 503: MANY });
    expect(await statusesFor(known)).toEqual({ 200: MANY });
    // A request that broke off may be sent once more by what carries it.
    expect(site.requests.length).toBeLessThanOrEqual(failure === "breaks off" ? 3 : 2);
  },
);

test.each(Object.keys(FAILURES))(
  "[AC13] [AC30] a herd that starts while the address %s asks once for all",
  async (failure) => {
    const { signer, site, statusesFor } = await herdWith({ jwksRetrySeconds: LONG });
    signer.answer = FAILURES[failure] ?? withKeys;
    expect(await statusesFor(known)).toEqual({ 503: MANY });
    expect(await statusesFor(unknown)).toEqual({ 503: MANY });
    expect(site.requests.length).toBeLessThanOrEqual(failure === "breaks off" ? 2 : 1);
  },
);

test("[AC30] tokens with invented keys cost no fetch but the first, and are answered 401", async () => {
  const { site, statusFor, statusesFor } = await herdWith({ jwksAgainSeconds: LONG });
  expect(await statusesFor(unknown)).toEqual({ 401: MANY });
  expect(await statusFor(known)).toBe(200);
  expect(site.requests).toHaveLength(1);
});

test("[AC30] nor while the address is away and the keys are not old", async () => {
  const { signer, site, statusFor, statusesFor } = await herdWith({
    jwksAgainSeconds: AT_ONCE,
    jwksRetrySeconds: LONG,
  });
  expect(await statusFor(known)).toBe(200);
  signer.answer = (_request, response) => response.writeHead(500).end();
  expect(await statusFor(unknown)).toBe(503);
  expect(await statusesFor(known)).toEqual({ 200: MANY });
  expect(site.requests).toHaveLength(2);
});

test("[AC13] [AC31] old keys count no longer than they may; new ones are fetched when the address is back", async () => {
  const times = { jwksFreshSeconds: AT_ONCE, jwksStaleSeconds: 0, jwksRetrySeconds: AT_ONCE };
  const { signer, statusFor, statusesFor } = await herdWith(times);
  expect(await statusFor(known)).toBe(200);
  signer.answer = (_request, response) => response.writeHead(500).end();
  await expect.poll(() => statusFor(known)).toBe(503);
  expect(await statusesFor(known)).toEqual({ 503: MANY });
  signer.answer = (_request, response) => response.end(JSON.stringify({ keys: [unknown.jwk] }));
  await expect.poll(() => statusFor(unknown)).toBe(200);
});

test("[AC30] a client that leaves while the keys are fetched takes nothing from the others", async () => {
  const { herd, signer, site, statusFor } = await herdWith({ jwksFetchSeconds: 20, jwksRetrySeconds: LONG });
  const asked = Promise.withResolvers<() => void>();
  signer.answer = (request, response) => asked.resolve(() => withKeys(request, response));
  const leaving = new AbortController();
  const left = herd.answerTo(await known.token(), { signal: leaving.signal }).catch(() => "left");
  const bring = await asked.promise;
  leaving.abort();
  expect(await left).toBe("left");
  const waiting = statusFor(known);
  bring();
  expect(await waiting).toBe(200);
  expect(site.requests).toHaveLength(1);
});

test("[AC11] [AC32] a token that the same signer made for another service is not believed", async () => {
  const { herd, statusFor } = await herdWith({});
  expect(await statusFor(known)).toBe(200);
  for (const audience of ["another-service", "", "this-herd "]) {
    const answer = await herd.answerTo(await known.token(audience));
    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining("for another audience")]);
  }
});
