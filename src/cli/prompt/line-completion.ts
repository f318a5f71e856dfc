// What the Tab key offers at the prompt of `connect`: commands, clients that were named in this session, and the time. Keeps HC6.

import { readReport } from "../../client/client-report.ts";
import type { FieldKind } from "../../core/commands/command.ts";
import { COMMANDS } from "../../core/commands/table.ts";
import { fieldsOf } from "../../core/protocol/line.ts";
import { printable } from "../terminal/print.ts";

/** How many clients are remembered at most. A watch of all clients may last for days. */
const CLIENTS_MAX = 1000;

export class LineCompletion {
  /** In the order in which they were last named. */
  readonly #clients = new Set<string>();

  /** Remembers the client that a sent or received line names. */
  notice(line: string): void {
    const [command = "", named] = fieldsOf(line);
    const client =
      command === "AT" ? readReport(line)?.report.client : kindOf(command, 1)?.startsWith("client") ? named : undefined;
    // The terminal would obey the control characters of an id that is offered.
    if (client === undefined || client === "*" || printable(client) !== client) return;
    this.#clients.delete(client);
    this.#clients.add(client);
    const [oldest = ""] = this.#clients;
    if (this.#clients.size > CLIENTS_MAX) this.#clients.delete(oldest);
  }

  /** What may take the place of the line's last field, and that field, as Node's readline wants them. */
  complete(line: string): [string[], string] {
    // The white space of LN2, as a server sees it.
    const fields = line.split(/[ \t\r\f\v]+/);
    const last = fields.at(-1) ?? "";
    const offered = this.#offer(fields).filter((candidate) => candidate.startsWith(last) && candidate !== last);
    return [offered.map((candidate) => `${candidate} `), last];
  }

  #offer([command = "", ...others]: readonly string[]): readonly string[] {
    if (others.length === 0) return COMMANDS.map(({ name }) => name);
    const clients = [...this.#clients].toReversed();
    const kind = kindOf(command, others.length);
    if (kind === "client") return clients;
    if (kind === "client or *") return ["*", ...clients];
    return kind === "time" ? [(Date.now() / 1000).toFixed(3)] : [];
  }
}

/** What a command's field is, counted from 1. */
function kindOf(command: string, field: number): FieldKind | undefined {
  const { fields = [], option } = COMMANDS.find(({ name }) => name === command) ?? {};
  return field === fields.length + 1 ? option : fields[field - 1];
}
