// A real HTTP server on the loopback, standing in for Google: what it is asked is recorded, what it answers is the
// test's own handler. It ends with the test that started it.

import { createServer, type RequestListener } from "node:http";

import { onTestFinished } from "vitest";

export interface Loopback {
  /** Its address without a path. */
  readonly base: string;
  /** The requests that came, as absolute addresses. */
  readonly requests: readonly URL[];
}

/** Starts a server for the running test. */
export async function listen(handler: RequestListener): Promise<Loopback> {
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    requests.push(new URL(request.url ?? "", base()));
    handler(request, response);
  });
  const base = (): string => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("The server has no port");
    return `http://127.0.0.1:${address.port}`;
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: base(), requests };
}

/** Answers every request with this body. */
export function answering(
  body: string,
  {
    status = 200,
    headers = { "content-type": "application/json" },
  }: { status?: number; headers?: Record<string, string> } = {},
): RequestListener {
  return (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
}
