// The servers on the map: buttons, so that a keyboard and a screen reader find them where the eye does.

import { TONES } from "./colours.ts";
import { make, setText } from "../dom/elements.ts";
import type { ServerView } from "../model/herd-view.ts";
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
    const points = servers.map(({ name }) => pointOf(name)).filter((point) => point !== undefined);
    for (const [index, server] of servers.entries()) {
      const { name, service, isCutOff } = server;
      const at = pointOf(name);
      if (at === undefined) continue;
      const { button, note } = this.#markerOf(name, index);
      button.classList.toggle("away", service !== "in service");
      setText(note, service === "in service" ? (isCutOff ? "cut off" : "") : service);
      const { offsetWidth, offsetHeight } = button;
      const isLeft = isRightTaken(at, points, offsetWidth, offsetHeight, width);
      button.classList.toggle("left", isLeft);
      // The disc stands at the place, the name beside it.
      const x = isLeft ? at[0] - offsetWidth + DISC_OFFSET : at[0] - DISC_OFFSET;
      button.style.transform = `translate(${x.toFixed(1)}px, ${(at[1] - offsetHeight / 2).toFixed(1)}px)`;
    }
  }

  #markerOf(name: string, tone: number): { readonly button: HTMLElement; readonly note: HTMLElement } {
    const known = this.#markers.get(name);
    if (known !== undefined) return known;
    const note = make("small");
    const button = make(
      "button",
      { class: `marker tone-${tone % TONES}`, attributes: { type: "button", "data-server": name } },
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

/** Whether a name right of its disc would cover another server's, or leave the map; and there is room at its left. */
function isRightTaken(at: Point, points: readonly Point[], width: number, height: number, mapWidth: number): boolean {
  if (at[0] < width) return false;
  if (at[0] + width > mapWidth) return true;
  return points.some(([x, y]) => x > at[0] && x < at[0] + width && Math.abs(y - at[1]) < height);
}
