// A card a server: how it stands in words, three numbers, and the switch that takes it out of service.
//
// Keeps PG3, PG10 and PG40.

import { TONES } from "../map/colours.ts";
import { byId, make, setText } from "../dom/elements.ts";
import { lagOf, type HerdView, type ServerView } from "../model/herd-view.ts";
import type { Rates } from "../model/rates.ts";

export interface CardEvents {
  readonly onDetails: (server: string) => void;
  readonly onSwitch: (server: string, isDrained: boolean) => void;
}

interface Card {
  readonly item: HTMLElement;
  readonly name: HTMLButtonElement;
  readonly toggle: HTMLButtonElement;
  readonly standing: HTMLElement;
  readonly clients: HTMLElement;
  readonly rate: HTMLElement;
}

export class ServerCards {
  readonly #list = byId("cards", HTMLElement);
  readonly #agreement = byId("agreement", HTMLElement);
  readonly #events: CardEvents;
  readonly #cards = new Map<string, Card>();

  constructor(events: CardEvents) {
    this.#events = events;
  }

  /** Whether all servers hold the same, once they have said so. */
  #drawAgreement({ agreement }: HerdView): void {
    this.#agreement.hidden = agreement === "unknown";
    this.#agreement.classList.toggle("warn", agreement === "different");
    const same = "All servers that answer hold the same reports.";
    setText(
      this.#agreement,
      agreement === "same" ? same : "The servers hold different reports, and nothing is under way.",
    );
  }

  draw(herd: HerdView, rates: ReadonlyMap<string, Rates>, nowMillis: number): void {
    this.#drawAgreement(herd);
    for (const [index, server] of herd.servers.entries()) {
      const card = this.#cardOf(server.name, index);
      const { service, status } = server;
      card.name.classList.toggle("away", service !== "in service");
      const standing = standingOf(server, nowMillis);
      const open = status === undefined ? "" : `, ${format(status.connections)} connected`;
      setText(card.standing, standing.text + open);
      card.standing.classList.toggle("warn", standing.isWarning);
      setText(card.clients, status === undefined ? "–" : format(status.clients));
      const rate = rates.get(server.name);
      setText(card.rate, rate === undefined ? "–" : format(rate.accepted));
      card.toggle.setAttribute("aria-checked", String(service === "in service"));
      card.toggle.disabled = service === "silent";
    }
  }

  /** While the herd is asked to do it. */
  setBusy(server: string, isBusy: boolean): void {
    this.#cards.get(server)?.toggle.setAttribute("aria-busy", String(isBusy));
  }

  setShown(shown: string | undefined): void {
    for (const [name, card] of this.#cards) {
      card.item.classList.toggle("shown", name === shown);
      card.name.setAttribute("aria-expanded", String(name === shown));
    }
  }

  #cardOf(server: string, index: number): Card {
    const known = this.#cards.get(server);
    if (known !== undefined) return known;
    const card: Card = {
      item: make("li", { class: `tone-${index % TONES}`, attributes: { "data-card": server } }),
      name: make("button", {
        class: "name",
        text: server,
        attributes: { type: "button", "aria-expanded": "false", "aria-controls": "details", title: "Feeds and log" },
      }),
      toggle: make("button", {
        class: "switch",
        attributes: { type: "button", role: "switch", "aria-checked": "true", "aria-label": `${server} in service` },
      }),
      standing: make("p", { class: "standing" }),
      clients: make("dd"),
      rate: make("dd"),
    };
    card.name.addEventListener("click", () => this.#events.onDetails(server));
    card.toggle.addEventListener("click", () => {
      this.#events.onSwitch(server, card.toggle.getAttribute("aria-checked") === "true");
    });
    const numbers = make("dl", { class: "numbers" }, number("clients", card.clients), number("reports/s", card.rate));
    card.item.append(make("div", { class: "card-head" }, card.name, card.toggle), card.standing, numbers);
    this.#list.append(card.item);
    this.#cards.set(server, card);
    return card;
  }
}

function number(term: string, value: HTMLElement): HTMLElement {
  return make("div", {}, make("dt", { text: term }), value);
}

/** How a server stands, in a few words. */
function standingOf(server: ServerView, nowMillis: number): { readonly text: string; readonly isWarning: boolean } {
  if (server.service !== "in service") return { text: server.service, isWarning: true };
  if (server.storage !== "has room") return { text: `storage full: ${server.storage}`, isWarning: true };
  const { reports, sinceMillis } = lagOf(server);
  const seconds = sinceMillis === undefined ? 0 : Math.round((nowMillis - sinceMillis) / 1000);
  const waiting = reports > 0 ? `${format(reports)} to tell` : "has more to tell";
  if (server.isCutOff) return { text: sinceMillis === undefined ? "cut off" : `cut off, ${waiting}`, isWarning: true };
  if (seconds < 2) return { text: "all told", isWarning: false };
  return { text: `${waiting}, for ${seconds} s`, isWarning: true };
}

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function format(value: number): string {
  return WHOLE.format(value);
}
