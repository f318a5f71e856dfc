// One connection of a client, as the other files of this room share it.

import type { ClientRate } from "../access/client-rates.ts";
import type { Permissions } from "../access/permissions.ts";
import type { CloseReason } from "../contract/close-reason.ts";
import type { ConnectionId, TransportTraits, UnknownPolicy } from "../protocol/connection.ts";
import type { LineAssembler } from "../protocol/line-assembler.ts";
import type { ResponsePipeline } from "./response-pipeline.ts";

export interface Session {
  readonly id: ConnectionId;
  readonly transport: TransportTraits;
  readonly unknown: UnknownPolicy;
  readonly permissions: Permissions;
  readonly responses: ResponsePipeline;
  /** `undefined` where no rate holds. */
  readonly rate: ClientRate | undefined;
  /** Of a stream, once it has sent something. */
  assembler: LineAssembler | undefined;
  /** Nothing more is heard of it, and it closes for this reason once its answers have left. */
  closeReason: CloseReason | undefined;
}
