// Where all clients are, in flat arrays: ten thousand of them move in every frame.
//
// Each client glides from where it was drawn to where it was reported, for as long as it took since its last report: so one
// that reports each second moves as smoothly as one that reports every ten. A report counts only if it supersedes the one
// held, as at every server (RP6, RP11), and was heard after its client was forgotten (FG5). Positions are those of the map's plane, since drawing needs them more often than
// anything else: whoever changes the plane places everybody anew. Keeps PG2, PG8, PG13 and
// PG20.

import {
  isForgottenLater,
  isHeardAfter,
  isNewerReport,
  type ClientForgotten,
  type ReadReport,
} from "../../client/client-report.ts";

/** A report that the page was told. */
export type SeenReport = ReadReport;

/** Where a place lies on the map; `undefined` if the map does not show it. */
export type ToPlane = (longitude: number, latitude: number) => readonly [number, number] | undefined;

/** A client that was not heard for so long is drawn faded: what reports at times does so more often. */
const STALE_SECONDS = 600;

const CAPACITY_MIN = 1024;
/** Clients remembered at most that were forgotten: a server that is behind tells of them for seconds, or as long as it was away. */
const FORGOTTEN_MAX = 10_000;
/** Of the first report, and of one that comes back after a while: a short way to show that it moved. */
const GLIDE_MILLIS = { first: 0, min: 250, max: 12_000 } as const;
/** A way that is longer than this part of the map's width goes around the back of the world: nobody is seen to glide it. */
const JUMP_SHARE = 0.4;

export class ClientTable {
  readonly #indexes = new Map<string, number>();
  readonly #reports: SeenReport[] = [];
  /** By client, the first to be forgotten first. */
  readonly #forgotten = new Map<string, ClientForgotten>();
  #toPlane: ToPlane = () => undefined;
  #jump = Infinity;
  count = 0;
  /** When the last of them arrives where it was reported. Milliseconds of the page's clock. */
  movesUntil = 0;
  /** Where each was drawn when it was last reported, where it goes, and when that began and ends. */
  fromX = new Float32Array(CAPACITY_MIN);
  fromY = new Float32Array(CAPACITY_MIN);
  toX = new Float32Array(CAPACITY_MIN);
  toY = new Float32Array(CAPACITY_MIN);
  /** Milliseconds of the page's clock. */
  begins = new Float64Array(CAPACITY_MIN);
  ends = new Float64Array(CAPACITY_MIN);
  /** Which server heard of it: a number of the palette. */
  tones = new Uint8Array(CAPACITY_MIN);
  /** 1 for each that was not heard for long: it is drawn faded. */
  stale = new Uint8Array(CAPACITY_MIN);

  /** Takes a report that supersedes what is held; says whether it did. `line` may be one that is known. */
  take(report: SeenReport, tone: number, nowMillis: number): boolean {
    const known = this.#indexes.get(report.report.client);
    const held = known === undefined ? undefined : this.#reports[known];
    if (this.isForgotten(report)) return false;
    if (held !== undefined && !isNewerReport(report, held)) return false;
    const index = known ?? this.#add(report.report.client);
    const x = this.xAt(index, nowMillis);
    const y = this.yAt(index, nowMillis);
    this.#reports[index] = report;
    this.tones[index] = tone;
    this.stale[index] = 0;
    this.#aim(index, report);
    const isJump = known === undefined || Math.abs((this.toX[index] ?? 0) - x) > this.#jump || Number.isNaN(x);
    const sinceLast = nowMillis - (this.begins[index] ?? 0);
    this.fromX[index] = isJump ? (this.toX[index] ?? 0) : x;
    this.fromY[index] = isJump ? (this.toY[index] ?? 0) : y;
    this.begins[index] = nowMillis;
    this.ends[index] = nowMillis + (isJump ? 0 : Math.min(GLIDE_MILLIS.max, Math.max(GLIDE_MILLIS.min, sinceLast)));
    this.movesUntil = Math.max(this.movesUntil, this.ends[index] ?? 0);
    return true;
  }

  /** Looks who was not heard for long; says whether that has changed of anybody. */
  fade(ageSecondsOf: (report: SeenReport["report"]) => number): boolean {
    let isChanged = false;
    for (const [index, { report }] of this.#reports.entries()) {
      const stale = ageSecondsOf(report) >= STALE_SECONDS ? 1 : 0;
      isChanged ||= stale !== this.stale[index];
      this.stale[index] = stale;
    }
    return isChanged;
  }

