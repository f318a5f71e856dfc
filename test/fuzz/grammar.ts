// What is said to servers: valid lines and frames, and what becomes of them in the hands of somebody careless or hostile.
//
// Two thirds are valid or nearly so, else nothing behind the first check would ever be reached. A line is a text of
// characters, unpaired surrogates among them; where bytes are sent, they are held as text of one character a byte.
// `EPOCH` and `TO` stand for what only the run knows: the epoch of the link that it is said on, and its last frame.

import type { FieldKind } from "../../src/core/commands/command.ts";
import { COMMANDS } from "../../src/core/commands/table.ts";
import type { Random } from "../sim/random.ts";
import { BYTES, LINE_ENDS, LOCATIONS, NUMBERS, SPACES, WORDS } from "./dictionary.ts";

/** POSIX seconds at which every session begins. */
export const START_SECONDS = 1_700_000_000;

/** More than a message may have; else what is kept and repeated, and kept again, would grow without end. */
const BYTES_MAX = 70_000;

export class Grammar {
  readonly random: Random;
  readonly #corpus: readonly string[];

  /** `corpus`: bytes that were worth keeping, each again the start of something new. */
  constructor(random: Random, corpus: readonly string[] = []) {
    this.random = random;
    this.#corpus = corpus;
  }

  /** Lines of a client, as text. */
  message(): string {
    if (this.random.chance(0.06)) return this.blanks();
    if (this.random.chance(0.01)) return this.crowd();
    const count = this.random.pick([1, 1, 1, 1, 2, 3, 8]);
    return this.#joined(this.#times(count, () => (this.random.chance(0.7) ? this.line() : this.#damaged(this.line()))));
  }

  /** The same as bytes, which need not be UTF-8. */
  bytes(): string {
    const { random } = this;
    const kept = this.#corpus.length > 0 && random.chance(0.3) ? random.pick(this.#corpus) : undefined;
    let bytes = kept ?? bytesOfText(this.message());
    for (let times = random.pick([0, 0, 1, 1, 2, 4]); times > 0; times--) bytes = this.#damagedBytes(bytes);
    const repeated = random.chance(0.005) ? bytes.repeat(random.integer(2, 200)) : bytes;
    return repeated.slice(0, BYTES_MAX);
  }

  /** Nothing, or as good as nothing: empty lines, white space, and sometimes a real line among them. */
  blanks(): string {
    const { random } = this;
    const blank = random.pick(["", "", " ", "\t\r", "\r", " \f\v "]);
    const blanks = () => `${blank}\n`.repeat(random.pick([0, 1, 1, 2, 40, 1100]));
    if (random.chance(0.02)) return `${blank}\n`.repeat(random.pick([20_000, 65_536]));
    return random.chance(0.6) ? blanks() : `${blanks()}${this.line()}\n${blanks()}`;
  }

  /** Questions about a client, one or more at once. */
  question(): string {
    return `WHATSAT ${this.#client()} ${this.#radius()} ${this.#items()}\n`.repeat(this.random.pick([1, 1, 2, 9]));
  }

  /** Many answers that wait for an answer before them: places, or what is copied back. */
  crowd(): string {
    const { random } = this;
    const client = this.#client();
    const question = `WHATSAT ${client} 1 20\n`;
    const crowd = random.chance(0.5) ? question.repeat(40) : `${"x".repeat(60)}\n`.repeat(1_050);
    return `IAMAT ${client} +1-1 ${START_SECONDS - 60}\n${question}${crowd}`;
  }

