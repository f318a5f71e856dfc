// Where each server runs, as Cloudflare's trace tells it. Here the trace is a server on the loopback.

import { expect, onTestFinished, test } from "vitest";
import { HerdProcess, runScript } from "../support/herd-process.ts";
import { answering, listen } from "../support/loopback.ts";

test("[HD12] [HC23] createservers prints in which data centre a server runs, if that is known", async () => {
  let trace = "fl=123\nh=www.cloudflare.com\ncolo=FRA\nloc=DE\ntls=off\n";
  const cloudflare = await listen((request, response) => answering(trace)(request, response));
  const herd = await HerdProcess.create({ settings: { traceUrl: `${cloudflare.base}/cdn-cgi/trace` } });
  onTestFinished(() => herd.remove());
  await herd.start();
  const create = async () => (await runScript("createservers.ts", ["--url", herd.url, "--where", "Bolden"])).output;

  expect(await create()).toMatch(/^Bolden +is up in FRA \(DE\): 0 clients known/m);
  expect(cloudflare.requests.map(({ pathname }) => pathname)).toEqual(["/cdn-cgi/trace"]);
  trace = "<h1>Sign in</h1>";
  expect(await create()).toMatch(/^Bolden +is up, data centre unknown: /m);
});
