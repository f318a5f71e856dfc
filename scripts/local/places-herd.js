#!/usr/bin/env node
// The command of the installed package. An older Node could not read the files behind it, so this one is for every Node.
// Keeps HC52.

const OLDEST = [22, 12];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) await import("./herd.js");
else {
  console.error(
    `Cannot run places-herd: it needs Node ${OLDEST.join(".")} or later, and this is Node ${process.versions.node}.`,
  );
  process.exitCode = 2;
}
