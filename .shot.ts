import { launchChromium } from "/tmp/h-page/scripts/chromium.ts";
const url = process.argv[2]!;
const browser = await launchChromium();
async function shot(name: string, opts: any, act: (p: any) => Promise<void>) {
  const ctx = await browser.newContext(opts);
  const page = await ctx.newPage();
  page.on("console", (m) => console.log(name, m.type(), m.text()));
  page.on("pageerror", (e) => console.log(name, "ERR", e.message));
  await page.goto(url);
  await page.waitForSelector("[data-card]");
  await act(page);
  await page.screenshot({ path: `/tmp/page-try/${name}.png`, fullPage: opts.viewport.width < 1000 });
  await ctx.close();
}
const desk = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const which = process.argv.slice(3);
const shots: Record<string, () => Promise<void>> = {
  first: () =>
    shot("first", { ...desk }, async (p) => {
      await p.waitForTimeout(1500);
    }),
  flood: () =>
    shot("flood", { ...desk }, async (p) => {
      await p.waitForTimeout(1500);
      await p.click("#first-report");
      await p.waitForTimeout(1250);
    }),
  asked: () =>
    shot("asked", { ...desk, colorScheme: "dark" }, async (p) => {
      await p.waitForTimeout(1200);
      await p.click("#first-demo");
      await p.waitForTimeout(7000);
      await p.click("#ask-button");
      await p.waitForTimeout(900);
    }),
  demo: () =>
    shot("demo", { ...desk }, async (p) => {
      await p.waitForTimeout(1200);
      await p.click("#first-demo");
      await p.waitForTimeout(9000);
      await p.click('[data-card="Parker"] .name');
      await p.waitForTimeout(600);
    }),
  phone: () =>
    shot("phone", { ...phone }, async (p) => {
      await p.waitForTimeout(1200);
      await p.click("#first-report");
      await p.waitForTimeout(1600);
      await p.click("#ask-button");
      await p.waitForTimeout(900);
    }),
  phonefirst: () =>
    shot("phonefirst", { ...phone, colorScheme: "dark" }, async (p) => {
      await p.waitForTimeout(1500);
    }),
};
for (const w of which) await shots[w]!();
await browser.close();
