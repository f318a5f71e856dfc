// The links between servers, as arcs of SVG: their state is a class, and the style sheet says how that looks.

import { arcBetween, pathOf } from "./curve.ts";
import { makeSvg } from "../dom/elements.ts";
import type { LinkView } from "../model/herd-view.ts";
import type { Point } from "./plane.ts";

export class LinkLayer {
  readonly #svg: SVGSVGElement;
  readonly #paths = new Map<string, SVGPathElement>();

  constructor(svg: SVGSVGElement) {
    this.#svg = svg;
  }

  draw(links: readonly LinkView[], pointOf: (server: string) => Point | undefined): void {
    const unused = new Set(this.#paths.keys());
    for (const { a, b, state } of links) {
      const [from, to] = [pointOf(a), pointOf(b)];
      if (from === undefined || to === undefined) continue;
      const name = `${a}–${b}`;
      unused.delete(name);
      const path = this.#pathOf(name);
      path.setAttribute("d", pathOf(arcBetween(from, to)));
      path.setAttribute("class", state);
    }
    for (const name of unused) {
      this.#paths.get(name)?.remove();
      this.#paths.delete(name);
    }
  }

  #pathOf(name: string): SVGPathElement {
    const known = this.#paths.get(name);
    if (known !== undefined) return known;
    const path = makeSvg("path", { "data-link": name });
    this.#svg.append(path);
    this.#paths.set(name, path);
    return path;
  }
}
