// The terminal of a running herd, over a pipe that somebody reads slowly, or not at all.

import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Screen } from "../../../scripts/local/screen.ts";

let directory: string;
let reader: number;
let writer: number;
let gone: number;
let screen: Screen;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "places-herd-screen-"));
  const pipe = join(directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  gone = 0;
  screen = new Screen(writer, "logs/", () => gone++);
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function fill(): void {
  let hasRoom = true;
  while (hasRoom) hasRoom = screen.showEntry(() => "entry");
}

function read(): string {
  const buffer = Buffer.alloc(1_048_576);
  try {
    return buffer.toString("utf8", 0, readSync(reader, buffer));
  } catch {
    return "";
  }
}

test("[LG12] has room for 100 entries at once, and then says how many more there are", async () => {
  fill();
  screen.leaveOut(12_344);
  screen.leaveOut(1);
  await screen.end();
  expect(read()).toBe(`${"entry\n".repeat(100)}… 12,345 entries more in logs/\n`);
});

test("[LG13] has room of its own for what needs attention", async () => {
  fill();
  for (let index = 0; index < 101; index++) screen.showWarning("warning");
  await screen.end();
  expect(read()).toBe(`${"entry\n".repeat(100)}${"warning\n".repeat(100)}… 1 entry more in logs/\n`);
});

test("[LG15] one that takes nothing has no room, until it takes again", async () => {
  const long = "x".repeat(10_000);
  let said = 0;
  while (said < 30 && screen.showEntry(() => long)) said++;
  expect(said).toBeLessThan(30);
  screen.leaveOut(7);
  let text = "";
  await expect
    .poll(() => {
      text += read();
      return text.length;
    })
    .toBe(said * (long.length + 1));
  await screen.end();
  expect(read()).toBe("… 7 entries more in logs/\n");
});

test("[HD33] [LG15] one that is gone is told of once, and takes nothing more", async () => {
  closeSync(reader);
  screen.say("to nobody");
  await expect.poll(() => gone).toBe(1);
  screen.say("to nobody");
  screen.leaveOut(1);
  expect(screen.showEntry(() => "to nobody")).toBe(false);
  await screen.end();
  expect(gone).toBe(1);
});
