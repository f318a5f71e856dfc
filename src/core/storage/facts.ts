// What a server stores beside its reports: of itself and of its neighbours. It goes with the commits.
//
// The numbers that change with nearly every commit, the highest `seq` and the count of clients, are columns of a commit. The rest
// changes seldom, and is in a commit as JSON where it changed.

import type { StoredNeighbour, StoreHead } from "../store/report-store.ts";

export interface Facts {
  /** `undefined` until a server first wrote it. */
  readonly head: Pick<StoreHead, "epoch" | "reservedSeq" | "starts"> | undefined;
  readonly isDrained: boolean;
  readonly neighbours: ReadonlyMap<string, StoredNeighbour>;
}

export const NO_FACTS: Facts = { head: undefined, isDrained: false, neighbours: new Map() };

type FactsJson = Omit<Facts, "neighbours"> & { readonly neighbours: Record<string, StoredNeighbour> };

export function formatFacts({ head, isDrained, neighbours }: Facts): string {
  const json: FactsJson = { head, isDrained, neighbours: Object.fromEntries(neighbours) };
  return JSON.stringify(json);
}

export function parseFacts(text: string): Facts {
  const { head, isDrained, neighbours } = JSON.parse(text) as FactsJson;
  return { head, isDrained, neighbours: new Map(Object.entries(neighbours)) };
}
