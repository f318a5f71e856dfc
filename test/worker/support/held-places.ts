// Places that come when the test says so: a WHATSAT waits for exactly as long as it has to.
//
// They never come well (the asset is "not found"), so every answer is the failure of WA4, and every WHATSAT asks anew.

import { env } from "cloudflare:workers";

/** The places part of every answer. */
export const NO_PLACES =
  '{\n  "html_attributions": [],\n  "results": [],\n  "status": "UNKNOWN_ERROR",\n' +
  '  "error_message": "The embedded places could not be loaded. ' +
  'If it stays so, run \\"node scripts/build/build-places.ts\\" and start again."\n}\n\n';

/** Holds the places back from all servers. Only before the first server starts, as a binding is read then. */
export class HeldPlaces {
  #asked = Promise.withResolvers<void>();
  #come = Promise.withResolvers<void>();

  constructor() {
    const fetch = async () => {
      this.#asked.resolve();
      await this.#come.promise;
      return new Response(null, { status: 404 });
    };
    env.ASSETS = { fetch } as unknown as Fetcher;
  }

  /** Settles as soon as a server waits for places. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  /** Lets everybody have them who has asked; who asks after that waits again. */
  come(): void {
    this.#come.resolve();
    this.#asked = Promise.withResolvers();
    this.#come = Promise.withResolvers();
  }
}
