// The file of embedded places, `assets/places/world.bin`: the one description for its writer and its reader.
//
// Each row is a place. The rows have the order of the k-d tree's leaves, so the coordinates in the tree are those of the
// places and are stored only once. The file is read in place: a section is a typed array over it, or its strings are decoded
// one at a time. The tree comes first because kdbush needs its own header at byte 0; our header is therefore a footer. All
// numbers are little-endian, as on every machine that runs this. Each section begins at a multiple of 8.
//
//   tree            kdbush 4's own bytes: row numbers and Float64 [longitude, latitude] pairs, degrees
//   kinds           Uint8 for each row    index into KINDS
//   populations     Uint32 for each row   people, 0 if unknown
//   vicinities      Uint16 for each row   index into vicinityNames
//   references      Uint32 for each row   the GeoNames id; of an airport, the index into airportIdents and airportIatas
//   names           StringList      a string for each row
//   vicinityNames   StringList      each distinct vicinity once: "Fiji", or "Los Angeles, United States"
//   airportIdents   StringList      a string for each airport: "KLAX"
//   airportIatas    StringList      a string for each airport: "LAX", or "" without a code
//   footer          Uint32 × 13     byte length of each section in this order, rows, version, the magic's two words

/** The path of the file under `assets/`. */
export const WORLD_ASSET = "places/world.bin";

/** Raise it with every change to the layout or to the meaning of a section. */
export const WORLD_VERSION = 1;

export const KINDS = ["locality", "sublocality", "airport"] as const;

export type Kind = (typeof KINDS)[number];

const SECTIONS = [
  "tree",
  "kinds",
  "populations",
  "vicinities",
  "references",
  "names",
  "vicinityNames",
  "airportIdents",
  "airportIatas",
] as const;

export type Section = (typeof SECTIONS)[number];

/** "HERD" and "WRLD" as numbers. */
const MAGIC = [0x44524548, 0x444c5257] as const;

const FOOTER_WORDS = SECTIONS.length + 4;

/** The file is not one that its reader can use. The message says what to do. */
export class WorldFormatError extends Error {
  override readonly name = "WorldFormatError";
}

/** Joins the sections into a file. */
export function joinSections(sections: Readonly<Record<Section, Uint8Array>>, rows: number): Uint8Array<ArrayBuffer> {
  const parts = SECTIONS.map((section) => sections[section]);
  const lengths = parts.map((part) => part.byteLength);
  const footer = Uint32Array.from([...lengths, rows, WORLD_VERSION, ...MAGIC]);
  const file = new Uint8Array(alignedSum(lengths) + footer.byteLength);
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += alignedBytes(part.byteLength);
  }
  file.set(new Uint8Array(footer.buffer), at);
  return file;
}

/** A file's inventory. */
export interface FoundSections {
  readonly rows: number;
  /** Where a section begins, in bytes from the start of the file. */
  readonly startOf: (section: Section) => number;
}

/**
 * Finds the sections of a file.
 *
 * @throws WorldFormatError if the file is another file, has another version, or is cut off.
 */
export function findSections(file: ArrayBuffer): FoundSections {
  const footerStart = file.byteLength - FOOTER_WORDS * 4;
  if (footerStart < 0 || footerStart % 4 !== 0) throw notTheWorld();
  const footer = new Uint32Array(file, footerStart);
  const lengths = footer.subarray(0, SECTIONS.length);
  const [rows = 0, version, ...magic] = footer.subarray(SECTIONS.length);
  if (magic[0] !== MAGIC[0] || magic[1] !== MAGIC[1]) throw notTheWorld();
  if (version !== WORLD_VERSION) {
    throw new WorldFormatError(
      `The embedded places are of format ${version} but this herd reads format ${WORLD_VERSION}: build them again.`,
    );
  }
  if (alignedSum(lengths) !== footerStart) throw notTheWorld();
  return { rows, startOf: (section) => alignedSum(lengths.subarray(0, SECTIONS.indexOf(section))) };
}

function alignedSum(lengths: Iterable<number>): number {
  return Array.from(lengths, alignedBytes).reduce((total, bytes) => total + bytes, 0);
}

function alignedBytes(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function notTheWorld(): WorldFormatError {
  return new WorldFormatError("The file of embedded places is damaged or is another file: build it again.");
}
