// How a connection closes, where that is the same for many of them.

export interface CloseReason {
  /** A WebSocket close code. */
  readonly code: number;
  /** For people. */
  readonly reason: string;
}

/** Going away (RFC 6455, 7.4.1): the server is out of service, and the reason tells a client where to go. */
export function outOfService(server: string): CloseReason {
  return { code: 1001, reason: `${server} is taken out of service: connect to /nearest` };
}
