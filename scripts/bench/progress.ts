// The progress bar: on a terminal alone, so that what is written to a file or a pipe is the results.

import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** One step of all is done; `what` is the subject. */
  step(what: string): void;
  end(): void;
}

export function startProgress(steps: number): Progress {
  if (!process.stderr.isTTY) return { step() {}, end() {} };
  const bar = new SingleBar({ format: "{bar} {percentage}%  {duration_formatted}  {what}" }, Presets.shades_classic);
  bar.start(steps, 0, { what: "" });
  return {
    step: (what) => bar.increment(1, { what }),
    end: () => bar.stop(),
  };
}
