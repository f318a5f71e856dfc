// Asks the herd every second how it stands, while somebody looks.
//
// A page in the background asks nothing, so that a herd that nobody uses can sleep. One question at a time: a herd that is slow
// to answer is not asked more for it.

import { viewOf, type HerdAnswer, type HerdView } from "../model/herd-view.ts";
import type { Session } from "./session.ts";

const EVERY_MILLIS = 1000;
/** After an answer that failed. */
const RETRY_MILLIS = 2500;

export class HerdPoll {
  readonly #session: Session;
  readonly #onView: (view: HerdView) => void;
  readonly #onFailure: (reason: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;

  constructor(session: Session, onView: (view: HerdView) => void, onFailure: (reason: string) => void) {
    this.#session = session;
    this.#onView = onView;
    this.#onFailure = onFailure;
    document.addEventListener("visibilitychange", () => this.soon());
    this.soon();
  }

  /** Asks at once, unless it does already. */
  soon(): void {
    clearTimeout(this.#timer);
    if (!this.#isAsking && document.visibilityState === "visible") void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    let waitMillis = EVERY_MILLIS;
    try {
      const response = await this.#session.fetch("/herd");
      this.#onView(viewOf((await response.json()) as HerdAnswer, Date.now()));
    } catch (error) {
      waitMillis = RETRY_MILLIS;
      this.#onFailure(error instanceof Error ? error.message : String(error));
    }
    this.#isAsking = false;
    this.#timer = setTimeout(() => this.soon(), waitMillis);
  }
}
