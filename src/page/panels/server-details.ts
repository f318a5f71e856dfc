// What an operator wants to see of one server: its feeds, its counts, and the end of its log, kept up while it is open.
//
// The log shows every client's lines; a herd that asks for tokens shows it to operators only, and says so. Keeps PG3.

import { byId, make, setText } from "../dom/elements.ts";
import type { HerdView } from "../model/herd-view.ts";
import { format } from "./server-cards.ts";
import type { Session } from "../net/session.ts";

/** Entries of the log that are shown. */
const ENTRIES_MAX = 80;

export class ServerDetails {
  readonly #session: Session;
  readonly #panel = byId("details", HTMLElement);
  readonly #title = byId("details-title", HTMLElement);
  readonly #log = byId("details-log", HTMLElement);
  readonly #onShow: (server: string | undefined) => void;
  #shown: string | undefined;
  #isAsking = false;

  constructor(session: Session, onShow: (server: string | undefined) => void) {
    this.#session = session;
    this.#onShow = onShow;
    byId("details-close", HTMLElement).addEventListener("click", () => this.#hide());
    this.#panel.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.#hide();
    });
  }

  /** Opens on that server, or closes if it shows it already. */
  toggle(server: string, herd: HerdView | undefined): void {
    if (this.#shown === server) return this.#hide();
    this.#shown = server;
    this.#panel.hidden = false;
    this.#log.replaceChildren();
    this.#onShow(server);
    if (herd !== undefined) this.draw(herd);
    this.#panel.scrollIntoView({ block: "nearest" });
    this.#title.focus({ preventScroll: true });
  }

  draw(herd: HerdView): void {
    const server = herd.servers.find(({ name }) => name === this.#shown);
    if (server === undefined) return;
    const { name, service, status, neighbours } = server;
    setText(this.#title, `${name}: ${service}`);
    const text =
      status === undefined
        ? "It does not answer."
        : `Linked with ${neighbours.join(", ")}. It heard ${format(status.counters.commands["IAMAT accepted"] ?? 0)} reports of clients and took ${format(status.counters.feedAccepted)} of its neighbours since it started; it ended ${format(status.counters.feedStale)} that it knew already.`;
    const problem = status?.storageProblem ?? undefined;
    setText(
      byId("details-text", HTMLElement),
      problem === undefined ? text : `${text} It is ${status?.storage}: ${problem}.`,
    );
    const rows = (status?.neighbours ?? []).map((feed) => {
      const lag =
        feed.isCaughtUp === true ? "nothing" : feed.behindAtMost === null ? "unknown" : format(feed.behindAtMost);
      const link = feed.link === "closed" && feed.isCaughtUp === true ? "resting" : feed.link;
      const cells = [link, lag, format(feed.reportsSent)].map((text) => make("td", { text }));
      const row = make("tr", {}, make("th", { text: feed.neighbour, attributes: { scope: "row" } }), ...cells);
      if (feed.lastError !== null && feed.isCaughtUp !== true) row.title = feed.lastError;
      return row;
    });
    byId("details-feeds", HTMLElement).replaceChildren(...rows);
    void this.#readLog(name);
  }

  #hide(): void {
    const shown = this.#shown;
    this.#shown = undefined;
    this.#panel.hidden = true;
    this.#onShow(undefined);
    document.querySelector<HTMLElement>(`[data-card="${CSS.escape(shown ?? "")}"] .name`)?.focus();
  }

  async #readLog(server: string): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    let text: string;
    try {
      const response = await this.#session.fetch(`/servers/${encodeURIComponent(server)}/log`, { isOperator: true });
      text = (await response.text()).trimEnd().split("\n").slice(-ENTRIES_MAX).map(tellEntry).join("\n");
    } catch (error) {
      text = error instanceof Error ? error.message : String(error);
    }
    this.#isAsking = false;
    if (this.#shown !== server || this.#log.textContent === text) return;
    const isAtEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 30;
    this.#log.textContent = text;
    if (isAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }
}

/** A line of the log for people: the time, what happened, and the rest by name. */
function tellEntry(line: string): string {
  try {
    const { at, server: _server, event, ...fields } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const rest = Object.entries(fields).map(
      ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    return [String(at).slice(11, 23), String(event), ...rest].join("  ");
  } catch {
    return line;
  }
}
