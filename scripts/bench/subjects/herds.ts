// The herds of five servers that the subjects use.

import bundled from "../../../herd.config.json" with { type: "json" };

/** The servers of the bundled herd, without ports and locations. */
export const SERVERS = bundled.servers.map(({ name, neighbours }) => ({ name, neighbours }));

/** A server without neighbours, which sends its reports to no other. */
export const ALONE = { servers: [{ name: "Alford", neighbours: [] }] };

/** The bundled topology. `peers`: settings that replace defaults. */
export function linkedHerd(peers: object = {}) {
  return { servers: SERVERS, peers };
}

/**
 * The same servers with flooding off. A herd must be in one piece, so each server is linked to one server elsewhere, at an address
 * where nothing listens. It is tried once a minute. So each server keeps what a feed would send, and sends nothing.
 */
export function unfloodedHerd() {
  const names = SERVERS.map(({ name }) => name);
  const absent = { name: "Nobody", neighbours: names, url: "http://127.0.0.1:9" };
  const servers = [...names.map((name) => ({ name, neighbours: ["Nobody"] })), absent];
  return { servers, peers: { retrySecondsMin: 60, retrySecondsMax: 60 } };
}
