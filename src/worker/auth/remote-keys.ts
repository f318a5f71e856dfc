// The public keys that the signer of tokens publishes at an address.
//
// Whoever comes may name any key, and the signer may be away. Neither must cost a fetch for each token, or keep out those whose
// key is known. So one fetch is under way at a time. It is for all, and goes on when the one for whom it was begun has left. After it
// there is a pause, whether it brought keys or not. While the keys cannot be fetched, the last ones count, for a limited time:
// nobody gets in unchecked. jose's own set of remote keys pauses only after a fetch that worked, and has no use for old keys.
// Keeps AC30 and AC31.
//
// Fact, 2026-11-27: in workerd a promise belongs to the request that made it, and may end with it. So who waits for the fetch of
// another looks for its result, and does not await its promise.

import { waitUntil } from "cloudflare:workers";
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import type { AuthConfig } from "../../core/config/auth-config.ts";

type RemoteKeysSettings = Pick<
  AuthConfig,
  "jwksFetchSeconds" | "jwksFreshSeconds" | "jwksAgainSeconds" | "jwksRetrySeconds" | "jwksStaleSeconds"
>;

/** How often a request looks whether the fetch of another is over. */
const LOOK_MILLIS = 20;

/** A fetch that has not ended by itself this long after its deadline is over: what it belonged to is gone. */
const GRACE_SECONDS = 1;

export class RemoteKeys {
  readonly #address: string;
  readonly #settings: RemoteKeysSettings;
  #keys: { readonly find: JWTVerifyGetKey; readonly fetchedMillis: number } | undefined;
  /** The last fetch. */
  #begunMillis = -Infinity;
  #isUnderWay = false;
  /** Why the last fetch that has ended brought nothing; `undefined` if it did, or there was none. */
  #failure: string | undefined;

  constructor(address: string, settings: RemoteKeysSettings) {
    this.#address = address;
    this.#settings = settings;
  }

  /** The key that a token names. Throws an error of jose if there is none, and another error if the keys cannot be had. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const askedMillis = Date.now();
    if (!this.#isFresh) await this.#refresh();
    try {
      return await this.#known(askedMillis)(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // It may be a new one.
      await this.#fetchAgain();
      if (this.#failure !== undefined) throw new Error(this.#failure, { cause: error });
      return await this.#known(askedMillis)(header, token);
    }
  };

  get #isFresh(): boolean {
    return this.#keys !== undefined && isWithin(this.#keys.fetchedMillis, this.#settings.jwksFreshSeconds);
  }

  /** Whether the last keys still count. */
  get #isUsable(): boolean {
    const { jwksFreshSeconds, jwksStaleSeconds } = this.#settings;
    return this.#keys !== undefined && isWithin(this.#keys.fetchedMillis, jwksFreshSeconds + jwksStaleSeconds);
  }

  /** Those that came since somebody asked count for him, however short their time is. */
  #known(askedMillis: number): JWTVerifyGetKey {
    if (this.#keys !== undefined && (this.#isUsable || this.#keys.fetchedMillis >= askedMillis)) return this.#keys.find;
    throw new Error(this.#failure ?? "they did not come in time");
  }

  /** The keys are missing, or old. */
  async #refresh(): Promise<void> {
    // The signer is away already: nobody waits for it who can do without.
    const isAway = this.#failure !== undefined;
    if (!this.#isFetching && !(isAway && isWithin(this.#begunMillis, this.#settings.jwksRetrySeconds))) this.#begin();
    if (!isAway || !this.#isUsable) await this.#over();
  }

  /** A token names a key that is not among them. */
  async #fetchAgain(): Promise<void> {
    if (!this.#isFetching && !isWithin(this.#begunMillis, this.#settings.jwksAgainSeconds)) this.#begin();
    await this.#over();
  }

  get #isFetching(): boolean {
    return this.#isUnderWay && isWithin(this.#begunMillis, this.#settings.jwksFetchSeconds + GRACE_SECONDS);
  }

  #begin(): void {
    this.#begunMillis = Date.now();
    this.#isUnderWay = true;
    waitUntil(this.#fetch());
  }

  async #over(): Promise<void> {
    while (this.#isFetching) await scheduler.wait(LOOK_MILLIS);
  }

  /** Never rejects. */
  async #fetch(): Promise<void> {
    const begunMillis = this.#begunMillis;
    let failure: string | undefined;
    try {
      const find = createLocalJWKSet(await fetchKeys(this.#address, this.#settings.jwksFetchSeconds));
      this.#keys = { find, fetchedMillis: Date.now() };
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    // A later one may have begun, if this one was long over its time.
    if (begunMillis !== this.#begunMillis) return;
    this.#failure = failure;
    this.#isUnderWay = false;
  }
}

/** Rejects if there is no JSON at that address. Whether it has keys shows later. */
async function fetchKeys(address: string, seconds: number): Promise<Parameters<typeof createLocalJWKSet>[0]> {
  const response = await fetch(address, {
    headers: { Accept: "application/json, application/jwk-set+json" },
    redirect: "manual",
    signal: AbortSignal.timeout(Math.ceil(seconds * 1000)),
  });
  if (response.status === 200) return response.json();
  void response.body?.cancel();
  throw new Error(`their address answered HTTP ${response.status}`);
}

/** Whether less time has passed. A clock that was set back does not make it last longer. */
function isWithin(sinceMillis: number, seconds: number): boolean {
  const passedMillis = Date.now() - sinceMillis;
  return passedMillis >= 0 && passedMillis < seconds * 1000;
}
