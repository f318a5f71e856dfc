// The progress bar: on a terminal alone, so that what is written to a file or a pipe is the results.

import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** What is being done. */
  begin(what: string): void;
  /** One step of all is done. */
  step(): void;
  end(): void;
}

export function startProgress(steps: number): Progress {
  if (!process.stderr.isTTY) return { begin() {}, step() {}, end() {} };
  const bar = new SingleBar({ format: "{bar} {percentage}%  {duration_formatted}  {what}" }, Presets.shades_classic);
  bar.start(steps, 0, { what: "" });
  return {
    begin: (what) => bar.update({ what }),
    step: () => bar.increment(),
    end: () => bar.stop(),
  };
}
