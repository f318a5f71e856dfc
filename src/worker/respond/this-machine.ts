// Names of the machine itself. No name service leads them anywhere else, so no other machine can have a page at one of them.

/** Whether a host, as `URL.hostname` gives it, is this machine's. */
export function isHostOfThisMachine(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
}

/** Whether a web address, or an origin, is this machine's. */
export function isOfThisMachine(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return false;
  return isHostOfThisMachine(url.hostname);
}
