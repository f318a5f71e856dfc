// Random names that are in practice unique.

/** 104 random bits as 20 or so letters and digits. `random` gives at least 0, less than 1. */
export function randomName(random: () => number): string {
  const part = () => Math.floor(random() * 2 ** 52).toString(36);
  return part() + part();
}
