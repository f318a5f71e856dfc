// Google's two APIs when the network, or something in it, is at fault.

import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

import type { Fetch } from "../../../src/places/google/google-http.ts";
import { answering, listen, refusingBase } from "../../support/loopback.ts";
import { ANSWER_BYTES, askApi, failure, GOOGLE_APIS, names } from "../samples.ts";

const HUGE_BYTES = 30 * 1024 * 1024;

const TOO_SLOW = {
  ok: false,
  status: "UNKNOWN_ERROR",
  message: "Google Places did not answer in time; ask again later.",
  retryable: true,
};

describe.each(GOOGLE_APIS)("$name", (api) => {
  const good = api.search(1);

  test("[WA4] a body at the limit is read, one above it is given up", async () => {
    const padded = good.padEnd(ANSWER_BYTES, " ");
    expect(names(await askApi(api, (await listen(answering(padded))).base))).toEqual(["1 km north"]);
    const { message, ...rest } = failure(await askApi(api, (await listen(answering(`${padded} `))).base));
    expect(rest).toEqual({ ok: false, status: "UNKNOWN_ERROR", retryable: false });
    expect(message).toBe("Google Places sent more than 1048576 bytes, which no Nearby Search answer needs.");
  });

  test("[WA4] a body of 30 MB is given up long before its end, and its connection closed", async () => {
    let poured = 0;
    const closed = Promise.withResolvers<void>();
    const { base } = await listen((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, " ");
      const pour = (): void => {
        while (poured < HUGE_BYTES) {
          poured += chunk.byteLength;
          if (!response.write(chunk)) return;
        }
        response.end();
      };
      response.on("drain", pour).on("close", closed.resolve);
      pour();
    });
    expect(failure(await askApi(api, base)).message).toMatch(/more than 1048576 bytes/);
    await closed.promise;
    expect(poured).toBeLessThan(HUGE_BYTES);
  });

  test("[WA4] 30 MB that came compressed count as 30 MB", async () => {
    const small = gzipSync(Buffer.alloc(HUGE_BYTES, " "));
    expect(small.byteLength).toBeLessThan(ANSWER_BYTES / 10);
    const { base } = await listen((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(small);
    });
    expect(failure(await askApi(api, base)).message).toMatch(/more than 1048576 bytes/);
  });

  test("[WA8] silence is given up when the time is over, and its connection closed", async () => {
    const time = new AbortController();
    const closed = Promise.withResolvers<void>();
    const { base } = await listen((_request, response) => {
      response.on("close", closed.resolve);
      time.abort();
    });
    expect(await askApi(api, base, { signal: time.signal })).toEqual(TOO_SLOW);
    await closed.promise;
  });

  test.each([
    ["headers and then silence", ""],
    ["a body that stops half way", good.slice(0, 20)],
  ])("[WA8] %s are given up when the time is over, and their connection closed", async (_what, beginning) => {
    const time = new AbortController();
    const closed = Promise.withResolvers<void>();
    const { base } = await listen((_request, response) => {
      response.on("close", closed.resolve).flushHeaders();
      response.write(beginning);
    });
    const fetchBeginning: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      time.abort();
      return response;
    };
    expect(await askApi(api, base, { signal: time.signal, fetch: fetchBeginning })).toEqual(TOO_SLOW);
    await closed.promise;
  });

  test.each([
    ["reset before an answer", false],
    ["reset within the body", true],
  ])("[WA4] a connection %s is UNKNOWN_ERROR with an error_message", async (_what, begins) => {
    const { base } = await listen((request, response) => {
      const reset = (): unknown => request.socket.resetAndDestroy();
      if (begins) response.write(good.slice(0, 20), reset);
      else reset();
    });
    const outcome = failure(await askApi(api, base));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: true });
    expect(outcome.message).toMatch(/could not be reached, or the connection broke off/);
  });

  test("[WA4] a refused connection is UNKNOWN_ERROR with an error_message", async () => {
    const outcome = failure(await askApi(api, await refusingBase()));
    expect(outcome).toMatchObject({ status: "UNKNOWN_ERROR", retryable: true });
    expect(outcome.message).toMatch(/could not be reached/);
  });
});
