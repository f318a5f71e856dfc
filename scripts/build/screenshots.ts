// Takes the pictures of the live page for the README: `npm run screenshots`.
//
// It starts an ephemeral herd and a real Chromium, and does what a person would do: start the travellers, report from Cape Town, ask
// what is near. Things move in the pictures, so no two runs give the same bytes.

import { writeFile } from "node:fs/promises";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { buildPage } from "./build-page.ts";
import { launchChromium } from "./chromium.ts";
import { withEphemeralHerd } from "../local/ephemeral-herd.ts";
import { runScript } from "../local/run-script.ts";

interface Picture {
  readonly name: string;
  readonly options: BrowserContextOptions;
  readonly scene: (page: Page) => Promise<void>;
}

const DESKTOP = { viewport: { width: 1280, height: 800 } } as const;
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true } as const;

const PICTURES: readonly Picture[] = [
  { name: "page-desktop-light", options: { ...DESKTOP, colorScheme: "light" }, scene: flood },
  { name: "page-desktop-dark", options: { ...DESKTOP, colorScheme: "dark" }, scene: asked },
  { name: "page-phone-light", options: { ...PHONE, colorScheme: "light" }, scene: flood },
  { name: "page-phone-dark", options: { ...PHONE, colorScheme: "dark" }, scene: flood },
];

/** The time until the travellers have spread, and until a flood is half way. */
const SPREAD_MILLIS = 9000;
const HALF_WAY_MILLIS = 1900;

await runScript(async () => {
  await buildPage();
  await withEphemeralHerd(async (url) => {
    await using browser = await launchChromium();
    for (const picture of PICTURES) await take(browser, url, picture);
  });
  return true;
});

async function take(browser: Browser, url: string, { name, options, scene }: Picture): Promise<void> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('body[data-watching="5"]').waitFor();
  await page.locator("#first-demo").click();
  await page.waitForTimeout(SPREAD_MILLIS);
  await scene(page);
  const path = `docs/${name}.webp`;
  // Playwright itself writes PNG and JPEG only.
  const devtools = await context.newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 85 });
  await writeFile(path, data, "base64");
  console.log(path);
  await context.close();
}

/** A report while its flood is on the way. */
async function flood(page: Page): Promise<void> {
  // The invitation disappeared with the first click. Its button still works.
  await page.locator("#first-report").dispatchEvent("click");
  await page.waitForTimeout(HALF_WAY_MILLIS);
}

/** The places near the client that reported. */
async function asked(page: Page): Promise<void> {
  await flood(page);
  await page.locator("#ask-button").click();
  await page.locator("#places li").first().waitFor();
  await page.waitForTimeout(HALF_WAY_MILLIS);
}
