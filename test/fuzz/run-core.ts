// The core's room from its first round to its last, with what it reached.
//
// The core is imported after the coverage began, or its blocks would not be counted.

import { Coverage } from "./coverage.ts";
import type { CoreFinding } from "./core-room.ts";

/** What is guided by coverage and told of in the end. */
const PARSERS = [
  "protocol/line",
  "protocol/line-assembler",
  "lib/utf8",
  "commands/command",
  "protocol/location",
  "protocol/time",
  "protocol/report",
  "protocol/frame",
];
const OTHERS = [
  "sessions/client-connections",
  "feeds/inbound-feed",
  "feeds/outbound-feed",
  "feeds/backlog",
  "store/pending-reports",
  "server/herd-server",
  "sessions/subscriptions",
  "sessions/subscriber",
  "lib/conflating-throttle",
];

export interface CoreOutcome {
  readonly cases: number;
  readonly kept: number;
  readonly seconds: number;
  readonly findings: readonly CoreFinding[];
  readonly blocks: ReturnType<Coverage["blocks"]>;
}

/** `onRound` hears how many cases are done, and how many findings there are. */
export async function runCore(
  seed: string,
  cases: number,
  onRound: (cases: number, findings: number) => void,
): Promise<CoreOutcome> {
  const coverage = new Coverage([...PARSERS, ...OTHERS].map((name) => `src/core/${name}.ts`));
  const { CoreRoom } = await import("./core-room.ts");
  const room = new CoreRoom(seed, coverage);
  const startMillis = performance.now();
  while (room.cases < cases) {
    room.round();
    onRound(room.cases, room.findings.length);
  }
  const seconds = (performance.now() - startMillis) / 1000;
  const blocks = coverage.blocks();
  coverage.end();
  return { cases: room.cases, kept: room.kept, seconds, findings: room.findings, blocks };
}
