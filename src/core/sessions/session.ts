// One connection of a client: what the files of this room share of it.

import type { ClientRate } from "../access/client-rates.ts";
import type { Permissions } from "../access/permissions.ts";
import type { CloseReason } from "../contract/close-reason.ts";
import type { ClockPolicy, ConnectionId, TransportTraits, UnknownPolicy } from "../protocol/connection.ts";
import type { LineAssembler } from "../protocol/line-assembler.ts";
import type { ResponsePipeline } from "./response-pipeline.ts";

export interface Session {
  readonly id: ConnectionId;
  readonly transport: TransportTraits;
  readonly unknown: UnknownPolicy;
  /** Whether its refusals say why (LN12). */
  readonly isToldReasons: boolean;
  /** Whose time takes the place of one that is far off (RP17). */
  readonly clock: ClockPolicy | undefined;
  readonly permissions: Permissions;
  readonly responses: ResponsePipeline;
  /** `undefined` if the connection has no rate. */
  readonly rate: ClientRate | undefined;
  /** For a stream, from its first piece on. */
  assembler: LineAssembler | undefined;
  /** If set, no line of it is heard any more. It closes for this reason once its answers have left. */
  closeReason: CloseReason | undefined;
}
