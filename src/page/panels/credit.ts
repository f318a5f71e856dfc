// The credit that a provider asks to be shown, as text and links.
//
// Answers give it as HTML (`html_attributions`). None of it becomes HTML here: links are read as an address and a text, only web
// addresses count, and every other tag is dropped. Keeps PG6.

export interface CreditPart {
  readonly text: string;
  /** A web address. */
  readonly href?: string;
}

const LINK_OR_TAG = /<a\s[^>]*?href="(?<href>[^"]*)"[^>]*>(?<text>.*?)<\/a>|<[^>]*>/gis;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };

export function creditParts(html: string): CreditPart[] {
  const parts: CreditPart[] = [];
  let end = 0;
  for (const match of html.matchAll(LINK_OR_TAG)) {
    parts.push({ text: plain(html.slice(end, match.index)) });
    end = match.index + match[0].length;
    const { href, text } = match.groups ?? {};
    if (text === undefined) continue;
    const address = URL.parse(plain(href ?? ""));
    const isWeb = address?.protocol === "https:" || address?.protocol === "http:";
    parts.push(isWeb ? { text: plain(text), href: address.href } : { text: plain(text) });
  }
  parts.push({ text: plain(html.slice(end)) });
  return parts.filter(({ text }) => text !== "");
}

function plain(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(?<name>#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