  /** A report of a client that was most likely never heard of. */
  newClient(): string {
    const { random } = this;
    const lines = this.#times(random.pick([1, 1, 3]), () =>
      this.#fields("IAMAT", `n${random.integer(0, 999_999)}`, this.#location(), this.#time()),
    );
    return this.#joined(lines);
  }

  line(): string {
    const draw = this.random.next();
    if (draw < 0.4) return this.#command("IAMAT");
    if (draw < 0.8) return this.#command(this.random.pick(COMMANDS).name);
    return draw < 0.9 ? this.at() : this.#token();
  }

  #command(name: string): string {
    const { fields = [], option } = COMMANDS.find((command) => command.name === name) ?? {};
    const kinds = option !== undefined && this.random.chance(0.4) ? [...fields, option] : fields;
    return this.#fields(name, ...kinds.map((kind) => this.#field(kind)));
  }

  #field(kind: FieldKind): string {
    switch (kind) {
      case "client":
        return this.#client();
      case "client or *":
        return this.#watched();
      case "location":
        return this.#location();
      case "time":
        return this.random.chance(0.15) ? "now" : this.#time();
      case "radius":
        return this.#radius();
      case "items":
        return this.#items();
      case "seconds":
        return this.#seconds();
      default:
        return kind satisfies never;
    }
  }

  at(): string {
    const skew = this.random.chance(0.9) ? `+${this.random.integer(0, 99)}.000000001` : this.#token();
    const extensions = this.random.chance(0.2) ? this.#extensions() : [];
    return this.#fields("AT", this.#server(), skew, this.#client(), this.#location(), this.#time(), ...extensions);
  }

  #extensions(): string[] {
    const { random } = this;
    const key = () => (random.chance(0.8) ? random.pick(["a", "b", "accuracy", "x-2"]) : this.#token());
    if (random.chance(0.3)) return [`forgot=${START_SECONDS + random.integer(-50, 100)}.${this.#forgotDigits()}`];
    const value = () => (random.chance(0.8) ? random.pick(["1", "a=b", "\u{1f411}"]) : this.#token());
    return this.#times(random.pick([1, 1, 2, 17]), () => `${key()}=${value()}`);
  }

  #forgotDigits(): string {
    return this.random.pick(["000000000", "000000000", "999999999", "5"]);
  }

  /** A message on a feed that a neighbour dialled. */
  frame(): string {
    const lines = this.#times(this.random.pick([0, 1, 1, 2, 5]), () =>
      this.random.chance(0.9) ? this.at() : this.#damaged(this.at()),
    );
    const epoch = this.random.chance(0.9) ? "EPOCH" : this.#token();
    const seq = `SEQ ${epoch} ${this.#from()} ${this.#seq()}`;
    const message = [...lines, seq].map((line) => `${line}\n`).join("");
    return this.random.chance(0.8) ? message : this.#damaged(message);
  }

  /** What a neighbour says on a link that it was dialled on. */
  receipt(): string {
    const draw = this.random.next();
    const features = this.random.chance(0.5) ? "" : ` ${this.#extensions().join(" ")} features=got,fields,counts`;
    if (draw < 0.3) return `SYNC EPOCH ${this.#seq()} ${this.run()}${features}\n`;
    if (draw < 0.35) return this.absurdSync();
    const frames = this.random.chance(0.5) ? "" : ` ${this.random.pick([1, 1, 2, 3, 0, 999_999_999])}`;
    if (draw < 0.55) return `ACK TO${frames}\n`;
    if (draw < 0.75) return `GOT TO${frames}\n`;
    const receipts = [`SYNC EPOCH 0 ${this.run()}\n`, `ACK TO${frames}\n`, `GOT TO${frames}\n`];
    return this.#damaged(this.random.pick([...receipts, this.frame()]));
  }

  /** An answer to a dial with a number that was never given, or with another epoch. */
  absurdSync(): string {
    const { random } = this;
    const seq = random.pick(["31", "1000000", "9007199254740991", "9007199254740992", "9".repeat(20), this.#seq()]);
    const epoch = random.chance(0.8) ? "EPOCH" : random.pick(["e1", "e2", this.#token()]);
    return `SYNC ${epoch} ${seq} ${this.run()}\n`;
  }

  run(): string {
    return `run${this.random.integer(1, 2)}`;
  }

  /** A word, a number, or white space. */
  #token(): string {
    return this.random.pick(this.random.pick([WORDS, NUMBERS, LOCATIONS, SPACES]));
  }

  text(): string {
    return this.#times(this.random.integer(0, 6), () => this.#token()).join("");
  }

  #client(): string {
    const draw = this.random.next();
    if (draw < 0.75) return `c${this.random.integer(0, 5)}`;
    return draw < 0.97 ? this.#token() : "\u{1f411}".repeat(this.random.integer(62, 66));
  }

  #watched(): string {
    return this.random.chance(0.3) ? "*" : this.#client();
  }

  #server(): string {
    return this.random.chance(0.9) ? this.random.pick(["Powell", "Bolden", "Parker"]) : this.#token();
  }

  #location(): string {
    return this.random.chance(0.6) ? "+34.068930-118.445127" : this.random.pick(LOCATIONS);
  }

  #time(): string {
    const { random } = this;
    const draw = random.next();
    if (draw < 0.6) return String(START_SECONDS + random.integer(-50, 100));
    if (draw < 0.8) return `${START_SECONDS + random.integer(-1, 1)}.${random.integer(0, 999)}`;
    if (draw < 0.87) return String(START_SECONDS + 3600 + random.integer(-1, 61));
    if (draw < 0.89) return String(START_SECONDS - 30 + random.integer(-1, 61));
    if (draw < 0.92) return `${START_SECONDS + 86_400 + random.integer(-2, 90)}${random.pick(["", ".5"])}`;
    return random.pick(NUMBERS);
  }

  #radius(): string {
    return this.random.chance(0.7) ? String(this.random.integer(1, 50)) : this.random.pick(NUMBERS);
  }

  #items(): string {
    return this.random.chance(0.7) ? String(this.random.integer(1, 20)) : this.random.pick(NUMBERS);
  }

  #seconds(): string {
    const draw = this.random.next();
    if (draw < 0.7) return String(this.random.integer(1, 30));
    return draw < 0.85
      ? this.random.pick(["0", "01", "604800", "604801", "2073600", "1e1"])
      : this.random.pick(NUMBERS);
  }

  #from(): string {
    return this.random.chance(0.8) ? "0" : this.#seq();
  }

  #seq(): string {
    return this.random.chance(0.9) ? String(this.random.integer(0, 30)) : this.random.pick(NUMBERS);
  }

  #fields(...fields: readonly string[]): string {
    const { random } = this;
    const drawn = random.chance(0.95) ? fields : this.#misplaced(fields);
    return drawn.join(random.chance(0.9) ? " " : random.pick(SPACES));
  }

  /** A field too many, too few, or in another's place. */
  #misplaced(fields: readonly string[]): string[] {
    const index = this.random.integer(0, fields.length - 1);
    const field = fields[index] ?? "";
    return this.random.pick([
      fields.toSpliced(index, 1),
      fields.toSpliced(index, 0, field),
      fields.with(index, this.#token()),
      [...fields, this.#token()],
    ]);
  }

  #damaged(text: string): string {
    const { random } = this;
    const at = random.integer(0, text.length);
    switch (random.integer(0, 6)) {
      case 0:
        return text.slice(0, at);
      case 1:
        return text.slice(at);
      case 2:
        return text.slice(0, at) + this.#token() + text.slice(at);
      case 3:
        return text.slice(0, at) + String.fromCharCode(random.integer(0, 0xffff)) + text.slice(at + 1);
      case 4:
        return text.slice(0, at) + this.#token() + text.slice(at + random.integer(1, 8));
      case 5:
        return text + text.slice(at).repeat(random.pick([1, 1, 30]));
      default:
        return text.slice(0, at) + random.pick(WORDS).repeat(random.pick([2, 2, 30, 30, 300])) + text.slice(at);
    }
  }

  #damagedBytes(bytes: string): string {
    const { random } = this;
    const at = random.integer(0, bytes.length);
    const odd = String.fromCharCode(random.integer(0, 255));
    switch (random.integer(0, 6)) {
      case 0:
        return bytes.slice(0, at) + odd + bytes.slice(at + 1);
      case 1:
        return (
          bytes.slice(0, at) +
          String.fromCharCode(bytes.charCodeAt(at) ^ (1 << random.integer(0, 7))) +
          bytes.slice(at + 1)
        );
      case 2:
        return bytes.slice(0, at) + random.pick(BYTES) + bytes.slice(at);
      case 3:
        return bytes.slice(0, at) + bytes.slice(at + random.integer(1, 20));
      case 4:
        return bytes.slice(0, at) + bytesOfText(this.#token()) + bytes.slice(at);
      case 5: {
        const other = this.#corpus.length > 0 ? random.pick(this.#corpus) : bytesOfText(this.line());
        return bytes.slice(0, at) + other.slice(random.integer(0, other.length));
      }
      default:
        return bytes.slice(0, at) + random.pick(BYTES).repeat(random.pick([2, 2, 70, 1100])) + bytes.slice(at);
    }
  }

  #joined(lines: readonly string[]): string {
    return lines.map((line) => line + (this.random.chance(0.8) ? "\n" : this.random.pick(LINE_ENDS))).join("");
  }

  #times<Value>(count: number, make: () => Value): Value[] {
    return Array.from({ length: count }, make);
  }
}

/** A text's bytes in UTF-8, one character a byte. */
export function bytesOfText(text: string): string {
  return Buffer.from(text).toString("latin1");
}
