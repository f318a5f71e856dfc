// The delay of commits, `limits.commitMillis`: how long a commit waits for others that share its row.
//
// The schema of the limits says whether this herd has the setting. If it has none, only a delay of 0 can be counted.

import { CommandFailure, EXIT } from "../../src/cli/terminal/failure.ts";
import { limitsSchema } from "../../src/core/config/limits-config.ts";
import type { Settings } from "./counted-load.ts";

const SETTING = "commitMillis";

export const HAS_COMMIT_DELAY = SETTING in limitsSchema.shape;

/** The settings with that delay. Throws if the herd cannot have it. */
export function withCommitMillis(settings: Settings, millis: number): Settings {
  if (HAS_COMMIT_DELAY) return { ...settings, limits: limitsSchema.parse({ ...settings.limits, [SETTING]: millis }) };
  if (millis === 0) return settings;
  throw new CommandFailure(
    EXIT.usage,
    `Cannot delay commits by ${millis} ms: this herd has no setting limits.${SETTING}`,
  );
}
