// A neighbour that the test plays, at both ends of its two feeds.
//
// The server dials it and sends it frames (`DialledLink`: syncs, acks, hears frames), and it dials the server and sends
// frames itself (`FeedLink`). The words of the feed are spelled out here, not taken from the code that is tested.

import type { ConnectionId } from "../../src/core/protocol/connection.ts";
import { expect } from "vitest";

import type { ResumedConnection } from "../../src/core/contract/events.ts";
import type { Hello } from "../../src/core/protocol/frame.ts";
import { ScriptedConnection, type Harness } from "./scripted-connections.ts";

function frame(epoch: string, lines: readonly string[], from: number, to: number): string {
  return [...lines, `SEQ ${epoch} ${from} ${to}`].map((line) => `${line}\n`).join("");
}

export class ScriptedNeighbour {
  readonly name: string;
  /** Names its present life. */
  incarnation: string;
  /** Names its numbering. */
  epoch: string;
  readonly #harness: Harness;
  #dials: DialledLink[] = [];

  constructor(harness: Harness, name: string) {
    this.#harness = harness;
    this.name = name;
    this.incarnation = `${name}-run`;
    this.epoch = `${name}-epoch`;
  }

  /** The server has dialled it, once. */
  expectDial(): DialledLink {
    const [link, ...others] = this.#dials;
    this.#dials = [];
    if (link === undefined) throw new Error(`Expected a dial of ${this.name}`);
    expect(others).toEqual([]);
    return link;
  }

  expectNoDial(): void {
    expect(this.#dials.map(({ hello }) => hello)).toEqual([]);
  }

  /** Takes the link that the server has dialled, and says how far it has come. */
  answersDial(seq = 0): DialledLink {
    const link = this.expectDial();
    link.syncs(seq);
    return link;
  }

  /** Dials the server. */
  dials(hello: Partial<Hello> = {}): FeedLink {
    const { name, epoch, incarnation } = this;
    const link = new FeedLink(this.#harness, this.#harness.server.newConnection(), {
      version: 1,
      name,
      epoch,
      incarnation,
      features: [],
      ...hello,
    });
    this.#harness.adopt(link);
    this.#harness.arrive({ type: "dialled by", connection: link.id, hello: link.hello });
    return link;
  }

  /** Both feeds are up: it dials and is told its cursor, and answers the server's dial. */
  meets({ cursor = 0, seq = 0 } = {}): { readonly feed: FeedLink; readonly link: DialledLink } {
    const feed = this.dials();
    feed.hearsSync(cursor);
    return { feed, link: this.answersDial(seq) };
  }

  beDialled(connection: ConnectionId, hello: Hello): void {
    const link = new DialledLink(this.#harness, connection, hello, this);
    this.#harness.adopt(link);
    this.#dials.push(link);
  }

  forgetDials(): void {
    this.#dials = [];
  }
}

/** Either direction of a link. */
abstract class Link extends ScriptedConnection {
  says(data: string | Uint8Array): void {
    this.harness.arrive({ type: "frame", connection: this.id, data });
  }
}

/** A link that the server dialled: the neighbour hears frames on it. */
class DialledLink extends Link {
  readonly hello: Hello;
  readonly #neighbour: ScriptedNeighbour;

  constructor(harness: Harness, id: ConnectionId, hello: Hello, neighbour: ScriptedNeighbour) {
    super(harness, id);
    this.hello = hello;
    this.#neighbour = neighbour;
  }

  resumedAs(): ResumedConnection {
    throw new Error("A dialled socket cannot hibernate");
  }

  /** As today's servers do, or as one without features. */
  syncs(seq: number, incarnation = this.#neighbour.incarnation, features = " features=got,fields,counts"): void {
    this.says(`SYNC ${this.hello.epoch} ${seq} ${incarnation}${features}\n`);
  }

  acks(to: number): void {
    this.says(`ACK ${to}\n`);
  }

  /** A receipt of several frames. */
  receipts(word: "GOT" | "ACK", to: number, frames: number): void {
    this.says(`${word} ${to} ${frames}\n`);
  }

  hearsFrame(lines: readonly string[], from: number, to: number): void {
    this.hears(frame(this.hello.epoch, lines, from, to));
  }

  /** Hears one frame and acknowledges it. */
  takesFrame(lines: readonly string[], from: number, to: number): void {
    this.hearsFrame(lines, from, to);
    this.acks(to);
  }
}

/** A link that the neighbour dialled: it sends frames on it. */
export class FeedLink extends Link {
  readonly hello: Hello;

  constructor(harness: Harness, id: ConnectionId, hello: Hello) {
    super(harness, id);
    this.hello = hello;
  }

  resumedAs(): ResumedConnection {
    return { type: "neighbour", connection: this.id, hello: this.hello };
  }

  sends(lines: readonly string[], from: number, to: number): void {
    this.says(frame(this.hello.epoch, lines, from, to));
  }

  hearsSync(seq: number): void {
    const features = this.hello.features.includes("fields") ? " features=got,fields,counts" : "";
    this.hears(`SYNC ${this.hello.epoch} ${seq} ${this.harness.server.incarnation}${features}\n`);
  }

  hearsAck(to: number): void {
    this.hears(`ACK ${to}\n`);
  }
}
