// At which hosts a herd on somebody's own machine answers.
//
// A name may lead to any address, also to that of the machine on which it is asked for. A page at such a name (DNS rebinding) is
// of the herd's own origin for the browser, which then lets it read everything. Only the host that the browser names tells it
// from the herd's own page. A deployed herd is reached by the names that Cloudflare leads to it, and by no others. Keeps LI42.
//
// Fact, 2026-11-27: the development runtime takes the address of a request from the header MF-Original-URL, which a page may set.
// The Host header it may not set. So both have to be known.

import { problem } from "./problem.ts";
import { isHostOfThisMachine } from "./this-machine.ts";

/** Refuses a request to a host that is not known. `hosts`: those of `limits.hosts`. */
export function unknownHostAnswer(request: Request, hosts: readonly string[]): Response | undefined {
  if (hosts.includes("*")) return undefined;
  const header = request.headers.get("Host");
  const named = [new URL(request.url).hostname, ...(header === null ? [] : [hostnameOf(header)])];
  if (named.every((hostname) => isHostOfThisMachine(hostname) || hosts.includes(hostname))) return undefined;
  return problem(
    421,
    "This herd does not answer at this host: limits.hosts in herd.config.json names those at which it does",
    {},
  );
}

/** The name in a Host header, without its port. Empty if it is none. */
function hostnameOf(header: string): string {
  return URL.parse(`http://${header}`)?.hostname ?? "";
}
