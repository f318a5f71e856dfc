// Whether an output is the one that the documentation shows, except for what differs each time.
//
// `…` in a line matches any text, and alone in a line any lines. A skew, a time of day and a duration in milliseconds differ
// each time: only their shape is compared. Keeps DC2.

/** Values that differ each time, and the pattern for all of their kind. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  // A skew: sign and nine decimals.
  [/[+-]\d+\.\d{9}(?!\d)/, String.raw`[+-]\d+\.\d{9}`],
  [/\d\d:\d\d:\d\d\.\d{3}/, String.raw`\d\d:\d\d:\d\d\.\d{3}`],
  [/\d+(?:\.\d+)? ms/, String.raw`\d+(?:\.\d+)? ms`],
  [/…/, String.raw`[^\n]*?`],
];

const VARYING = new RegExp(SHAPES.map(([shown]) => `(${shown.source})`).join("|"), "g");

const NUMBER = /\d+(?:[.,]\d+)*/g;

/** Whether the whole output is as shown. Empty lines and white space at the end do not count. */
export function isAsShown(shown: string, printed: string, withinPercent?: number): boolean {
  return withinPercent === undefined
    ? new RegExp(`^${patternOf(shown.trimEnd())}$`).test(printed.trimEnd())
    : isNear(shown.trimEnd(), printed.trimEnd(), withinPercent / 100);
}

/** Whether a shown line is among the printed ones. */
export function isAmong(shownLine: string, printed: string): boolean {
  return new RegExp(`^${patternOf(shownLine.trimEnd())}$`, "m").test(printed);
}

function patternOf(shown: string): string {
  return shown
    .split("\n")
    .map((line, index, lines) => {
      const isLast = index === lines.length - 1;
      if (line.trim() === "…") return isLast ? "[^]*" : "(?:[^\\n]*\\n)*?";
      return `${linePattern(line)}${isLast ? "" : "\\n"}`;
    })
    .join("");
}

function linePattern(line: string): string {
  let pattern = "";
  let end = 0;
  for (const match of line.matchAll(VARYING)) {
    const shape = match.slice(1).findIndex((text) => text !== undefined);
    pattern += RegExp.escape(line.slice(end, match.index)) + (SHAPES[shape]?.[1] ?? "");
    end = match.index + match[0].length;
  }
  return pattern + RegExp.escape(line.slice(end));
}

/** The same text, with numbers near the shown ones. Their alignment does not count. */
function isNear(shown: string, printed: string, part: number): boolean {
  const [wanted, found] = [shown, printed].map((text) => (text.match(NUMBER) ?? []).map(numberOf));
  const [frame, other] = [shown, printed].map((text) => text.replace(NUMBER, "#").replace(/ +/g, " "));
  return (
    frame === other &&
    wanted !== undefined &&
    wanted.every((number, index) => Math.abs((found?.[index] ?? Number.NaN) - number) <= Math.abs(number) * part)
  );
}

function numberOf(text: string): number {
  return Number(text.replaceAll(",", ""));
}
