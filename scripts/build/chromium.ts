// A real Chromium that npm installs: the one of @sparticuz/chromium, driven by playwright-core.
//
// The package contains it compressed. It would unpack it into the system's temporary directory, under a name that all versions and
// users share, and it would use what it finds there, even half written. So it is unpacked here, into a directory for its version
// below node_modules that appears whole or not at all.
//
// Facts, 2026-11-22: it needs libnss3, libnspr4 and libexpat, which a bare machine lacks; they are among the package's libraries for
// AWS. Its fonts.conf names only directories of AWS. `--single-process`, which the package advises for AWS, ends the browser with its
// first page.

import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { inflate } from "@sparticuz/chromium";
import { chromium, type Browser } from "playwright-core";

const PARTS = ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"];

/** Starts a browser. The caller closes it. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const directory = await unpacked();
  const libraries = [join(directory, "al2023", "lib"), process.env["LD_LIBRARY_PATH"] ?? ""];
  return chromium.launch({
    executablePath: join(directory, "chromium"),
    // Containers allow no sandbox. Only the herd's own page is loaded.
    args: ["--no-sandbox", "--font-render-hinting=none", ...args],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: libraries.filter((path) => path !== "").join(":"),
      FONTCONFIG_FILE: join(directory, "fonts.conf"),
    },
  });
}

async function unpacked(): Promise<string> {
  const packed = dirname(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))));
  const { version } = JSON.parse(await readFile(join(packed, "package.json"), "utf8")) as { readonly version: string };
  const cache = join(packed, "..", "..", ".cache");
  const directory = join(cache, `chromium-${version}`);
  if (await exists(directory)) return directory;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(`${directory}-`);
  try {
    await unpackInto(fresh, join(packed, "bin"));
    await writeFile(join(fresh, "fonts.conf"), fontsIn(directory));
    await rename(fresh, directory);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process may have been faster.
    if (!(await exists(directory))) throw error;
  }
  return directory;
}

/** The package takes the target directory from TMPDIR only. */
async function unpackInto(directory: string, bin: string): Promise<void> {
  const { TMPDIR } = process.env;
  process.env["TMPDIR"] = directory;
  try {
    await Promise.all(PARTS.map((part) => inflate(join(bin, part))));
  } finally {
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
  }
}

/** The package's own fonts, and those of the machine if it has some. */
function fontsIn(directory: string): string {
  const directories = [join(directory, "fonts"), "/usr/share/fonts"].map((path) => `<dir>${path}</dir>`);
  return `<fontconfig>${directories.join("")}<cachedir>${join(directory, "font-cache")}</cachedir></fontconfig>\n`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
