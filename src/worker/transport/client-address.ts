// Where a client comes from, for the limits by address.
//
// Cloudflare overwrites CF-Connecting-IP whatever a client sends; the router passes it on to a server's object in a header of
// its own. Only the first 64 bits of an IPv6 address count: a customer has all the addresses that begin with them. The
// herd's own machine has no address here, so no limit by address holds for it. An address is kept in memory and in
// attachments alone, and never logged.
//
// Facts, 2026-11-22: workerd on a local machine writes the peer's address there, but believes a client that sends the header.
// A TCP socket tells the Worker its peer's address. A Durable Object sees, as its own local address, what the Worker
// connected to. Keeps LI1 and LI3.

import ipaddr from "ipaddr.js";

export const CLIENT_ADDRESS_HEADER = "Herd-Client-Address";

/** The request that goes to a server's object. */
export function withClientAddress(url: string, request: Request, address = ""): Request {
  const inner = new Request(url, request);
  inner.headers.set(CLIENT_ADDRESS_HEADER, address);
  return inner;
}

/** The address from which a request reached this deployment, as text. */
export function clientAddressOf(request: Request): string | undefined {
  return request.headers.get("CF-Connecting-IP") ?? undefined;
}

/** What counts as one address, for a request that the router passed on. */
export function addressHandedOn(request: Request): string | undefined {
  return countedAddress(request.headers.get(CLIENT_ADDRESS_HEADER) ?? "");
}

/** What counts as one address; `undefined` for this machine, and for a text that is no address. */
export function countedAddress(text: string): string | undefined {
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  if (address.range() === "loopback") return undefined;
  const network = `${address.toString()}/64`;
  return address instanceof ipaddr.IPv6 ? ipaddr.IPv6.networkAddressFromCIDR(network).toString() : address.toString();
}

/** The host of `host:port`, or of `[host]:port`. */
export function hostOf(socketAddress: string): string {
  return socketAddress.slice(0, socketAddress.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}
