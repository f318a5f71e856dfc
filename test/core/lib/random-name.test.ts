import { expect, test } from "vitest";

import { randomName } from "../../../src/core/lib/random-name.ts";

test("[CU8] [CU10] a random name fits a feed's words: letters and digits, at least one", () => {
  for (const random of [0, 1 - Number.EPSILON, 0.5, 2 ** -52]) expect(randomName(() => random)).toMatch(/^[0-9a-z]+$/);
});
