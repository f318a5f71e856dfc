// Many strings in one run of bytes, decoded one at a time.
//
// As JavaScript strings, 200,000 names would take several times the memory of their bytes, and each start would decode all of
// them to show twenty. So they stay bytes. The layout, with little-endian integers, at a multiple of 4:
//
//   count         Uint32
//   offsets       Uint32 × (count + 1)   where each string begins in `text`, and where the last one ends
//   text          UTF-8

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The strings as bytes. */
export function packStrings(strings: readonly string[]): Uint8Array<ArrayBuffer> {
  const texts = strings.map((string) => encoder.encode(string));
  const head = new Uint32Array(strings.length + 2);
  head[0] = strings.length;
  let end = 0;
  texts.forEach((text, index) => {
    end += text.byteLength;
    head[index + 2] = end;
  });
  const packed = new Uint8Array(head.byteLength + end);
  packed.set(new Uint8Array(head.buffer));
  let at = head.byteLength;
  for (const text of texts) {
    packed.set(text, at);
    at += text.byteLength;
  }
  return packed;
}

/** Packed strings that are read in place. */
export interface StringList {
  /** @throws RangeError if there is no such string; TypeError if its bytes are not UTF-8. */
  at(index: number): string;
}

/** Opens packed strings without copying them. `byteOffset` must be a multiple of 4. */
export function openStrings(buffer: ArrayBuffer, byteOffset: number): StringList {
  const [count = 0] = new Uint32Array(buffer, byteOffset, 1);
  const offsets = new Uint32Array(buffer, byteOffset + 4, count + 1);
  const textOffset = offsets.byteOffset + offsets.byteLength;
  return {
    at(index) {
      const start = offsets[index];
      const end = offsets[index + 1];
      if (start === undefined || end === undefined) {
        throw new RangeError(`Cannot read string ${index} as there are ${count}`);
      }
      return decoder.decode(new Uint8Array(buffer, textOffset + start, end - start));
    },
  };
}
