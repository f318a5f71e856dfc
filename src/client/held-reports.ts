// Every report that the herd holds, a page at a time (WT8).
//
// Pages are fetched over HTTP, beside the connections. A page starts after a client's id, not after a position in a list. So the
// next page may come from another server, if this one cannot give it. Keeps CL10 and CL34.

import { BackOff } from "./back-off.ts";
import { readReport, type ClientReport } from "./client-report.ts";
import { refusalIn, silence } from "./connection-refusal.ts";
import { HerdError } from "./errors.ts";
import { platformFetch, Targets, type Fetch } from "./herd-address.ts";
import type { LineConnectionOptions } from "./line-connection.ts";
import { settingsOf, type ClientSettings } from "./settings.ts";
import { checkedToken } from "./token.ts";

interface Page {
  /** AT lines. */
  readonly reports: readonly string[];
  /** The client after which the next page starts. */
  readonly next: string | null;
}

export async function* heldReports(
  options: LineConnectionOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<ClientReport, void, undefined> {
  const pages = new Pages(options, signal);
  for (let after: string | null = ""; after !== null;) {
    const page: Page = await pages.get(after);
    for (const line of page.reports) {
      const held = readReport(line);
      if (held !== undefined) yield held.report;
    }
    after = page.next;
  }
}

class Pages {
  readonly #options: LineConnectionOptions;
  readonly #settings: ClientSettings;
  readonly #signal: AbortSignal | undefined;
  readonly #fetch: Fetch;
  readonly #targets: Targets;
  readonly #backOff: BackOff;

  constructor(options: LineConnectionOptions, signal: AbortSignal | undefined) {
    this.#options = options;
    this.#settings = settingsOf(options.settings);
    this.#signal = signal;
    this.#fetch = options.fetch ?? platformFetch;
    this.#targets = new Targets(options, this.#fetch);
    this.#backOff = new BackOff(this.#settings, this.#targets.count);
  }

  /** Tries until a server gives the page. Throws HerdError, or the signal's reason. */
  async get(after: string): Promise<Page> {
    const { timeoutSeconds } = this.#settings;
    const sinceMillis = performance.now();
    for (;;) {
      this.#signal?.throwIfAborted();
      const page = await this.#try(after);
      if (typeof page !== "string") return page;
      this.#targets.fail(false);
      const waitMillis = this.#backOff.fail(performance.now(), Math.random());
      if (timeoutSeconds > 0 && performance.now() + waitMillis > sinceMillis + timeoutSeconds * 1000)
        throw new HerdError("unreachable", `Cannot get the reports within ${timeoutSeconds} s: ${page}`);
      await this.#wait(waitMillis);
    }
  }

  /** One try. Returns the page, or the reason why there is none; throws a reason that will not pass. */
  async #try(after: string): Promise<Page | string> {
    const late = AbortSignal.timeout(this.#settings.connectSeconds * 1000);
    const signal = this.#signal === undefined ? late : AbortSignal.any([this.#signal, late]);
    const token = await checkedToken(this.#options.token);
    const { address, server } = await this.#targets.next(signal);
    if (server === undefined) return "the nearest server is not known, or runs in another deployment: name one";
    address.pathname += "/reports";
    address.search = after === "" ? "" : `?after=${encodeURIComponent(after)}`;
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const answer = await this.#ask(address, headers, signal);
    if (answer === undefined) return silence(address);
    const page = answer.status === 200 ? pageIn(answer.text) : undefined;
    if (page !== undefined) return page;
    const { reason, final } = refusalIn(server, answer.status, answer.text);
    if (final !== undefined) throw final;
    return reason;
  }

  async #ask(
    address: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly text: string } | undefined> {
    try {
      const response = await this.#fetch(address, { signal, headers, redirect: "manual" });
      return { status: response.status, text: await response.text() };
    } catch {
      return undefined;
    }
  }

  #wait(millis: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, millis);
    const stop = () => resolve();
    this.#signal?.addEventListener("abort", stop, { once: true });
    return promise.finally(() => {
      clearTimeout(timer);
      this.#signal?.removeEventListener("abort", stop);
    });
  }
}

function pageIn(text: string): Page | undefined {
  try {
    const { reports, next } = JSON.parse(text) as Partial<Page>;
    return Array.isArray(reports) && (next === null || typeof next === "string") ? { reports, next } : undefined;
  } catch {
    return undefined;
  }
}