  /** A server told that the client was forgotten; says whether that was news. It is gone, unless it was heard after that. */
  forget(forgotten: ClientForgotten): boolean {
    const { client } = forgotten;
    const before = this.#forgotten.get(client);
    if (before !== undefined && !isForgottenLater(forgotten, before)) return false;
    this.#forgotten.delete(client);
    this.#forgotten.set(client, forgotten);
    const [oldest = ""] = this.#forgotten.keys();
    if (this.#forgotten.size > FORGOTTEN_MAX) this.#forgotten.delete(oldest);
    const index = this.#indexes.get(client);
    const held = index === undefined ? undefined : this.#reports[index];
    if (index !== undefined && held !== undefined && this.isForgotten(held)) this.#remove(index);
    return true;
  }

  /** Whether the report was heard before its client was forgotten. */
  isForgotten({ report }: SeenReport): boolean {
    const forgotten = this.#forgotten.get(report.client);
    return forgotten !== undefined && !isHeardAfter(report, forgotten);
  }

  reportOf(client: string): SeenReport | undefined {
    const index = this.#indexes.get(client);
    return index === undefined ? undefined : this.#reports[index];
  }

  /** Where it is drawn. NaN for one that the map does not show. */
  xAt(index: number, nowMillis: number): number {
    return between(this.fromX, this.toX, index, this.#share(index, nowMillis));
  }

  yAt(index: number, nowMillis: number): number {
    return between(this.fromY, this.toY, index, this.#share(index, nowMillis));
  }

  placeOf(client: string, nowMillis: number): readonly [number, number] | undefined {
    const index = this.#indexes.get(client);
    if (index === undefined) return undefined;
    const x = this.xAt(index, nowMillis);
    return Number.isNaN(x) ? undefined : [x, this.yAt(index, nowMillis)];
  }

  /** The report of the client nearest to a point of the plane, within so many units of it. */
  nearest(x: number, y: number, reach: number, nowMillis: number): SeenReport | undefined {
    let nearest = -1;
    let least = reach;
    for (let index = 0; index < this.count; index++) {
      const distance = Math.hypot(this.xAt(index, nowMillis) - x, this.yAt(index, nowMillis) - y);
      if (distance > least) continue;
      if (Number.isNaN(distance)) continue;
      least = distance;
      nearest = index;
    }
    return this.#reports[nearest];
  }

  /** The ids that hold the text, at most so many. */
  search(text: string, most: number): string[] {
    const found: string[] = [];
    for (const client of this.#indexes.keys()) {
      if (!client.includes(text)) continue;
      if (found.push(client) === most) break;
    }
    return found;
  }

  /** The map has another plane: everybody stands at once where they were reported. */
  place(toPlane: ToPlane, width: number): void {
    this.#toPlane = toPlane;
    this.#jump = width * JUMP_SHARE;
    for (const [index, report] of this.#reports.entries()) {
      this.#aim(index, report);
      this.fromX[index] = this.toX[index] ?? Number.NaN;
      this.fromY[index] = this.toY[index] ?? Number.NaN;
    }
  }

  #aim(index: number, { report }: SeenReport): void {
    const { longitude, latitude } = report.location;
    const [x, y] = this.#toPlane(longitude, latitude) ?? [Number.NaN, Number.NaN];
    this.toX[index] = x;
    this.toY[index] = y;
  }

  #share(index: number, nowMillis: number): number {
    const begins = this.begins[index] ?? 0;
    const ends = this.ends[index] ?? 0;
    return nowMillis >= ends ? 1 : (nowMillis - begins) / (ends - begins);
  }

  #add(client: string): number {
    const index = this.count++;
    if (index === this.tones.length) this.#grow();
    this.#indexes.set(client, index);
    return index;
  }

  /** The last one takes its place. */
  #remove(index: number): void {
    const removed = this.#reports[index];
    const last = this.#reports.pop();
    if (removed === undefined || last === undefined) return;
    this.#indexes.delete(removed.report.client);
    this.count--;
    if (last === removed) return;
    this.#reports[index] = last;
    this.#indexes.set(last.report.client, index);
    const lists = [this.fromX, this.fromY, this.toX, this.toY, this.begins, this.ends, this.tones, this.stale];
    for (const list of lists) list[index] = list[this.count] ?? 0;
  }

  #grow(): void {
    const capacity = this.tones.length * 2;
    this.fromX = grown(new Float32Array(capacity), this.fromX);
    this.fromY = grown(new Float32Array(capacity), this.fromY);
    this.toX = grown(new Float32Array(capacity), this.toX);
    this.toY = grown(new Float32Array(capacity), this.toY);
    this.begins = grown(new Float64Array(capacity), this.begins);
    this.ends = grown(new Float64Array(capacity), this.ends);
    this.tones = grown(new Uint8Array(capacity), this.tones);
    this.stale = grown(new Uint8Array(capacity), this.stale);
  }
}

function between(from: Float32Array, to: Float32Array, index: number, share: number): number {
  const start = from[index] ?? Number.NaN;
  return start + ((to[index] ?? Number.NaN) - start) * share;
}

function grown<List extends Float32Array | Float64Array | Uint8Array>(larger: List, list: List): List {
  larger.set(list);
  return larger;
}
