// docs/secure.md beside the code: its table says who may see what of every command and every address.

import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { COMMANDS } from "../../src/core/commands/table.ts";
import { ADDRESSES, type Address } from "../../src/worker/routes/addresses.ts";

const secure = await readFile("docs/secure.md", "utf8");

function addressCell({ method, path, upgrade }: Address): string {
  return `\`${method} ${path}\`${upgrade === "with" ? " with `Upgrade: websocket`" : ""}`;
}

test("[DC18] the table of who may see what has each command and each address once", () => {
  const [, section = ""] = secure.split("## Who may see what\n");
  const [, ...rows] = (section.split("\n## ")[0] ?? "").match(/^\| .* \|$/gm) ?? [];
  const named = rows.map((row) => row.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/g, "")));
  expect(named.map(([first]) => first)).toEqual([
    ...COMMANDS.map(({ name }) => `\`${name}\``),
    ...Object.values<Address>(ADDRESSES).map(addressCell),
  ]);
  expect(named.filter((cells) => cells.length !== 4 || cells.includes(""))).toEqual([]);
  // What is for operators alone in the code is for them in the table.
  const operators = Object.values<Address>(ADDRESSES).filter(({ by }) => by === "operator");
  for (const address of operators)
    expect(named.find(([first]) => first === addressCell(address))?.slice(2)).toEqual(["operators", "operators"]);
});
