// The herds of five that the subjects use.

import bundled from "../../../herd.config.json" with { type: "json" };

/** Servers of the bundled herd, without the ports and places of a real one. */
export const SERVERS = bundled.servers.map(({ name, neighbours }) => ({ name, neighbours }));

/** The bundled topology. `peers`: settings in place of the defaults. */
export function linkedHerd(peers: object = {}) {
  return { servers: SERVERS, peers };
}

/**
 * The same servers with flooding off. A herd has to be in one piece: here all are linked to a server elsewhere alone, at an
 * address where nobody listens, which is tried once a minute. So each keeps what a feed is sent from, and sends nothing.
 */
export function unfloodedHerd() {
  const names = SERVERS.map(({ name }) => name);
  const nobody = { name: "Nobody", neighbours: names, url: "http://127.0.0.1:9" };
  const servers = [...names.map((name) => ({ name, neighbours: ["Nobody"] })), nobody];
  return { servers, peers: { retrySecondsMin: 60, retrySecondsMax: 60 } };
}
