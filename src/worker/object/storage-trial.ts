// Tries whether an object's storage takes writes, where a failure does not end the object.
//
// The trial writes to a facet: a part of the object with a database of its own beside the object's, on the same disk. A write
// that is refused there ends the facet alone. Facts, 2026-11-27 (workerd 1.20261117): the object goes on then, and a deleted
// facet leaves no file but a list of names. Keeps ST5.

import { DurableObject } from "cloudflare:workers";

/** Some thousand reports: with less room, the next refusal would be near. All servers on a disk may try at once. */
const TRIAL_BYTES = 1_048_576;

const TRIAL_MILLIS_MAX = 10_000;

const NAME = "storage-trial";

/** The class of the facet. It is never an object by itself. */
export class StorageTrial extends DurableObject {
  async write(): Promise<void> {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS trial (bytes BLOB)");
    sql.exec("INSERT INTO trial VALUES (zeroblob(?))", TRIAL_BYTES);
    await this.ctx.storage.sync();
  }
}

interface TrialExports {
  readonly StorageTrial?: FacetStartupOptions<StorageTrial>["class"];
}

/**
 * Why the storage takes no writes; `undefined` if it does. Where no facet can be made, as in tests of the Worker, it is said to: the
 * object's own next commit then is the trial, at the price of its end.
 */
export async function tryStorage({ facets, exports }: DurableObjectState): Promise<string | undefined> {
  const { StorageTrial: trialClass } = exports as TrialExports;
  if (trialClass === undefined) return undefined;
  try {
    const trial = facets.get<StorageTrial>(NAME, () => ({ class: trialClass }));
    const late = scheduler.wait(TRIAL_MILLIS_MAX).then(() => `no answer in ${TRIAL_MILLIS_MAX / 1000} s`);
    return await Promise.race([trial.write().then(() => undefined), late]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof TypeError || reason.includes("support creating facets")) return undefined;
    // What the disk says is not always told: an internal error has a reference in its place.
    return reason.includes("SQLITE_") ? reason : "a trial could not be written, as on a full disk";
  } finally {
    clear(facets);
  }
}

function clear(facets: DurableObjectFacets): void {
  try {
    facets.delete(NAME);
  } catch {
    // It was never made, or cannot be deleted now. The next trial deletes it.
  }
}
