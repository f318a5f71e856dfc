// What the linter finds of imports, proven with plants.
//
// In a folder like the project's, each room gets a file that imports everything there is, allowed or not, in every form. The
// linter runs once over all of them, with the project's own configuration. The lines that it reports have to be those of
// the imports that the table does not allow.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ROOMS } from "../../../scripts/check/rooms.ts";
import {
  FOLDERS,
  FORMS,
  lint,
  pathsAround,
  plant,
  specifierIn,
  specifierOf,
  statementsIn,
  TYPE_IN_PLACE,
} from "./planted-imports.ts";

/** A folder without a row. */
const NO_ROOM = "src/core/attic";

describe("the linter", () => {
  /** Of each room, the statements that it reported. */
  const reported = new Map<string, string[]>();
  const cycles: string[] = [];
  const typesInPlace: string[] = [];
  let home = "";

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "places-herd-rooms-"));
    await plant(home, [...FOLDERS, NO_ROOM]);
    for (const { code, filename, labels } of lint(home)) {
      if (code === "import(no-cycle)") cycles.push(filename);
      if (code === "typescript(consistent-type-imports)") typesInPlace.push(filename);
      const line = labels[0]?.span.line;
      if (code !== "eslint(no-restricted-imports)" || line === undefined) continue;
      const statement = statementsIn(dirname(filename))[line - 1] ?? `${filename}:${line}`;
      reported.set(dirname(filename), [...(reported.get(dirname(filename)) ?? []), statement]);
    }
  }, 60_000);

  afterAll(() => rm(home, { recursive: true }));

  test.each(ROOMS)("[RM3] lets $folder import what its row names, and reports everything else", (room) => {
    const { imports = [], packages = [] } = room;
    const allowed = new Set([room.folder, ...imports, ...packages].map((entry) => specifierOf(room.folder, entry)));
    const forbidden = statementsIn(room.folder).filter((statement) => !allowed.has(specifierIn(statement)));
    expect((reported.get(room.folder) ?? []).toSorted()).toEqual(forbidden.toSorted());
    expect(forbidden).not.toEqual([]);
  });

  // Directions that the table must not lose, whatever else becomes of it.
  test.each([
    ["src/core/lib", "src/core/protocol"],
    ["src/core/protocol", "src/core/config"],
    ["src/core/protocol", "zod"],
    ["src/core/config", "src/core/access"],
    ["src/core/config", "jose"],
    ["src/core/contract", "src/core/sessions"],
    ["src/core/store", "src/core/server"],
    ["src/core/commands", "src/core/sessions"],
    ["src/core/feeds", "src/core/commands"],
    ["src/core/feeds", "src/core/sessions"],
    ["src/core/sessions", "src/core/feeds"],
    ["src/core/geo", "src/core/server"],
    ["src/core/server", "node:*"],
    ["src/core/server", "cloudflare:workers"],
    ["src/core/server", "src/worker/object"],
    ["src/places", "src/client"],
    ["src/places", "cloudflare:workers"],
    ["src/client", "src/places"],
    ["src/client", "zod"],
    ["src/worker/storage", "src/worker/object"],
    ["src/worker/auth", "src/worker/object"],
    ["src/worker/transport", "src/worker/routes"],
    ["src/worker/object", "node:*"],
    ["src/worker/routes", "src/client"],
    ["src/page/model", "src/page/dom"],
    ["src/page/net", "src/page/panels"],
    ["src/page/map", "src/page/net"],
    ["src/page/panels", "src/places"],
    ["src/page", "src/worker/env"],
    ["src/cli/terminal", "src/cli/net"],
    ["src/cli/gateway", "src/cli/commands"],
    ["src/cli/commands", "src/places"],
    ["src/cli/commands", "src/worker/routes"],
    ["scripts/local", "src/worker/object"],
    ["src/core/server", "test/sim"],
  ])("[RM3] finds %s importing %s, in every form", (folder, other) => {
    const specifier = specifierOf(folder, other);
    const found = (reported.get(folder) ?? []).filter((statement) => specifierIn(statement) === specifier);
    expect(found).toHaveLength(FORMS.length);
  });

  test.each(ROOMS)("[RM4] reports every path in $folder that goes around", ({ folder }) => {
    const around = new Set(pathsAround(folder));
    const found = (reported.get(folder) ?? []).filter((statement) => around.has(specifierIn(statement)));
    expect(found).toHaveLength(around.size * FORMS.length);
  });

  test("[RM3] reports a type that is imported where it is used", () => {
    expect(typesInPlace).toEqual([TYPE_IN_PLACE]);
  });

  test("[RM5] reports every import of a folder without a row", () => {
    expect(reported.get(NO_ROOM)).toHaveLength(statementsIn(NO_ROOM).length);
  });

  test("[RM8] reports a cycle of types, at both its ends", () => {
    expect(cycles.toSorted()).toEqual(["src/core/lib/one.ts", "src/core/lib/other.ts"]);
  });
});
