// A real HTTP server on the loopback, standing in for Google: what it is asked is recorded, what it answers is the
// test's own handler. It ends with the test that started it.

import { createServer, type RequestListener, type Server } from "node:http";

import { onTestFinished } from "vitest";

export interface Loopback {
  /** Its address without a path. */
  readonly base: string;
  /** The addresses that were asked for. */
  readonly requests: readonly URL[];
}

/** Starts a server for the running test. */
export async function listen(handler: RequestListener): Promise<Loopback> {
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    requests.push(new URL(request.url ?? "", "http://loopback"));
    handler(request, response);
  });
  const base = await baseOf(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base, requests };
}

/** The address of a server that is no more: connections to it are refused. */
export async function refusingBase(): Promise<string> {
  const server = createServer();
  const base = await baseOf(server);
  await new Promise((resolve) => server.close(resolve));
  return base;
}

/** Lets a server listen on a free port of the loopback; its address. */
async function baseOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  return `http://127.0.0.1:${address.port}`;
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
