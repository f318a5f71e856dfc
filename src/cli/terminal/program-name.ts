// What people type to run the command line. An installed package contains JavaScript only; the project itself runs TypeScript.

const IS_INSTALLED = !import.meta.url.endsWith(".ts");

export const PROGRAM = IS_INSTALLED ? "npx places-herd" : "npm run herd --";

/** How the herd is started on this machine. */
export const START = IS_INSTALLED ? "npx places-herd start" : "npm start";

/** The same if another program reads the output, to which npm would add lines. */
export const SILENT_PROGRAM = IS_INSTALLED ? PROGRAM : "npm run --silent herd --";

/** The one word that a shell completes: the package's command, or the alias that docs/command-line.md gives. */
export const COMMAND_NAME = IS_INSTALLED ? "places-herd" : "herd";

/** The paper's testservers, for the herd at `url` if one is given. */
export function testCommand(url?: string): string {
  const command = IS_INSTALLED ? `${PROGRAM} test` : "npm run testservers";
  return url === undefined ? command : `${command}${IS_INSTALLED ? "" : " --"} --url ${url}`;
}
