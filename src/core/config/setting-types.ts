// The kinds of values that settings of several sections have.

import * as z from "zod";

/** A count has a greatest value so that sums of counts stay exact. */
export const count = (minimum: number, maximum = 1_000_000_000) => z.int().min(minimum).max(maximum);

/** Bytes of a server's storage: the platform has room for 10 GB. */
export const storageBytes = z.int().min(65_536).max(1_000_000_000_000);

/** A time is at most a day: a timer can wait for 2^31 ms at most, which is 24 days. */
export const seconds = z.number().positive().max(86_400);

export const webAddress = z.url({ protocol: /^https?$/ });
