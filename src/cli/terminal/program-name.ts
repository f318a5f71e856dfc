// What people type to run the command line: from the project, or from the installed package, where all is JavaScript.

const IS_INSTALLED = !import.meta.url.endsWith(".ts");

export const PROGRAM = IS_INSTALLED ? "npx places-herd" : "npm run herd --";

/** How the herd is started on this machine. */
export const START = IS_INSTALLED ? "npx places-herd up" : "npm start";

/** The same where the output is for another program: npm would tell of itself there. */
export const SILENT_PROGRAM = IS_INSTALLED ? PROGRAM : "npm run --silent herd --";

/** The paper's testservers, for the herd at `url` if that is given. */
export function testCommand(url?: string): string {
  const command = IS_INSTALLED ? `${PROGRAM} test` : "npm run testservers";
  return url === undefined ? command : `${command}${IS_INSTALLED ? "" : " --"} --url ${url}`;
}
