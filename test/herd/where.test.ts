// Where each server runs, as Cloudflare's trace would tell it; here that is a server on the loopback.

import { expect, onTestFinished, test } from "vitest";
import { HerdProcess, runScript } from "../support/herd-process.ts";
import { answering, listen } from "../support/loopback.ts";

test("[HD2] createservers says in which data centre a server runs, and nothing where nobody knows", async () => {
  let trace = "fl=123\nh=www.cloudflare.com\ncolo=FRA\nloc=DE\ntls=off\n";
  const cloudflare = await listen((request, response) => answering(trace)(request, response));
  const herd = await HerdProcess.create({ settings: { traceUrl: `${cloudflare.base}/cdn-cgi/trace` } });
  onTestFinished(() => herd.remove());
  await herd.start();
  const create = async () => (await runScript("createservers.ts", ["--url", herd.url, "--where", "Bolden"])).output;

  expect(await create()).toMatch(/^Bolden +is up in FRA \(DE\): 0 clients known/m);
  expect(cloudflare.requests.map(({ pathname }) => pathname)).toEqual(["/cdn-cgi/trace"]);
  trace = "<h1>Sign in</h1>";
  expect(await create()).toMatch(/^Bolden +is up, nobody knows where: /m);
});
