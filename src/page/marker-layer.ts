// The servers on the map: buttons, so that a keyboard and a screen reader find them where the eye does.

import { make, setText } from "./elements.ts";
import type { ServerView } from "./herd-view.ts";
import type { Point } from "./plane.ts";

/** The disc's middle in the button, from its left edge. */
const DISC_OFFSET = 13;

export class MarkerLayer {
  readonly #root: HTMLElement;
  readonly #onPick: (server: string) => void;
  readonly #markers = new Map<string, { readonly button: HTMLElement; readonly note: HTMLElement }>();

  constructor(root: HTMLElement, onPick: (server: string) => void) {
    this.#root = root;
    this.#onPick = onPick;
  }

  draw(servers: readonly ServerView[], width: number, pointOf: (server: string) => Point | undefined): void {
    for (const [index, server] of servers.entries()) {
      const { name, service, isCutOff } = server;
      const at = pointOf(name);
      if (at === undefined) continue;
      const { button, note } = this.#markerOf(name, index);
      button.classList.toggle("away", service !== "in service");
      setText(note, service === "in service" ? (isCutOff ? "cut off" : "") : service);
      const { offsetWidth, offsetHeight } = button;
      // The disc stands at the place; near the right edge the name would be cut.
      const x = Math.min(at[0] - DISC_OFFSET, width - offsetWidth - 4);
      button.style.transform = `translate(${x.toFixed(1)}px, ${(at[1] - offsetHeight / 2).toFixed(1)}px)`;
    }
  }

  #markerOf(name: string, tone: number): { readonly button: HTMLElement; readonly note: HTMLElement } {
    const known = this.#markers.get(name);
    if (known !== undefined) return known;
    const note = make("small");
    const button = make(
      "button",
      { class: `marker tone-${tone % 6}`, attributes: { type: "button", "data-server": name } },
      make("span", { text: name }),
      note,
    );
    button.addEventListener("click", () => this.#onPick(name));
    this.#root.append(button);
    const marker = { button, note };
    this.#markers.set(name, marker);
    return marker;
  }
}
