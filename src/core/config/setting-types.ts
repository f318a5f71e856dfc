// The kinds of values that settings of several sections have.

import * as z from "zod";

/** Counts are bounded so that sums of them stay exact, times so that a timer can wait for them: 2^31 ms, 24 days. */
export const count = (minimum: number, maximum = 1_000_000_000) => z.int().min(minimum).max(maximum);
export const seconds = z.number().positive().max(86_400);
export const webAddress = z.url({ protocol: /^https?$/ });
