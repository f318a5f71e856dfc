// The log files of a herd on this machine: how long they get, how many there are, and who may read them.

import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogFiles } from "../../../scripts/local/log-files.ts";

const START = new Date("2026-11-22T10:00:00.000Z");

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "places-herd-"));
  directory = join(parent, "made", "logs");
});

afterEach(() => rm(parent, { recursive: true, force: true }));

interface Written {
  readonly logFileBytes?: number;
  readonly logFiles?: number;
  readonly startedAt?: Date;
}

/** Writes texts of Oslo, each as it comes from one print. */
async function write(
  texts: readonly string[],
  { logFileBytes = 1000, logFiles = 1000, startedAt = START }: Written = {},
) {
  const failures: Error[] = [];
  const onFailure = (error: Error) => failures.push(error);
  const files = new LogFiles({ directory, startedAt, limits: { logFileBytes, logFiles }, onFailure });
  for (const text of texts) {
    files.add("Oslo", text);
    await files.write();
  }
  await files.end();
  expect(failures).toEqual([]);
}

/** Oslo's files, the oldest first. */
async function filesOf(): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(directory)).filter((name) => /^Oslo-\d{4}-/.test(name));
  const sorted = names.toSorted(
    (one, other) => one.slice(0, 24).localeCompare(other.slice(0, 24)) || numberOf(one) - numberOf(other),
  );
  return Promise.all(sorted.map(async (name) => ({ name, text: await readFile(join(directory, name), "utf8") })));
}

function numberOf(name: string): number {
  return Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? "1");
}

function modeOf(path: string): Promise<number> {
  return stat(path).then(({ mode }) => mode & 0o777);
}

test.each([
  ["ASCII", "x"],
  ["two bytes a character", "é"],
  ["three", "€"],
  ["four", "😀"],
])("[LG11] [LG22] entries of %s fill files up to the limit, whole and in order", async (_, character) => {
  const texts = Array.from({ length: 300 }, (__, index) => `${index} ${character.repeat(index % 60)}`);
  await write(texts);
  const files = await filesOf();
  expect(files.map(({ text }) => text).join("")).toBe(texts.map((text) => `${text}\n`).join(""));
  expect(files.length).toBeGreaterThan(5);
  for (const { text } of files) {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1000);
    expect(text.endsWith("\n")).toBe(true);
  }
  // None is left half empty: an entry has 250 bytes at most.
  for (const { text } of files.slice(0, -1)) expect(Buffer.byteLength(text)).toBeGreaterThan(700);
  expect(files.slice(0, 2).map(({ name }) => name)).toEqual([
    "Oslo-2026-11-22-10-00-00.log",
    "Oslo-2026-11-22-10-00-00.2.log",
  ]);
});

test("[LG22] a text longer than a file, and one longer than what is written at once, have a file of their own", async () => {
  const texts = ["first", "y".repeat(5000), "second", "z".repeat(600_000), "third"];
  await write(texts);
  expect((await filesOf()).map(({ text }) => text)).toEqual(texts.map((text) => `${text}\n`));
});

test("[LG22] the newest files stay, those of earlier starts included, and nothing else is touched", async () => {
  const texts = Array.from({ length: 40 }, (_, index) => `${index} `.padEnd(399, "x"));
  await write(texts, { startedAt: new Date("2026-11-20T10:00:00Z") });
  const others = [
    "Oslo-2-2026-01-01-00-00-00.log",
    "Oslo-2026-01-01.log",
    "Oslo-2026-01-01-00-00-00.log.gz",
    "Oslo.log",
    "notes.txt",
    "Bergen-2026-01-01-00-00-00.log",
  ];
  for (const name of others) await writeFile(join(directory, name), "mine");
  await write(texts.slice(0, 3), { startedAt: new Date("2026-11-21T10:00:00Z"), logFiles: 4 });
  const names = (await filesOf()).map(({ name }) => name).filter((name) => !others.includes(name));
  expect(names).toEqual([
    "Oslo-2026-11-20-10-00-00.19.log",
    "Oslo-2026-11-20-10-00-00.20.log",
    "Oslo-2026-11-21-10-00-00.log",
    "Oslo-2026-11-21-10-00-00.2.log",
  ]);
  for (const name of others) expect(await readFile(join(directory, name), "utf8")).toBe("mine");
});

test("[LG22] the file that is written to stays, whatever a clock that was set back has named others", async () => {
  await write(["later"], { startedAt: new Date("2027-11-20T10:00:00Z") });
  const texts = Array.from({ length: 9 }, (_, index) => `${index} `.padEnd(399, "x"));
  await write(texts, { logFiles: 2 });
  const files = await filesOf();
  expect(files.map(({ name }) => name)).toEqual(["Oslo-2026-11-22-10-00-00.4.log", "Oslo-2026-11-22-10-00-00.5.log"]);
  expect(files.at(-1)?.text).toBe(`${texts.at(-1)}\n`);
});

test("[LG21] files and the directories that are made are for the user alone; so are files of an earlier version", async () => {
  await write(["one"]);
  expect(await modeOf(directory)).toBe(0o700);
  expect(await modeOf(join(parent, "made"))).toBe(0o700);
  const [file] = await filesOf();
  expect(await modeOf(join(directory, file?.name ?? ""))).toBe(0o600);

  const earlier = join(directory, "Oslo-2026-01-01-00-00-00.log");
  const elsewhere = join(parent, "elsewhere");
  for (const path of [earlier, elsewhere]) {
    await writeFile(path, "");
    await chmod(path, 0o644);
  }
  await symlink(elsewhere, join(directory, "Oslo-2026-01-01-00-00-01.log"));
  await chmod(directory, 0o755);
  await write(["two"], { startedAt: new Date("2026-11-23T10:00:00Z") });
  expect(await modeOf(earlier)).toBe(0o600);
  // A link is not followed, and a directory that somebody else made is left to them.
  expect(await modeOf(elsewhere)).toBe(0o644);
  expect(await modeOf(directory)).toBe(0o755);
});
