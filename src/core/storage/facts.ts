// What a server stores beside its reports: of itself and of its neighbours. It goes with the commits.
//
// The numbers that change with nearly every commit, the highest `seq` and the count of clients, are columns of a commit. The rest
// changes seldom, and is in a commit as JSON where it changed. Keeps FG11.

import type { StoredKeeping, StoredNeighbour, StoreHead } from "../store/report-store.ts";

export interface Facts {
  /** `undefined` until a server first wrote it. */
  readonly head: Pick<StoreHead, "epoch" | "reservedSeq" | "alarmSeq" | "starts"> | undefined;
  readonly isDrained: boolean;
  readonly neighbours: ReadonlyMap<string, StoredNeighbour>;
  /** `undefined` in what a server has left that kept everything for ever. */
  readonly keeping?: StoredKeeping | undefined;
  /** When something is to be erased, POSIX milliseconds; `undefined` if nothing is. */
  readonly eraseMillis?: number | undefined;
}

export const NO_FACTS: Facts = { head: undefined, isDrained: false, neighbours: new Map() };

type FactsJson = Omit<Facts, "neighbours"> & {
  readonly neighbours: Record<string, StoredNeighbour>;
  /** A server of before did not understand that a client is forgotten, and its cursors went past it. */
  readonly understandsForgetting?: true;
};

export function formatFacts({ head, isDrained, neighbours, keeping, eraseMillis }: Facts): string {
  const known = Object.fromEntries(neighbours);
  const json: FactsJson = { head, isDrained, neighbours: known, keeping, eraseMillis, understandsForgetting: true };
  return JSON.stringify(json);
}

export function parseFacts(text: string): Facts {
  const { neighbours, understandsForgetting, ...facts } = JSON.parse(text) as FactsJson;
  const known = Object.entries(neighbours).map(([name, neighbour]): [string, StoredNeighbour] => [
    name,
    understandsForgetting === true ? neighbour : { ...neighbour, cursor: 0 },
  ]);
  return { ...facts, neighbours: new Map(known) };
}
