// The settings of a connection: the defaults, and the names that they had before.

import { expect, test } from "vitest";
import { connect } from "../../src/client/herd.ts";
import { DEFAULT_SETTINGS, settingsOf } from "../../src/client/settings.ts";

test("[CL27] a setting with a former name is invalid, and the error names the new one", () => {
  // As a program says it that no compiler checks.
  const settings: object = { patienceSeconds: 10 };
  expect(() => connect({ url: "http://localhost:1", settings })).toThrow(
    expect.objectContaining({
      code: "invalid",
      message: "Cannot use settings.patienceSeconds: it is called settings.timeoutSeconds now",
    }),
  );
});

test("[CL22] a setting that is not given has its default", () => {
  expect(settingsOf({ timeoutSeconds: 1 })).toEqual({ ...DEFAULT_SETTINGS, timeoutSeconds: 1 });
});
