// What both of Google's answers need: JSON that may be none, and places that are nested too deep.

/** `undefined` if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Google's places are nested four deep. Printed with its indentation, an answer grows with the square of its depth, and a
 * megabyte of brackets would fill the memory or the stack; so a place nested deeper than this is dropped.
 */
const PLACE_DEPTH_MAX = 16;

export function isShallow(value: unknown, depth = PLACE_DEPTH_MAX): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
