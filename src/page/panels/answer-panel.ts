// The answer to a WHATSAT: the report held, the places with their credit, and a chart of them where that is allowed.
//
// The terms of the provider that answered stand in the server's status. Where they ask for a map of its own, or nobody knows
// them, its places are a list and nothing is drawn. How long ago the client was heard is told anew while the answer is shown, from what
// the page knows by then. Keeps PG6, PG12, PG20 and PG21.

import { agoText } from "../../client/age.ts";
import type { WhatsatAnswer } from "../../client/request.ts";
import { creditParts } from "./credit.ts";
import { byId, make, setText } from "../dom/elements.ts";
import type { ProviderTerms } from "../model/herd-view.ts";
import { drawRadar } from "./radar.ts";
import { spotOf } from "../model/spot.ts";

export interface Asked {
  readonly km: number;
  readonly server: string;
  readonly tone: number;
}

export class AnswerPanel {
  readonly #panel = byId("answer", HTMLElement);
  readonly #title = byId("answer-title", HTMLElement);
  readonly #radar = byId("radar", SVGSVGElement);

  readonly #forget = byId("forget", HTMLElement);
  readonly #sure = byId("forget-sure", HTMLElement);
  /** The client that it is about; `undefined` while nothing is shown. */
  #client: string | undefined;

  /** `onForget`: somebody wants the client that is shown to be forgotten, and is sure. */
  constructor(onForget: (client: string) => void) {
    this.#forget.addEventListener("click", () => this.#ask(true));
    byId("forget-no", HTMLElement).addEventListener("click", () => this.#ask(false));
    byId("forget-yes", HTMLElement).addEventListener("click", () => {
      this.#ask(false);
      if (this.#client !== undefined) onForget(this.#client);
    });
  }

  show(
    { report, places }: WhatsatAnswer,
    { km, server, tone }: Asked,
    terms: ProviderTerms["terms"] | undefined,
  ): void {
    this.#panel.hidden = false;
    this.#client = report.client;
    this.#ask(false);
    setText(this.#forget, `Forget ${report.client} …`);
    setText(byId("answer-age", HTMLElement), "");
    setText(this.#title, `Near ${report.client}, says ${server}`);
    setText(byId("answer-line", HTMLElement), report.line);
    const spots = places.results.map(({ geometry: { location } }) =>
      spotOf(report.location, { latitude: location.lat, longitude: location.lng }, km),
    );
    const items = places.results.map(({ name }, index) =>
      make("li", {}, make("b", { text: name }), make("span", { text: `${(spots[index]?.km ?? 0).toFixed(1)} km` })),
    );
    byId("places", HTMLElement).replaceChildren(...items);
    const isDrawn = terms?.draw === "any map" && spots.length > 0;
    this.#radar.toggleAttribute("hidden", !isDrawn);
    this.#radar.setAttribute("class", `tone-${tone}`);
    if (isDrawn) drawRadar(this.#radar, spots, km);
    setText(byId("answer-note", HTMLElement), noteOf(places.results.length, places, km));
    const credit = places.html_attributions.length > 0 ? places.html_attributions : [terms?.credit ?? ""];
    byId("credit", HTMLElement).replaceChildren(...credit.flatMap((html) => [...creditNodes(html), " "]));
    this.#panel.scrollIntoView({ block: "nearest" });
    this.#title.focus({ preventScroll: true });
  }

  /** The client whose age is to be told; `undefined` for none. */
  get client(): string | undefined {
    return this.#client;
  }

  tellAge(ageSeconds: number): void {
    setText(byId("answer-age", HTMLElement), `Last heard ${agoText(ageSeconds)}`);
  }

  hide(): void {
    this.#client = undefined;
    setText(byId("answer-line", HTMLElement), "");
    byId("places", HTMLElement).replaceChildren();
    this.#radar.replaceChildren();
    this.#panel.hidden = true;
  }

  /** Asks whether somebody is sure, or no more. */
  #ask(isAsked: boolean): void {
    const hadFocus = this.#sure.contains(document.activeElement);
    this.#sure.hidden = !isAsked;
    this.#forget.hidden = isAsked;
    setText(
      byId("forget-question", HTMLElement),
      `Every server will forget where ${this.#client} is. Nobody can bring it back. ${this.#client} is known again once it reports.`,
    );
    if (isAsked) byId("forget-no", HTMLElement).focus();
    else if (hadFocus) this.#forget.focus();
  }
}

function noteOf(count: number, { status, error_message: message }: WhatsatAnswer["places"], km: number): string {
  if (status === "ZERO_RESULTS") return `Nothing within ${km} km is known.`;
  if (status !== "OK") return `Places could not be had (${status})${message === undefined ? "" : `: ${message}`}`;
  return count === 0 ? "No places." : "";
}

function creditNodes(html: string): (Node | string)[] {
  return creditParts(html).map(({ text, href }) => {
    if (href === undefined) return text;
    return make("a", { text, attributes: { href, target: "_blank", rel: "noopener noreferrer" } });
  });
}
