// Two checks for both of Google's answers: whether a text is JSON, and whether a place is nested too deep. Keeps WA4.

/** `undefined` if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Google's places are nested four deep. A deeper place is dropped: an indented answer grows with the square of its depth, and
 * a megabyte of brackets would fill the memory or the stack.
 */
const PLACE_DEPTH_MAX = 16;

export function isShallow(value: unknown, depth = PLACE_DEPTH_MAX): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
