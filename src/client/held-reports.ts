// Every report that the herd holds, a page at a time (WT8).
//
// Pages are asked for by HTTP, beside the connections. A page comes after a client, not after a place in a list, so that the next
// one may be another server's: what cannot be had here is asked for there. Keeps CL4, CL5 and CL10.

import { BackOff } from "./back-off.ts";
import { readReport, type ClientReport } from "./client-report.ts";
import { refusalIn, silence } from "./door.ts";
import { HerdError } from "./errors.ts";
import { platformFetch, Targets, type Fetch } from "./herd-address.ts";
import type { LineConnectionOptions } from "./line-connection.ts";
import { DEFAULT_SETTINGS } from "./settings.ts";
import { checkedToken } from "./token.ts";

interface Page {
  /** AT lines. */
  readonly reports: readonly string[];
  /** What the next page comes after. */
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
  readonly #signal: AbortSignal | undefined;
  readonly #fetch: Fetch;
  readonly #targets: Targets;
  readonly #backOff: BackOff;

  constructor(options: LineConnectionOptions, signal: AbortSignal | undefined) {
    this.#options = options;
    this.#signal = signal;
    this.#fetch = options.fetch ?? platformFetch;
    this.#targets = new Targets(options, this.#fetch);
    this.#backOff = new BackOff({ ...DEFAULT_SETTINGS, ...options.settings }, this.#targets.count);
  }

  /** As often as it takes. */
  async get(after: string): Promise<Page> {
    const { timeoutSeconds } = { ...DEFAULT_SETTINGS, ...this.#options.settings };
    const sinceMillis = Date.now();
    for (;;) {
      this.#signal?.throwIfAborted();
      const page = await this.#try(after);
      if (typeof page !== "string") return page;
      this.#targets.fail(false);
      const waitMillis = this.#backOff.fail(Date.now(), Math.random());
      if (timeoutSeconds > 0 && Date.now() + waitMillis > sinceMillis + timeoutSeconds * 1000)
        throw new HerdError("unreachable", `Cannot have the reports within ${timeoutSeconds} s: ${page}`);
      await this.#wait(waitMillis);
    }
  }

  /** Why there is none is a text, unless it stays so: that is thrown. */
  async #try(after: string): Promise<Page | string> {
    const { connectSeconds } = { ...DEFAULT_SETTINGS, ...this.#options.settings };
    const late = AbortSignal.timeout(connectSeconds * 1000);
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
