// Text and its UTF-8 bytes.
//
// The encoding classes are the one thing that the core takes from its host. They are the same in Workers, Node and browsers
// (https://encoding.spec.whatwg.org). They are declared here because the core's tsconfig leaves the types of all platforms
// out. `ignoreBOM` keeps a leading U+FEFF as part of the text. Keeps LN6 and WT8.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label: string, options: { fatal: boolean; ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The text of these bytes, or `undefined` if they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether the text takes more than `limit` bytes. Encodes it only if its length in characters does not decide that. */
export function exceedsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  // A UTF-16 code unit takes at most three bytes of UTF-8.
  return text.length * 3 > limit && encoder.encode(text).length > limit;
}

/** Orders texts by their bytes in UTF-8, which is the order of their characters. `<` would compare units of UTF-16. */
export function compareUtf8(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const [unit, otherUnit] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (unit !== otherUnit) return rankOf(unit) - rankOf(otherUnit);
  }
  return one.length - other.length;
}

/** A unit that is half of a character comes after every character of one unit. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}

/** The first `limit` bytes, without the beginning of a character that the cut would split. */
export function cutAtCharacter(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length <= limit) return bytes;
  let start = limit;
  while (start > 0 && isContinuation(bytes[start])) start--;
  // The bytes after the cut may belong to no character at all: stray continuation bytes are not UTF-8.
  const isSplit = start + characterBytes(bytes[start]) > limit;
  return bytes.subarray(0, isSplit ? start : limit);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}

/** How many bytes a character with this first byte has. */
function characterBytes(byte = 0): number {
  if (byte < 0b1100_0000 || byte >= 0b1111_1000) return 1;
  return byte < 0b1110_0000 ? 2 : byte < 0b1111_0000 ? 3 : 4;
}
