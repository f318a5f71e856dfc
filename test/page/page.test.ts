// The live page as a person uses it: a real Chromium before a herd that runs.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "../../scripts/build/chromium.ts";
import { Plane } from "../../src/page/map/plane.ts";
import { HerdProcess } from "../support/herd-process.ts";
import { clickMap, openPage } from "./live-page.ts";

const OPERATOR_TOKEN = "the-operators-token-of-this-herd";
const PATIENCE = { timeout: 30_000 };

let herd: HerdProcess;
let browser: Browser;

beforeAll(async () => {
  herd = await HerdProcess.create({ secrets: { OPERATOR_TOKEN } });
  [browser] = await Promise.all([launchChromium(), herd.start()]);
});

afterAll(async () => {
  await browser.close();
  await herd.remove();
});

/** Whatever became of a test, the next one finds all servers in service. */
afterEach(async () => {
  const headers = { Authorization: `Bearer ${OPERATOR_TOKEN}` };
  await fetch(`${herd.url}/servers/Parker/up`, { method: "POST", headers });
});

/** What a server answers to a line. */
async function ask(server: string, line: string): Promise<string> {
  const response = await fetch(`${herd.url}/servers/${server}?unknown=reject`, { method: "POST", body: line });
  return response.text();
}

function story(page: Page) {
  return page.locator("#story-title");
}

function card(page: Page, server: string) {
  return page.locator(`[data-card="${server}"]`);
}

