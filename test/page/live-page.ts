// The live page in a real Chromium, opened anew for each test, with everything that a person would see as wrong written down.

import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors of the script and of the console, violations of the content policy among them. */
  readonly problems: string[];
}

/** Opens the page; settles when it shows how the herd stands and watches every server that it can. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  await page.goto(url);
  await page.locator('body[data-watching="5"]').waitFor();
  return { page, problems, [Symbol.asyncDispose]: () => context.close() };
}

/** Clicks on the map, at shares of its width and height. */
export async function clickMap(page: Page, right: number, down: number): Promise<void> {
  const surface = page.locator("#surface");
  const box = await surface.boundingBox();
  if (box === null) throw new Error("The map is not shown");
  await surface.click({ position: { x: box.width * right, y: box.height * down } });
}
