// A real HTTP server on the loopback, in place of Google. It records its requests, and a handler of the test answers them. It
// ends with the test that started it.

import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";

import { onTestFinished } from "vitest";

/** A request. It is read to its end before it is answered. */
interface LoopbackRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly pathname: string;
  readonly searchParams: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Loopback {
  /** Its address without a path. */
  readonly base: string;
  /** The requests, in the order in which they were answered. */
  readonly requests: readonly LoopbackRequest[];
}

/** Starts a server for the running test. */
export async function listen(handler: RequestListener): Promise<Loopback> {
  const requests: LoopbackRequest[] = [];
  const server = createServer((request, response) => {
    const { method = "", url: target = "", headers } = request;
    const { pathname, searchParams } = new URL(target, "http://loopback");
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      requests.push({ method, target, pathname, searchParams, headers, body });
      handler(request, response);
    });
  });
  const base = await baseOf(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base, requests };
}

/** The address of a server that has ended: connections to it are refused. */
export async function refusingBase(): Promise<string> {
  const server = createServer();
  const base = await baseOf(server);
  await new Promise((resolve) => server.close(resolve));
  return base;
}

/** Lets a server listen on a free port of the loopback. Returns its address. */
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
