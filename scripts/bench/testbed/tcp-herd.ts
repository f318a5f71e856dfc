// A herd that takes lines over TCP, with what can happen to one: a server is away for a while, and the power fails.
//
// The paper's herd in plain Node and this herd have the same verbs, so one measurement serves both.

/** A server, and the servers that it is linked to. */
export interface Link {
  readonly name: string;
  readonly neighbours: readonly string[];
}

export interface TcpHerd {
  tcpPort(server: string): number;
  /** Takes one server away for a while. A plain server's process ends; a server of this herd is drained. */
  takeAway(server: string): Promise<void>;
  bringBack(server: string): Promise<void>;
  /** Kills every process at once, and starts all of them again. */
  cutPower(): Promise<void>;
  end(): Promise<void>;
}
