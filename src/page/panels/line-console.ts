// The console: the very lines that went over the page's connections, and a place to type some.
//
// Places come as a hundred lines of JSON: they are folded into one entry that opens. Entries are written once a frame and the
// oldest dropped, so that even a typed `WATCH *` does not slow the page down. Keeps PG5.

import { byId, make } from "../dom/elements.ts";
import { LineHistory } from "../dom/line-history.ts";

const ENTRIES_MAX = 300;

export class LineConsole {
  readonly #list = byId("lines", HTMLElement);
  readonly #typed = byId("typed", HTMLInputElement);
  readonly #history = new LineHistory();
  #waiting: HTMLElement[] = [];
  #json: string[] | undefined;

  constructor(onTyped: (line: string) => void) {
    byId("type", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const line = this.#typed.value;
      if (line.trim() === "") return;
      this.#history.add(line);
      this.#typed.value = "";
      onTyped(line);
    });
    this.#typed.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      this.#typed.value = event.key === "ArrowUp" ? this.#history.back(this.#typed.value) : this.#history.forward();
    });
  }

  /** Puts a line there to be sent or changed. */
  suggest(line: string): void {
    this.#typed.value = line;
    this.#typed.focus();
  }

  /** A line that was sent to a server, or came from it. */
  hear(server: string, direction: "sent" | "received", text: string): void {
    if (direction === "received" && (text === "{" || this.#json !== undefined)) return this.#hearJson(text);
    if (text === "") return;
    this.#add(direction, `${server.padEnd(8)} ${text}`);
  }

  note(text: string): void {
    this.#add("note", text);
  }

  #hearJson(text: string): void {
    this.#json ??= [];
    if (text !== "") this.#json.push(text);
    if (text !== "}") return;
    const lines = this.#json;
    this.#json = undefined;
    const summary = make("summary", { text: `{ … } ${lines.length} lines of places` });
    this.#push(make("div", { class: "received" }, make("details", {}, summary, lines.join("\n"))));
  }

  #add(kind: "sent" | "received" | "note", text: string): void {
    this.#push(make("div", { class: kind }, make("span", { text })));
  }

  #push(entry: HTMLElement): void {
    if (this.#waiting.length === 0) requestAnimationFrame(() => this.#write());
    this.#waiting.push(entry);
    if (this.#waiting.length > ENTRIES_MAX) this.#waiting.shift();
  }

  #write(): void {
    const list = this.#list;
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
    list.append(...this.#waiting);
    this.#waiting = [];
    while (list.childElementCount > ENTRIES_MAX) list.firstElementChild?.remove();
    if (isAtEnd) list.scrollTop = list.scrollHeight;
  }
}
