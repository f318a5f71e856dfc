// Runs a script of this folder: `node scripts/local/run.js start --port 9000`.
//
// What the script needs may not be there yet, and whoever has just cloned the project should read what to type. So this file
// is JavaScript that every Node reads, and it imports none of the project before it has looked. Keeps HD35.

import module, { createRequire } from "node:module";

// Compiled code is kept, where Node can: a command then begins in two thirds of the time.
module.enableCompileCache?.();

const [node = "", file = "", name = "", ...args] = process.argv;

const problem = whatIsMissing();
if (problem === undefined) {
  process.argv = [node, file, ...args];
  await import(`./${name}.ts`);
} else {
  console.error(`Cannot run ${name}: ${problem}`);
  process.exitCode = 2;
}

function whatIsMissing() {
  try {
    createRequire(import.meta.url).resolve("commander");
  } catch {
    return "the project's packages are not installed. Type: npm ci";
  }
  if (process.features.typescript) return undefined;
  return `Node ${process.version} reads no TypeScript. Start it with npm, which takes the Node that \`npm ci\` has installed.`;
}
