// The page's own connections for what somebody says here: one a server, made when it is first needed.
//
// Reports and questions go through the client library, which repeats them if a connection breaks. Typed lines go as they
// are, over a connection of their own, or their answers would be taken for those of a question. The lines of both are what
// the console shows. A server that goes out of service is let go. Keeps PG5.

import { connect, type Herd } from "../../client/herd.ts";
import { LineConnection } from "../../client/line-connection.ts";
import type { HerdView, ServerView } from "../model/herd-view.ts";
import type { Session } from "./session.ts";

export type HearLine = (server: string, direction: "sent" | "received", text: string) => void;

/** A call that somebody waits for is told of soon: whoever looks at the page sees the server's state. */
const SETTINGS = { timeoutSeconds: 8 } as const;

export class Speakers {
  readonly #session: Session;
  readonly #hear: HearLine;
  readonly #herds = new Map<string, Herd>();
  #typed: { readonly server: string; readonly connection: LineConnection } | undefined;

  constructor(session: Session, hear: HearLine) {
    this.#session = session;
    this.#hear = hear;
  }

  /** For reports to that server, and questions. */
  at({ name, url }: ServerView): Herd {
    const known = this.#herds.get(name);
    if (known !== undefined) return known;
    const herd = connect({ ...this.#address(name, url), settings: SETTINGS });
    herd.addEventListener("line", ({ direction, text }) => this.#hear(name, direction, text));
    // One that is closed for good, as by a token that is refused, would answer nothing ever after.
    herd.addEventListener("connection", ({ state }) => {
      if (state === "closed" && this.#herds.get(name) === herd) this.#herds.delete(name);
    });
    this.#herds.set(name, herd);
    return herd;
  }

  /** Sends a line as it is. Rejects if there is no connection in time. */
  async type({ name, url }: ServerView, line: string): Promise<void> {
    const connection = this.#typedTo(name, url);
    await opened(connection, SETTINGS.timeoutSeconds * 1000);
    connection.send(line);
  }

  update({ servers }: HerdView): void {
    for (const { name, service } of servers) if (service === "out of service") this.close(name);
  }

  /** There is another token. */
  restart(): void {
    for (const name of [...this.#herds.keys(), this.#typed?.server ?? ""]) this.close(name);
  }

  close(name: string): void {
    const herd = this.#herds.get(name);
    this.#herds.delete(name);
    void herd?.close();
    if (this.#typed?.server !== name) return;
    this.#typed.connection.close();
    this.#typed = undefined;
  }

  #typedTo(name: string, url: string | undefined): LineConnection {
    if (this.#typed?.server === name && this.#typed.connection.failure === undefined) return this.#typed.connection;
    this.#typed?.connection.close();
    const connection = new LineConnection({ ...this.#address(name, url), unknown: "reject" });
    connection.addEventListener("line", ({ direction, text }) => this.#hear(name, direction, text));
    this.#typed = { server: name, connection };
    return connection;
  }

  #address(server: string, url: string | undefined) {
    return { url: url ?? this.#session.url, server, token: this.#session.token };
  }
}

async function opened(connection: LineConnection, millis: number): Promise<void> {
  if (connection.standing.state === "open") return;
  const signal = AbortSignal.timeout(millis);
  await new Promise<void>((resolve, reject) => {
    connection.addEventListener(
      "state",
      ({ state, reason }) => {
        if (state === "open") resolve();
        if (state === "closed") reject(new Error(reason));
      },
      { signal },
    );
    signal.addEventListener("abort", () => reject(new Error("The server does not answer")));
  });
}
