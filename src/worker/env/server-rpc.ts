// What the object of a server does for the Worker: its methods, and what they answer.
//
// The object implements this. Everything else knows the object by it alone.

import type { ConnectionRefusal } from "../../core/access/connection-limits.ts";
import type { Permissions } from "../../core/access/permissions.ts";
import type { ServerStatus } from "../../core/contract/status.ts";
import type { UnknownPolicy } from "../../core/protocol/connection.ts";
import type { ReportsPage } from "../../core/store/reports-page.ts";
import type { PlacesTerms, ProviderStanding } from "../../places/port/provider.ts";

/** How a server stands, and how its providers of places do. */
export interface ServerObjectStatus extends ServerStatus {
  /** What this life did that is billed. */
  readonly cost: {
    readonly rowsWritten: number;
    /** Over WebSockets, from clients and servers. */
    readonly messagesReceived: number;
    readonly storageBytes: number;
  };
  readonly places: readonly (Partial<ProviderStanding> & { readonly name: string; readonly terms: PlacesTerms })[];
}

/** The answers, or why there are none. */
export type PostAnswer = Uint8Array<ArrayBuffer> | { readonly refusal: ConnectionRefusal };

/** The data centre in which a server runs: its airport code, such as FRA, and its country. */
export interface DataCentre {
  readonly colo: string;
  readonly loc: string;
}

export interface ServerRpc extends Rpc.DurableObjectBranded {
  /** Lines in, answers out; `undefined` out of service. Rejects if the lines are longer than a message may be. */
  answer(
    lines: Uint8Array,
    unknown: UnknownPolicy | undefined,
    permissions: Permissions | undefined,
    clientAddress?: string,
  ): Promise<PostAnswer | undefined>;
  /** A page of the reports held; `undefined` out of service. */
  reports(
    after: string | undefined,
    count: number,
    clientAddress?: string,
  ): ReportsPage | { readonly refusal: ConnectionRefusal } | undefined;
  status(): ServerObjectStatus;
  isDrained(): boolean;
  /** Takes the server out of service, or brings it back: durably so when this is answered. */
  setDrained(isDrained: boolean): void;
  /** Where the object runs; `undefined` where nobody knows. */
  dataCentre(): Promise<DataCentre | undefined>;
  /** Begins a new epoch, as after restored storage one has to (CU1); the epoch. */
  beginEpoch(): string;
  /** Ends this life; the next one starts from the storage as it was at that time, POSIX milliseconds. */
  restoreTo(millis: number): Promise<void>;
  /** The last log entries, oldest first, one a line; with `since`, those of that time and later. */
  recentLog(since?: string): string;
}
