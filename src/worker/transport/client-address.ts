// Where a client comes from, as far as limits by address ask.
//
// Cloudflare writes CF-Connecting-IP over whatever a client sends; the router hands it on to a server's object in a header of
// its own. Of an IPv6 address the first 64 bits count: a customer has at least as many addresses as these leave open. The
// machine of the herd itself has no address here, so no limit by address holds for it. It is kept in memory and in
// attachments alone, never logged. Facts, 2026-11-22: run locally, workerd writes the peer's own address there but believes
// a client that sends the header; a TCP socket tells its peer's address to the Worker, and a Durable Object is told, as its own
// local one, what the Worker connected to. Keeps LI1 and LI3.

import ipaddr from "ipaddr.js";

const HEADER = "Herd-Client-Address";

/** A request as it goes to a server's object. */
export function withClientAddress(url: string, request: Request): Request {
  const inner = new Request(url, request);
  inner.headers.set(HEADER, clientAddressOf(request) ?? "");
  return inner;
}

/** The address that a request reached this deployment from, as text. */
export function clientAddressOf(request: Request): string | undefined {
  return request.headers.get("CF-Connecting-IP") ?? undefined;
}

/** What counts as one address, of a request that the router handed on. */
export function addressHandedOn(request: Request): string | undefined {
  return countedAddress(request.headers.get(HEADER) ?? "");
}

/** What counts as one address; `undefined` for this machine, and for what is not an address. */
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
