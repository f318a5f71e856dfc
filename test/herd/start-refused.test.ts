// What somebody reads who types something else than a herd can start with.

import { spawnSync } from "node:child_process";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "places-herd-clone-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function run(cwd: string, command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return { status, printed: `${stdout}${stderr}` };
}

/** What `git clone` gives, without what is built. */
async function clone(): Promise<void> {
  for (const name of ["package.json", "scripts", "src", "wrangler.toml", "herd.config.json"])
    await cp(name, join(folder, name), { recursive: true });
}

test.each([
  [["start", "--port", "9201"], "--port", "npm start -- --port 9201"],
  [["start", "--port=9201"], "--port", "npm start -- --port 9201"],
  [
    ["start", "--state=elsewhere", "--log-level", "events"],
    "--state and --log-level",
    "npm start -- --state elsewhere --log-level events",
  ],
  [["run", "herd", "start", "--logs=mine"], "--logs", "npm run herd -- start --logs mine"],
  [["run", "herd", "status", "--json"], "--json", "npm run herd -- status --json"],
  [["run", "testservers", "--seconds", "2"], "--seconds", "npm run testservers -- --seconds 2"],
  [["run", "createservers", "--where"], "--where", "npm run createservers -- --where"],
  [["run", "deploy", "--dry-run"], "--dry-run", "npm run deploy -- --dry-run"],
])("[HD35] npm %j says that the -- is missing, and what to type", (args, options, typed) => {
  const { status, printed } = run(".", "npm", ...args);
  expect(printed).toContain(`Cannot tell what ${options} is for: npm took it for itself`);
  expect(printed).toContain(`Type: ${typed}\n`);
  expect(status).toBe(2);
});

test.each(["start", "testservers", "herd"])("[HD35] npm run %s before npm ci says what to type", async (script) => {
  await clone();
  const { status, printed } = run(folder, "npm", "run", script);
  expect(printed).toContain(`Cannot run ${script}: the project's packages are not installed. Type: npm ci\n`);
  expect(printed).not.toContain("    at ");
  expect(status).toBe(2);
});

test("[HD35] npm start without assets says what to type", async () => {
  await clone();
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  const { status, printed } = run(folder, "npm", "start");
  expect(printed).toContain("Cannot start a herd as assets/page/index.html and assets/places/world.bin are missing.");
  expect(printed).toContain("`npm run prepare` builds what is in assets/.");
  expect(status).toBe(2);
});

test.each([
  ["auth without a secret", { auth: {} }, "", "AUTH_SECRET must have 32 bytes or more: it has 0"],
  ["auth with a short secret", { auth: {} }, "AUTH_SECRET=short\n", "AUTH_SECRET must have 32 bytes or more: it has 5"],
  [
    "servers elsewhere without their secret",
    {
      servers: [
        { name: "Oslo", neighbours: ["Kyiv"] },
        { name: "Kyiv", neighbours: ["Oslo"], url: "http://kyiv.test" },
      ],
    },
    "",
    "Kyiv runs in another deployment: the secret PEER_TOKEN, which all of them share, is missing",
  ],
  [
    "only providers that lack their key",
    { places: { providers: ["google"] } },
    "",
    "GOOGLE_PLACES_KEY, which is missing",
  ],
])("[HD38] [HD39] npm start with %s says which, and where to put it", async (_, settings, secrets, problem) => {
  const config = join(folder, "my-herd.json");
  const vars = join(folder, "my.vars");
  await writeFile(config, JSON.stringify({ servers: [{ name: "Oslo", neighbours: [] }], ...settings }));
  await writeFile(vars, secrets);
  const { status, printed } = run(".", "npm", "start", "--", "--config", config, "--secrets", vars);
  expect(printed).toContain(`Cannot use ${config}:\n`);
  expect(printed).toContain(problem);
  expect(printed).toMatch(new RegExp(`put it into ${vars}: echo "(?:AUTH_SECRET|PEER_TOKEN|GOOGLE_PLACES_KEY)=`));
  expect(status).toBe(1);
});

test.each([
  ["OPERATOR_TOKEN", "changeme", 8],
  ["PEER_TOKEN", "x".repeat(31), 31],
  ["PEER_TOKEN", "ä".repeat(15), 30],
  ["AUTH_SECRET_PREVIOUS", "secret", 6],
])("[HD51] npm start with the %s %s says that it is too short, and how to make one", async (name, secret, bytes) => {
  const vars = join(folder, "my.vars");
  await writeFile(vars, `${name}=${secret}\n`);
  const { status, printed } = run(".", "npm", "start", "--", "--secrets", vars, "--state", join(folder, "state"));
  expect(printed).toContain(`the secret ${name} must have 32 bytes or more: it has ${bytes}\n`);
  expect(printed).toContain(`put it into ${vars}: echo "${name}=$(openssl rand -base64 48)" >> ${vars}`);
  expect(printed).not.toContain(`${secret}\n`);
  expect(status).toBe(1);
});

test("[HD1] npm start on the port of one of its servers says whose it is", async () => {
  const { status, printed } = run(".", "npm", "start", "--", "--port", "12501");
  expect(printed).toContain("Cannot use port 12501 twice: it is the tcpPort of Bolden.");
  expect(status).toBe(2);
});
