// The progress bar. It is shown on a terminal only, so a file or a pipe gets the results alone.

import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** Names what is being measured. */
  begin(what: string): void;
  /** One step is done. */
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