describe("the live page", () => {
  test("[PG40] says that all servers hold the same reports, once they do", async () => {
    await ask("Alford", "IAMAT held-by-all +1+1 1");
    await using open = await openPage(browser, herd.url);
    await open.page.locator("#agreement").getByText("All servers that answer hold the same reports.").waitFor();
    expect(open.problems).toEqual([]);
  });

  test("[PG4] [PG5] a click on the map sends an IAMAT, and its flood is seen to reach all five servers", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    await page.fill("#client", "clicked");
    // Over Africa: São Paulo and London are nearest.
    await clickMap(page, 0.53, 0.5);
    await story(page).getByText("Where clicked is: all 5 servers know").waitFor();
    await page.getByText(/^clicked reported to \w+\. Known at (?:\w+, ){4}\w+\.$/).waitFor({ state: "attached" });
    const lines = page.locator("#lines > div");
    await expect.poll(() => lines.count(), PATIENCE).toBe(2);
    const [sent = "", received = ""] = await lines.allTextContents();
    expect(sent).toMatch(/^\w+ +IAMAT clicked [+-]\d+\.\d+[+-]\d+\.\d+ \d+\.\d+$/);
    expect(received).toMatch(/^\w+ +AT \w+ [+-]\d+\.\d{9} clicked /);
    // The page tells the truth: the farthest server has that very line.
    const line = received.replace(/^\w+ +/, "");
    expect(await ask("Hamilton", "WHATSAT clicked 1 1")).toContain(line);
    expect(problems).toEqual([]);
  });

  test("[PG5] the report goes to the server that is picked", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    await page.fill("#client", "picked");
    await page.selectOption("#server", "Hamilton");
    await clickMap(page, 0.45, 0.62);
    await story(page).getByText("all 5 servers know").waitFor();
    await page.locator("#story-hops li", { hasText: "Hamilton" }).getByText("heard it").waitFor();
    expect(await ask("Alford", "WHATSAT picked 1 1")).toContain("AT Hamilton ");
    expect(problems).toEqual([]);
  });

  test("[PG2] [PG6] [PG12] what was reported before is on the map; a click on it asks what is near, with its credit", async () => {
    await ask("Alford", "IAMAT before -1.2864+36.8172 1400794645.392");
    await using open = await openPage(browser, herd.url, { viewport: { width: 1440, height: 900 } });
    const { page, problems } = open;
    const known = page.locator('#client-list option[value="before"]');
    const search = async () => {
      await page.fill("#client", "befor");
      return known.count();
    };
    await expect.poll(search, PATIENCE).toBe(1);
    await page.fill("#client", "somebody-else");
    await clickPlace(page, 36.8172, -1.2864);
    await page.locator("#answer-title", { hasText: "Near before, says Bolden" }).waitFor();
    expect(await page.inputValue("#client")).toBe("before");
    expect(await page.locator("#answer-line").textContent()).toMatch(/^AT Alford .* before -1\.2864\+36\.8172 /);
    expect(await page.locator("#answer-age").textContent()).toMatch(/^Last heard (?:just now|\d+ \w+ ago)$/);
    expect(await page.locator("#places li").allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Nairobi0\.\d km$/)]),
    );
    expect(await page.locator("#credit a").first().getAttribute("href")).toBe("https://www.geonames.org/");
    expect(await page.locator("#radar circle.place").count()).toBe(await page.locator("#places li").count());
    expect(await page.locator("#lines").textContent()).toContain("WHATSAT before 10 5");
    expect(problems).toEqual([]);
  });

  test("[PG5] typed lines are sent as they are, and come back", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    await page.selectOption("#server", "Powell");
    const typed = page.locator("#typed");
    for (const line of ["IAMAT typed +1+1 1400000000", "HELLO  there"]) {
      await typed.fill(line);
      await typed.press("Enter");
      await page.locator("#lines > div.received", { hasText: line.slice(-6) }).waitFor();
    }
    await page.locator("#lines > div", { hasText: "? HELLO  there" }).waitFor();
    const lines = await page.locator("#lines > div").allTextContents();
    expect(lines.map((line) => line.replace(/^Powell +/, ""))).toEqual([
      "IAMAT typed +1+1 1400000000",
      expect.stringMatching(/^AT Powell \+\d+\.\d{9} typed \+1\+1 1400000000$/),
      "HELLO  there",
      "? HELLO  there",
    ]);
    await typed.press("ArrowUp");
    await typed.press("ArrowUp");
    expect(await typed.inputValue()).toBe("IAMAT typed +1+1 1400000000");
    expect(problems).toEqual([]);
  });

  test("[PG3] [PG4] [PG10] without Parker Hamilton is cut off and the rest goes on; Parker comes back, and they catch up", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    const parker = page.getByRole("switch", { name: "Parker in service" });
    await parker.click();
    // The herd asks for its operator's token.
    await page.fill("#operator-token", OPERATOR_TOKEN);
    await page.getByRole("button", { name: "Use them" }).click();
    expect(problems.splice(0)).toEqual([expect.stringContaining("401")]);
    await page.locator('body[data-watching="5"]').waitFor();
    await parker.click();

    await card(page, "Parker").getByText("out of service").waitFor();
    await card(page, "Hamilton").getByText("cut off").waitFor();
    await page.locator('.marker[data-server="Hamilton"]', { hasText: "cut off" }).waitFor();
    expect(await page.locator("#links path.down").count()).toBe(3);
    expect(await parker.getAttribute("aria-checked")).toBe("false");

    await page.fill("#client", "apart");
    await page.selectOption("#server", "Alford");
    await clickMap(page, 0.62, 0.66);
    await story(page).getByText("Where apart is: 3 of 5 servers know").waitFor();
    expect(await page.locator("#story-hops li.waits").allTextContents()).toEqual([
      "Hamiltoncut off",
      "Parkerout of service",
    ]);
    expect(await ask("Hamilton", "WHATSAT apart 1 1")).toBe("? WHATSAT apart 1 1\n");

    await parker.click();
    await card(page, "Parker").getByText("all told").waitFor();
    await card(page, "Hamilton").getByText("all told").waitFor();
    await expect.poll(() => ask("Hamilton", "WHATSAT apart 1 1"), PATIENCE).toContain("AT Alford ");
    expect(await page.locator("#links path.down").count()).toBe(0);
    await story(page).getByText("Where apart is: all 5 servers know").waitFor();
    expect(problems).toEqual([]);
  });

  test("[PG10] [PG11] an operator's token in its address opens the switches, for this tab, also when it is loaded again", async () => {
    await using open = await openPage(browser, `${herd.url}/#operator=${OPERATOR_TOKEN}`);
    const { page, problems } = open;
    expect(page.url()).toBe(`${herd.url}/`);
    const parker = page.getByRole("switch", { name: "Parker in service" });
    await parker.click();
    await card(page, "Parker").getByText("out of service").waitFor();
    await page.reload();
    await card(page, "Parker").getByText("out of service").waitFor();
    await parker.click();
    await card(page, "Parker").getByText("all told").waitFor();
    expect(await page.locator("#access").isHidden()).toBe(true);
    expect(problems).toEqual([]);

    // Another tab has none, until the address is opened there: on a page that is open already, only what is behind the # changes.
    await using other = await openPage(browser, herd.url);
    await other.page.getByRole("switch", { name: "Parker in service" }).click();
    await other.page.locator("#said").getByText("Only an operator may do this").waitFor();
    await other.page.goto(`${herd.url}/#operator=${OPERATOR_TOKEN}`);
    await expect.poll(() => other.page.url(), PATIENCE).toBe(`${herd.url}/`);
    await other.page.getByRole("switch", { name: "Parker in service" }).click();
    await card(other.page, "Parker").getByText("out of service").waitFor();
  });

  test("[PG11] one that the herd does not take is forgotten, and asked for", async () => {
    await using open = await openPage(browser, `${herd.url}/#operator=of-a-start-before`);
    const { page } = open;
    await page.getByRole("switch", { name: "Parker in service" }).click();
    await page.locator("#access").waitFor();
    expect(await page.evaluate("sessionStorage.length")).toBe(0);
    expect(await card(page, "Parker").getByText("out of service").count()).toBe(0);
  });

  test("[PG9] the keyboard reports and asks as the mouse does", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    await page.fill("#client", "keys");
    const map = page.locator("#surface");
    await map.focus();
    for (let step = 0; step < 4; step++) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowDown");
    const place = await page.locator("#cross-place").textContent();
    expect(place).toMatch(/^\d+\.\d° (?:north|south), \d+\.\d° (?:west|east)$/);
    await page.keyboard.press("Enter");
    await story(page).getByText("Where keys is: all 5 servers know").waitFor();
    // The same place again: now a client stands there.
    await page.keyboard.press("Shift+ArrowRight");
    await page.locator("#cross-place", { hasText: "keys" }).waitFor({ state: "attached" });
    await page.keyboard.press("Enter");
    await page.locator("#answer-title", { hasText: "Near keys" }).waitFor();
    expect(problems).toEqual([]);
  });

  test("[PG20] a client that is forgotten is gone from the map and from all that is told of it", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    await page.fill("#client", "leaving");
    await clickMap(page, 0.4, 0.6);
    await story(page).getByText("Where leaving is: all 5 servers know").waitFor();
    await page.click("#ask-button");
    await page.locator("#answer-title", { hasText: "Near leaving" }).waitFor();
    await page.focus("#surface");
    expect(await ask("Bolden", "FORGET leaving")).toMatch(/^FORGOT leaving /);
    await page.locator("#answer").waitFor({ state: "hidden" });
    await page.locator("#story").waitFor({ state: "hidden" });
    await page.fill("#client", "leavin");
    expect(await page.locator('#client-list option[value="leaving"]').count()).toBe(0);
    expect(await page.locator("#answer-line").textContent()).toBe("");
    expect(problems).toEqual([]);
  });

  test("[PG21] a client is forgotten from its answer, once somebody is sure", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    await page.fill("#client", "regret");
    await clickMap(page, 0.6, 0.6);
    await story(page).getByText("Where regret is: all 5 servers know").waitFor();
    await page.click("#ask-button");
    await page.getByRole("button", { name: "Forget regret …" }).click();
    await page.getByText("Every server will forget where regret is. Nobody can bring it back.").waitFor();
    await page.getByRole("button", { name: "Keep it" }).click();
    expect(await page.locator("#forget-sure").isHidden()).toBe(true);
    expect(await ask("Alford", "WHATSAT regret 1 1")).toMatch(/^AT /);
    await page.getByRole("button", { name: "Forget regret …" }).click();
    await page.getByRole("button", { name: "Forget it" }).click();
    await page.locator("#said", { hasText: "regret is forgotten." }).waitFor();
    expect(await page.locator("#answer").isHidden()).toBe(true);
    await expect.poll(() => ask("Alford", "WHATSAT regret 1 1"), PATIENCE).toBe("? WHATSAT regret 1 1\n");
    expect(problems).toEqual([]);
  });

  test("[PG8] while nothing moves nothing is drawn, and what is reported then is", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    // Each drawing begins by clearing its canvas.
    await page.evaluate(`{
      globalThis.drawings = 0;
      const { clearRect } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.clearRect = function (...area) {
        globalThis.drawings++;
        return clearRect.apply(this, area);
      };
    }`);
    const duringFrames = `new Promise((resolve) => {
      const before = drawings;
      const frame = (left) => (left === 0 ? resolve(drawings - before) : requestAnimationFrame(() => frame(left - 1)));
      frame(30);
    })`;
    await expect.poll(() => page.evaluate(duringFrames), PATIENCE).toBe(0);
    await ask("Alford", `IAMAT mover +10+10 ${Date.now() / 1000}`);
    await expect.poll(() => page.evaluate("drawings"), PATIENCE).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });

  test("[PG3] the details of a server show its feeds and the end of its log, and close with Escape", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    await page.locator('.marker[data-server="Parker"]').click();
    await page.locator("#details-title", { hasText: "Parker: in service" }).waitFor();
    expect(await page.locator("#details-feeds th").allTextContents()).toEqual(["Alford", "Bolden", "Hamilton"]);
    await page.locator("#details-log", { hasText: "connected  connection=" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#details").waitFor({ state: "hidden" });
    expect(problems).toEqual([]);
  });

  test.each([
    ["light", 1280, 800],
    ["dark", 390, 844],
  ] as const)("[PG9] axe finds nothing serious: %s, %d × %d", async (colorScheme, width, height) => {
    await using open = await openPage(browser, herd.url, { colorScheme, viewport: { width, height } });
    const { page, problems } = open;
    expect(await serious(page)).toEqual([]);
    await page.fill("#client", "axe");
    await page.locator("#first-report").click();
    await story(page).getByText("all 5 servers know").waitFor();
    await page.locator("#ask-button").click();
    await page.locator("#answer-title", { hasText: "Near axe" }).waitFor();
    await card(page, "Alford").locator(".name").click();
    await page.locator("#details-feeds th").first().waitFor();
    expect(await serious(page)).toEqual([]);
    // Nothing is wider than the screen.
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(problems).toEqual([]);
  });

  test("[PG7] the demo's travellers report, and stop when they are told to", async () => {
    await using open = await openPage(browser, herd.url);
    const { page, problems } = open;
    await page.getByRole("button", { name: "Start 300 travellers" }).click();
    await expect
      .poll(async () => Number(await card(page, "Hamilton").locator("dd").first().textContent()), PATIENCE)
      .toBeGreaterThanOrEqual(300);
    const demo = page.getByRole("button", { name: "300 travellers", exact: true });
    expect(await demo.getAttribute("aria-pressed")).toBe("true");
    await demo.click();
    await expect.poll(() => page.locator("#total-rate").textContent(), PATIENCE).toBe("0");
    expect(await page.locator("#lines > div").count()).toBe(0);
    expect(problems).toEqual([]);
  });

  test("[PG2] [PG3] a herd that goes away is said to, and is watched again when it is back", async () => {
    await using open = await openPage(browser, herd.url);
    const { page } = open;
    await herd.stop();
    await page.getByRole("alert").getByText("The herd does not answer").waitFor();
    await herd.start();
    await page.getByRole("alert").waitFor({ state: "hidden" });
    await page.locator('body[data-watching="5"]').waitFor();
    await page.fill("#client", "again");
    await clickMap(page, 0.7, 0.7);
    await story(page).getByText("Where again is: all 5 servers know").waitFor();
    expect(await ask("Hamilton", "WHATSAT again 1 1")).toContain(" again ");
  });
});

/** Clicks where a place lies on the map. */
async function clickPlace(page: Page, longitude: number, latitude: number): Promise<void> {
  const surface = page.locator("#surface");
  const box = await surface.boundingBox();
  if (box === null) throw new Error("The map is not shown");
  const [x, y] = new Plane(box.width, box.height).toPoint(longitude, latitude) ?? [Number.NaN, Number.NaN];
  await surface.click({ position: { x, y } });
}

async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
