// What an address belongs to, for the limits by address: the address itself, and the networks of IPv6 that hold it.
//
// Somebody who rents a machine often gets a /56 or a /48 of IPv6, which is as many addresses as he likes (an address is a /64
// here). So a /56 and a /48 have limits too: those of an address, several times. Keeps LI24.

import ipaddr from "ipaddr.js";

/** Whatever shares a limit. */
export interface Sharer {
  readonly key: string;
  /** How many times what an address may have. */
  readonly times: number;
}

/** Each holds as many of the one before as `limits.addressesOfNetwork` says, and no more count. */
const NETWORK_BITS = [56, 48] as const;

/** Whose limits hold for an address: of itself and of its networks. `address`: IPv4, or the first address of a /64. */
export function sharersOf(address: string, addressesOfNetwork: number): readonly Sharer[] {
  const itself = { key: address, times: 1 };
  if (!ipaddr.IPv6.isValid(address)) return [itself];
  const networks = NETWORK_BITS.map((bits, index) => ({
    key: `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`,
    times: addressesOfNetwork ** (index + 1),
  }));
  return [itself, ...networks];
}
