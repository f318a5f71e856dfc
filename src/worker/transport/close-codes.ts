// The code that a WebSocket closes with, by reason: codes of RFC 6455, 7.4.1, and of its registry.

import type { CloseReason } from "../../core/contract/close-reason.ts";

export const CLOSE_CODES: Readonly<Record<CloseReason["name"], number>> = {
  "input ended": 1000,
  idle: 1000,
  "of no more use": 1000,
  drained: 1001,
  "protocol error": 1002,
  "speaks HTTP": 1002,
  "not understood": 1003,
  "token expired": 1008,
  "too many commands": 1008,
  "no line in time": 1008,
  silent: 1008,
  "not a neighbour": 1008,
  "message too long": 1009,
  "no answer": 1011,
  "server restarts": 1011,
  "storage full": 1013,
  "gave way": 1013,
  "reads too slowly": 1013,
  "too much waits": 1013,
};
