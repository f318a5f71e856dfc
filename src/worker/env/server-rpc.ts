// The methods of a server's object, and their answers.
//
// The object implements this interface. The rest of the Worker knows nothing else about the object.

import type { ConnectionRefusal } from "../../core/access/connection-limits.ts";
import type { Permissions } from "../../core/access/permissions.ts";
import type { ServerStatus, StorageState } from "../../core/contract/status.ts";
import type { ConnectionOptions, TransportKind } from "../../core/protocol/connection.ts";
import type { AgedReportsPage } from "../../core/store/reports-page.ts";
import type { PlacesTerms, ProviderStanding } from "../../places/port/provider.ts";

/** The status of a server and of its providers of places. */
export interface ServerObjectStatus extends ServerStatus {
  /** What Cloudflare bills, since the object started. */
  readonly cost: {
    readonly rowsWritten: number;
    /** WebSocket messages from clients and servers. */
    readonly messagesReceived: number;
    readonly storageBytes: number;
  };
  /** By its clock, POSIX milliseconds. */
  readonly nowMillis: number;
  /** Commits that threw. It counts on while the object starts again and again. */
  readonly commitsFailed: number;
  readonly places: readonly (Partial<ProviderStanding> & { readonly name: string; readonly terms: PlacesTerms })[];
}

/** The answers to the lines, or why there are none. */
export type PostAnswer = Uint8Array<ArrayBuffer> | { readonly refusal: ConnectionRefusal };

/** Why a server writes nothing. */
export interface StorageProblem {
  readonly storageProblem: string;
}

/** The data centre in which a server runs: its airport code, such as FRA, and its country. */
export interface DataCentre {
  readonly colo: string;
  readonly loc: string;
}

export interface ServerRpc extends Rpc.DurableObjectBranded {
  /** Answers lines; `undefined` if the server is out of service. Rejects if the lines are longer than a message may be. */
  answer(
    lines: Uint8Array,
    options: ConnectionOptions,
    permissions: Permissions | undefined,
    clientAddress?: string,
  ): Promise<PostAnswer | undefined>;
  /** Writes into the server's log that the Worker admitted no connection, for a reason that is the herd's own. */
  noteRefusal(via: TransportKind, reason: string): void;
  /** A page of the reports that the server holds; `undefined` if it is out of service. */
  reports(
    after: string | undefined,
    count: number,
    clientAddress?: string,
  ): AgedReportsPage | { readonly refusal: ConnectionRefusal } | undefined;
  status(): ServerObjectStatus;
  isDrained(): boolean;
  /** What the server stores of what comes. It may make a commit to find out. */
  health(): StorageState;
  /** Takes the server out of service, or brings it back. The answer comes when that is durable. */
  setDrained(isDrained: boolean): StorageProblem | undefined;
  /** Where the object runs; `undefined` if that is not known. */
  dataCentre(): Promise<DataCentre | undefined>;
  /** Begins a new epoch, which is necessary on restored storage (CU9), and returns it. */
  beginEpoch(): string | StorageProblem;
  /** Restarts the object from the storage of that time, POSIX milliseconds. */
  restoreTo(millis: number): Promise<void>;
  /** The last log entries, oldest first, one per line. With `since`, those of that time and later. */
  recentLog(since?: string): string;
}
