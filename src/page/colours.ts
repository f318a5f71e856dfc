// The style sheet's colours, for what is drawn on a canvas. They change when the system turns light or dark.

export interface Colours {
  readonly land: string;
  readonly shore: string;
  readonly ink: string;
  readonly card: string;
  readonly tones: readonly string[];
}

/** Servers beyond these share a colour; none of them is told by its colour alone. */
export const TONES = 6;

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const tones = Array.from({ length: TONES }, (_, tone) => colour(`tone-${tone}`));
  return { land: colour("land"), shore: colour("shore"), ink: colour("ink"), card: colour("card"), tones };
}

export function onColourChange(tell: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
}
