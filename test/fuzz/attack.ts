// Says one case to a running herd. What the herd makes of it is nobody's business here, but that it makes something of it.

import { connect, type Socket } from "node:net";
import { WebSocket } from "ws";
import type { HerdCase } from "./herd-case.ts";

export interface Target {
  readonly port: number;
  readonly token: string;
  tcpPort(server: string): number;
}

/** No answer for so long is a hang. */
const ANSWER_MILLIS_MAX = 10_000;

/** What an odd request is given to be answered in. */
const PATIENCE_MILLIS = 50;

const BAD_STATUSES = new Set(["500", "502", "503", "504"]);

/** What is wrong, or `undefined`. */
export function attack(target: Target, herdCase: HerdCase): Promise<string | undefined> {
  switch (herdCase.over) {
    case "tcp":
      return attackTcp(target, herdCase);
    case "http":
      return attackHttp(target, herdCase);
    case "websocket":
      return attackWebSocket(target, herdCase);
    default:
      return herdCase satisfies never;
  }
}

async function attackTcp(
  target: Target,
  { server, pieces, ends }: HerdCase & { over: "tcp" },
): Promise<string | undefined> {
  const socket = connect({ port: target.tcpPort(server), host: "127.0.0.1" });
  socket.on("error", () => undefined);
  socket.resume();
  const closed = closeOf(socket);
  await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), closed]);
  for (const piece of pieces) await written(socket, piece);
  if (!ends) {
    socket.resetAndDestroy();
    return undefined;
  }
  // Its answers leave, and then the connection closes, whatever was said.
  socket.end();
  const isClosed = await within(ANSWER_MILLIS_MAX, closed);
  socket.destroy();
  return isClosed ? undefined : "TCP: the connection does not close after the end of input";
}

async function attackHttp(
  target: Target,
  { request, isWhole }: HerdCase & { over: "http" },
): Promise<string | undefined> {
  const socket = connect({ port: target.port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  const heard = new Promise<string>((resolve) => {
    socket.once("data", (data) => resolve(data.toString("latin1")));
    socket.once("close", () => resolve(""));
  });
  await written(socket, request);
  let answer: string | undefined;
  await within(
    isWhole ? ANSWER_MILLIS_MAX : PATIENCE_MILLIS,
    heard.then((text) => (answer = text)),
  );
  socket.destroy();
  const status = /^HTTP\/1\.1 (\d+)/.exec(answer ?? "")?.[1];
  if (isWhole && status === undefined) return `HTTP: answered ${JSON.stringify(answer)}`;
  // Fact, 2026-11-22: the local proxy answers 500 to an address that is none, before the herd is asked.
  const isProxys = status === "500" && !isWhole;
  return status !== undefined && BAD_STATUSES.has(status) && !isProxys ? `HTTP: answered ${status}` : undefined;
}

async function attackWebSocket(
  target: Target,
  { path, isPeer, messages, closes }: HerdCase & { over: "websocket" },
): Promise<string | undefined> {
  const headers = isPeer ? { Authorization: `Bearer ${target.token}` } : {};
  const socket = new WebSocket(`ws://127.0.0.1:${target.port}${path}`, { headers });
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  const isOpen = await within(
    ANSWER_MILLIS_MAX,
    Promise.race([new Promise((resolve) => socket.once("open", resolve)), closed]),
  );
  if (!isOpen) {
    socket.terminate();
    return "WebSocket: the upgrade is not answered";
  }
  if (socket.readyState !== WebSocket.OPEN) return undefined;
  for (const { data, isText } of messages) {
    const bytes = Buffer.from(data, "latin1");
    socket.send(isText ? bytes.toString() : bytes, { binary: !isText });
  }
  if (!closes) {
    socket.terminate();
    return undefined;
  }
  socket.close(1000);
  // Fact, 2026-11-22: of a feed that is refused in its first turn, locally, the TCP connection ends only 10 s after the close.
  const isClosed = await within(isPeer ? PATIENCE_MILLIS : ANSWER_MILLIS_MAX, closed);
  socket.terminate();
  return isClosed || isPeer ? undefined : "WebSocket: the close is not answered";
}

function closeOf(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once("close", resolve));
}

function written(socket: Socket, data: string): Promise<void> {
  return new Promise((resolve) => socket.write(Buffer.from(data, "latin1"), () => resolve()));
}

/** Whether it has settled by then. */
async function within(millis: number, settled: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), millis);
  });
  const isInTime = await Promise.race([settled.then(() => true), late]);
  clearTimeout(timer);
  return isInTime;
}
