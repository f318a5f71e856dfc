// The delay of commits, `limits.commitMillis`: how long a commit waits for others that share its row.
//
// The schema of the limits says whether this herd has the setting. If it has none, only a delay of 0 can be counted.

import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import { limitsSchema } from "../../src/core/config/limits-config.ts";
import type { Load } from "./counted-load.ts";

const SETTING = "commitMillis";

export const HAS_COMMIT_DELAY = SETTING in limitsSchema.shape;

/** The limits with that delay. Throws if the herd cannot have it. */
export function withCommitMillis(limits: Load["limits"], millis: number): Load["limits"] {
  if (HAS_COMMIT_DELAY) return limitsSchema.parse({ ...limits, [SETTING]: millis });
  if (millis === 0) return limits;
  throw new CommandFailure(
    EXIT.usage,
    `Cannot delay commits by ${millis} ms: this herd has no setting limits.${SETTING}`,
  );
}
