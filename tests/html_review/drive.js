// Drives the review page in Chromium as a person would: node drive.js SCENARIO PAGE [ARGUMENT..].
//
// Prints one line of JSON. Whatever the page logs, throws or asks of a network ends the run with an error.

"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const tools = process.env.CODEMEND_TOOLS || path.join(process.env.HOME, ".cache/codemend-tools");
const { chromium } = require(path.join(tools, "node/node_modules/playwright-core"));

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

const faults = [];
let browser;

// A tab with the page in it.
async function open(file, { width = 1440, height = 900, scheme = "light", without } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, acceptDownloads: true });
  const page = await context.newPage();
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.stack}`));
  page.on("dialog", (dialog) => faults.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  const url = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("blob:")) faults.push(`request: ${request.url()}`);
  });
  if (without) {
    await page.addInitScript(() => {
      Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
    });
  }
  await page.goto(url);
  await page.waitForSelector("#facts:not(:empty)");
  return page;
}

const press = async (page, keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const states = (page) => page.$$eval("article", (all) => all.map((one) => [Number(one.dataset.id), one.dataset.state]));
const accepted = async (page) => (await states(page)).filter(([, state]) => state === "accepted").map(([id]) => id).sort((a, b) => a - b);
const tally = (page) => page.textContent("#tally");
const current = (page) => page.$eval("article.current", (one) => Number(one.dataset.id));
const filled = (page) => page.waitForFunction(() => document.querySelector("article .decide"));

async function download(page, file, how) {
  const waiting = page.waitForEvent("download");
  if (how === "key") await page.keyboard.press("d");
  else await page.click("#download");
  const done = await waiting;
  assert.match(done.suggestedFilename(), /^[\w.-]+\.patch$/);
  await done.saveAs(file);
}

// mulberry32: the same numbers for the same seed.
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// The narrowest contrast of any text that is seen, and where.
function contrast() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const part = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const over = (top, below) => top.slice(0, 3).map((v, i) => (v * top[3] + below[i] * (255 - top[3])) / 255);
  let worst = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const element = node.parentElement;
    const box = element.getBoundingClientRect();
    if (!node.data.trim() || !box.width || box.bottom < 0 || box.top > innerHeight) continue;
    if (element.closest("script, style, noscript, .unseen, .skip, #said, :disabled, [data-state=rejected] .diff-box, [data-state=rejected] .why, dialog:not([open])")) continue;
    const chain = [];
    let hidden = false;
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      hidden ||= style.opacity === "0" || style.visibility === "hidden" || style.display === "none";
      chain.push(rgba(style.backgroundColor));
    }
    if (hidden) continue;
    const ground = chain.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
    const [a, b] = [light(over(rgba(getComputedStyle(element).color), ground)), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst[0]) worst = [ratio, `${element.tagName}.${element.className}: ${node.data.slice(0, 40)}`];
  }
  return worst;
}

const SCENARIOS = {
  // Accept what SPEC says and download it: `all`, `safe`, `codemod=NAME` or `seed=N`.
  async choose(file, spec, patch) {
    const page = await open(file);
    await filled(page);
    const [kind, value] = spec.split("=");
    if (kind === "all") await page.click("[data-do=accept-all]");
    if (kind === "safe") await page.click("[data-do=accept-safe], [data-do=accept-all]");
    if (kind === "codemod") {
      await page.hover(`.facet:has-text("${value}")`);
      await page.click(`[aria-label="Accept all of ${value}"]`);
    }
    if (kind === "seed") {
      const next = random(Number(value));
      await page.keyboard.press("j");
      const count = (await states(page)).length;
      for (let i = 0; i < count; i++) await page.keyboard.press(["a", "a", "r", "j"][Math.floor(next() * 4)]);
    }
    const ids = await accepted(page);
    const said = await tally(page);
    assert.ok(said.startsWith(`${ids.length} of ${(await states(page)).length} accepted`), said);
    if (ids.length) await download(page, patch, kind === "all" ? "key" : "mouse");
    return { accepted: ids };
  },

  // Every control does what it says.
  async controls(file) {
    const page = await open(file);
    await filled(page);
    const total = (await states(page)).length;
    assert.ok(await page.isDisabled("#download"));
    assert.equal(await tally(page), `0 of ${total} accepted · ${total} open`);

    // By mouse: accept, take the same back, reject.
    const first = "article >> nth=0";
    await page.click(`${first} >> .accept`);
    assert.equal((await accepted(page)).length, 1);
    assert.equal(await page.getAttribute(`${first} >> .accept`, "aria-pressed"), "true");
    assert.equal(await page.textContent("#download"), "Download patch (1)");
    await page.click(`${first} >> .accept`);
    assert.equal((await accepted(page)).length, 0);
    await page.click(`${first} >> .reject`);
    assert.equal((await states(page))[0][1], "rejected");
    await press(page, "u");
    assert.equal((await states(page))[0][1], "open");

    // By keys: a and y accept and go on, r and n reject, o opens, u takes back, j, k and f move.
    const order = (await states(page)).map(([id]) => id);
    await press(page, "jk");
    assert.equal(await current(page), order[0]);
    await press(page, "j");
    assert.equal(await current(page), order[1]);
    await press(page, "a");
    assert.equal((await states(page))[1][1], "accepted");
    assert.equal(await current(page), order[2]);
    await press(page, "ko");
    assert.equal((await states(page))[1][1], "open");
    await press(page, "yk");
    assert.equal((await states(page))[1][1], "accepted");
    await press(page, "nk");
    assert.equal((await states(page))[1][1], "rejected");
    await press(page, "u");
    assert.equal((await states(page))[1][1], "accepted");
    await press(page, "u");
    assert.equal((await states(page))[1][1], "open");
    const file0 = await page.$eval("article.current", (one) => one.closest("section").dataset.file);
    await press(page, "f");
    assert.notEqual(await page.$eval("article.current", (one) => one.closest("section").dataset.file), file0);
    assert.ok(await page.evaluate(() => document.activeElement.matches("article.current")));
    const top = await page.$eval("article.current", (one) => one.getBoundingClientRect().top);
    assert.ok(top > 40 && top < 450, `the current change is at ${top}`);

    // The file and all that is shown.
    await page.click("section.file >> nth=0 >> [data-do=accept-file]");
    const head = await page.textContent("section.file >> nth=0 >> .file-tally");
    const [, one, all] = /^(\d+) of (\d+) accepted/.exec(head);
    assert.equal(one, all);
    await page.click("section.file >> nth=0 >> [data-do=reject-file]");
    assert.equal((await accepted(page)).length, 0);
    await page.click("[data-do=accept-all]");
    assert.equal((await accepted(page)).length, total);
    assert.equal(await tally(page), `${total} of ${total} accepted`);
    await press(page, "u");
    assert.equal((await accepted(page)).length, 0);
    await page.click("[data-do=open-all]");
    assert.equal(await tally(page), `0 of ${total} accepted · ${total} open`);

    // The whole file with what is accepted, and back.
    await page.click("section.file >> nth=0 >> [data-do=accept-file]");
    await page.click("section.file >> nth=0 >> [data-do=together]");
    assert.equal(await page.$$eval("section.file:first-child article", (all) => all.length), 0);
    assert.ok(await page.$("section.file:first-child .together table.diff"));
    await page.click("section.file >> nth=0 >> [data-do=together]");
    assert.ok(await page.$("section.file:first-child article table.diff"));

    // More lines, views, themes, help.
    await press(page, "ffkj");
    const rows = () => page.$$eval("article.current .diff tr", (all) => all.length);
    const before = await rows();
    if (await page.$("article.current .expand")) {
      await press(page, "e");
      assert.ok((await rows()) >= before);
      assert.equal(await page.$("article.current .expand"), null);
    }
    const mode = () => page.$eval("article.current .diff", (one) => one.className);
    assert.equal(await mode(), "diff split");
    await press(page, "s");
    assert.equal(await mode(), "diff unified");
    await page.click("#split");
    assert.equal(await mode(), "diff split");
    const ground = () => page.$eval("body", (one) => getComputedStyle(one).backgroundColor);
    const day = await ground();
    await press(page, "t");
    const night = await ground();
    assert.notEqual(day, night);
    await page.click("#theme");
    assert.equal(await ground(), day);
    await press(page, "?");
    assert.ok(await page.isVisible("#keys"));
    await page.keyboard.press("Escape");
    assert.ok(!(await page.isVisible("#keys")));
    await page.click("article.current [data-do=about]");
    assert.ok(await page.isVisible("#about"));
    await page.click("#about .close");
    return {};
  },

  // Filters show what they say and count right.
  async filters(file) {
    const page = await open(file);
    await filled(page);
    const total = (await states(page)).length;
    const shown = async () => (await states(page)).length;
    const names = await page.$$eval("[data-facet=codemod] .label", (all) => all.map((one) => one.textContent));
    let sum = 0;
    for (const name of names) {
      const row = `[data-facet=codemod]:has-text("${name}")`;
      const count = Number(await page.textContent(`${row} .count`));
      await page.click(row);
      assert.equal(await shown(), count, name);
      assert.equal(await page.getAttribute(row, "aria-pressed"), "true");
      await page.click(row);
      sum += count;
    }
    assert.equal(sum, total);
    const folder = ".tree [data-folder] >> nth=0";
    const count = Number(await page.textContent(`${folder} >> .count`));
    await page.click(folder);
    assert.equal(await shown(), count);
    await page.click("#clear");
    assert.equal(await shown(), total);

    // What is accepted, after a decision: the list stays until it is asked again.
    await press(page, "ja");
    assert.equal(await shown(), total);
    await page.click("[data-facet=state][data-value=accepted]");
    assert.equal(await shown(), (await accepted(page)).length);
    await page.click("[data-facet=state][data-value=accepted]");
    await page.click("[data-facet=state][data-value=open]");
    assert.equal(await shown(), total - 1);
    await page.click("#clear");

    // Words: `/` goes there, keys are letters there.
    await press(page, "/");
    await page.keyboard.type("optional");
    await page.waitForFunction((total) => document.querySelectorAll("article").length < total, total);
    assert.ok((await shown()) > 0);
    await page.fill("#search", "no such words anywhere");
    await page.waitForSelector(".nothing");
    assert.equal(await shown(), 0);
    await page.keyboard.press("Escape");
    await page.click("#clear");
    assert.equal(await shown(), total);

    // What was left alone is told.
    for (const box of await page.$$(".notes")) {
      await (await box.$("summary")).click();
      const counted = Number(await (await box.$(".count")).textContent());
      const items = (await box.$$("li")).length;
      assert.ok(items === counted || items === 201, `${items} of ${counted}`);
    }
    return { notes: await page.$$eval(".notes", (all) => all.map((one) => one.dataset.notes)) };
  },

  // Decisions survive a reload, and nothing breaks where a browser keeps nothing.
  async memory(file) {
    const page = await open(file);
    await filled(page);
    await press(page, "jaars");
    const then = await states(page);
    await page.reload();
    await filled(page);
    assert.deepEqual(await states(page), then);
    assert.equal(await page.getAttribute("#unified", "aria-pressed"), "true");
    const other = await open(file, { without: true });
    await filled(other);
    await press(other, "jast");
    assert.equal((await accepted(other)).length, 1);
    return {};
  },

  // Nothing is wider than the window, and all is dark or light enough.
  async looks(file) {
    for (const width of [375, 768, 1024, 1440]) {
      const page = await open(file, { width, height: 760 });
      await filled(page);
      await press(page, "jar");
      for (const mode of ["unified", "split"]) {
        await page.click(`#${mode}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${wide} at ${width}, ${mode}`);
      }
      if (width === 375) {
        assert.equal(await page.$eval("#filters", (one) => one.open), false);
        await page.click("#filters summary");
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      }
      await page.context().close();
    }
    const worst = {};
    for (const scheme of ["light", "dark"]) {
      const page = await open(file, { scheme });
      await filled(page);
      await press(page, "jajrj");
      const [ratio, where] = await page.evaluate(contrast);
      assert.ok(ratio >= 4.5, `${scheme}: ${ratio} at ${where}`);
      worst[scheme] = [ratio, where];
    }
    // Every control has a name.
    const page = await open(file);
    await filled(page);
    const nameless = await page.$$eval("button, input, summary", (all) =>
      all.filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.closest("label"))).map((one) => one.outerHTML));
    assert.deepEqual(nameless, []);
    return worst;
  },

  // Hostile names and texts are text: no element of theirs, and hidden characters are seen.
  async hostile(file) {
    const page = await open(file);
    await filled(page);
    await page.click("#unified");
    const count = (await states(page)).length;
    for (let i = 0; i < count; i++) await page.keyboard.press("j");
    await page.waitForTimeout(50);
    const found = await page.$$eval("img, iframe, object, embed, script, link, a", (all) => all.map((one) => one.outerHTML.slice(0, 60)));
    assert.equal(found.filter((one) => !/^<script (type="application\/json"|nonce)|^<a class="skip"/.test(one)).length, 0, found.join("\n"));
    const text = await page.evaluate(() => document.querySelector("#list").textContent);
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u200b]/);
    return { text, title: await page.title() };
  },

  // With thousands of changes few nodes stand in the page, and the last one can be decided.
  async many(file, patch) {
    const page = await open(file);
    await filled(page);
    const total = (await states(page)).length;
    const nodes = () => page.evaluate(() => document.querySelectorAll("article *").length);
    const most = [await nodes()];
    for (const part of [0.3, 0.6, 1]) {
      await page.evaluate((part) => window.scrollTo(0, document.documentElement.scrollHeight * part), part);
      await page.waitForTimeout(100);
      most.push(await nodes());
    }
    await page.waitForFunction(() => [...document.querySelectorAll("article")].at(-1).querySelector(".accept"));
    await page.locator("article").last().locator(".accept").click();
    assert.equal((await accepted(page)).length, 1);
    await press(page, "k");
    assert.ok(Math.max(...most) < 8000, `${most} nodes`);
    await page.click("[data-do=accept-all]");
    assert.ok((await tally(page)).startsWith(`${total} of ${total} accepted`));
    await download(page, patch);
    return { total, nodes: Math.max(...most) };
  },
};

(async () => {
  const [scenario, ...rest] = process.argv.slice(2);
  browser = await chromium.launch({ executablePath: process.env.CODEMEND_CHROMIUM || "/usr/bin/chromium", args: ARGUMENTS });
  const result = await SCENARIOS[scenario](...rest);
  await browser.close();
  assert.deepEqual(faults, []);
  console.log(JSON.stringify(result));
})().catch(async (error) => {
  console.error(error.stack, faults.join("\n"));
  await browser?.close();
  process.exit(1);
});
