// Finds the page of a client. It keeps the one that it found last.
//
// Reading a page costs ten times what the search on it does (measured 2026-11-27 in workerd). Clients that are asked for in their order,
// as a neighbour's scan of its table brings them, are on one page many times in a row. Where a page ends is asked for
// once it was found twice in a row, so clients in no order cost no more.

import { compareUtf8 } from "../lib/utf8.ts";
import type { Rows } from "./rows.ts";

/** Before there is any page, all clients are on an empty one. */
const NO_PAGE = { first: "", records: "" };

export class PageLookup {
  readonly #rows: Pick<Rows, "pageOf" | "firstAbove">;
  #first: string | undefined;
  #records = "";
  /** The first client of the next page; `undefined` if there is none, null if that is not known. */
  #end: string | undefined | null = null;

  constructor(rows: Pick<Rows, "pageOf" | "firstAbove">) {
    this.#rows = rows;
  }

  /** The records of the page that has this client, or would have it. */
  recordsOf(client: string): string {
    if (this.#has(client)) return this.#records;
    const { first, records } = this.#rows.pageOf(client) ?? NO_PAGE;
    this.#end = first === this.#first ? this.#rows.firstAbove(client) : null;
    this.#first = first;
    this.#records = records;
    return records;
  }

  /** Pages were written. */
  forget(): void {
    this.#first = undefined;
    this.#records = "";
    this.#end = null;
  }

  #has(client: string): boolean {
    if (this.#first === undefined || this.#end === null || compareUtf8(client, this.#first) < 0) return false;
    return this.#end === undefined || compareUtf8(client, this.#end) < 0;
  }
}
