// The parameters of an address: a request that has others asks for something that the herd does not do.
//
// A phone that speaks another protocol may put its report into a query. A 200 would tell it that its report was taken. An upgrade
// may have parameters of a later version: its client could not read why it was refused. Keeps HD37 and WT17.

import { problem } from "../respond/problem.ts";
import { isUpgrade } from "../respond/upgrade.ts";
import { ADDRESS_LINES, type Address } from "./addresses.ts";

/** A 400 for a parameter that the address does not take, or that comes twice; `undefined` if there is none. */
export function queryRefusal(request: Request, address: Address): Response | undefined {
  const said = [...new URL(request.url).searchParams.keys()];
  // An address that only takes upgrades says so itself.
  if (said.length === 0 || isUpgrade(request) || address.upgrade === "with") return undefined;
  const parameters = parametersOf(address);
  const foreign = said.find((name, index) => !parameters.includes(name) || said.indexOf(name) < index);
  if (foreign === undefined) return undefined;
  const title = parameters.includes(foreign)
    ? `This address takes ?${foreign}= once`
    : `This address does not take ?${foreign}=`;
  return problem(400, title, { parameters, addresses: ADDRESS_LINES });
}

function parametersOf({ query = "" }: Address): readonly string[] {
  return [...query.matchAll(/[?&](\w+)=/g)].flatMap(([, name]) => name ?? []);
}
