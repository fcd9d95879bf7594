// Takes the pictures: node take.js PREVIEW PAGE FOLDER. PREVIEW is what the program wrote to a terminal, with colours.

"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const tools = process.env.CODEMEND_TOOLS || path.join(process.env.HOME, ".cache/codemend-tools");
const { chromium } = require(path.join(tools, "node/node_modules/playwright-core"));

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

// Rows that the terminal has.
const ROWS = 36;
const CLASSES = { 1: "bold", 2: "dim", 7: "inverse", 31: "red", 32: "green", 33: "yellow", 36: "cyan" };
const STYLE = `
  body { margin: 0; padding: 26px; background: #dfe4e2; }
  .window { background: #101416; border-radius: 10px; overflow: hidden; box-shadow: 0 8px 26px #0004; }
  .top { height: 34px; display: flex; align-items: center; gap: 8px; padding: 0 14px; background: #1b2124; }
  .top i { width: 11px; height: 11px; border-radius: 50%; background: #39434a; }
  pre { margin: 0; padding: 14px 20px 18px; color: #d9dfe2; font: 13.5px/20px "DejaVu Sans Mono", "Liberation Mono", monospace; }
  .bold { font-weight: 700; } .dim { color: #8b979e; } .prompt { color: #5fd0b3; }
  .red { color: #ff8d85; } .green { color: #78d596; } .yellow { color: #eebb6d; } .cyan { color: #69c8dc; }
  .red.inverse { background: #7b2b2f; color: #ffe1de; } .green.inverse { background: #1f6a40; color: #dcffe8; }
`;

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

// Text with colours as a terminal reads them, as HTML.
function html(text) {
  let on = new Set();
  return text.split(/(\x1b\[[\d;]*m)/).map((part, at) => {
    if (at % 2 === 0) return part && `<span class="${[...on].join(" ")}">${escaped(part)}</span>`;
    for (const code of part.slice(2, -1).split(";")) Number(code) === 0 ? (on = new Set()) : on.add(CLASSES[Number(code)]);
    return "";
  }).join("");
}

function terminal(preview) {
  const rows = preview.trimEnd().split("\n").slice(-ROWS).join("\n");
  const prompt = `<span class="prompt">$</span> codemend backend\n<span class="dim">⋮</span>\n`;
  const top = `<div class="top"><i></i><i></i><i></i></div>`;
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><div class="window">${top}<pre>${prompt}${html(rows)}</pre></div>`;
}

(async () => {
  const [preview, page, folder] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: process.env.CODEMEND_CHROMIUM || "/usr/bin/chromium", args: ARGUMENTS });
  const open = async (width, height, colorScheme) => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    return context.newPage();
  };

  const shown = await open(1000, 700, "dark");
  await shown.setContent(terminal(fs.readFileSync(preview, "utf8")));
  await shown.screenshot({ path: path.join(folder, "preview.png"), fullPage: true });

  for (const [scheme, name] of [["light", "review-page.png"], ["dark", "review-page-dark.png"]]) {
    const tab = await open(1360, 820, scheme);
    await tab.goto(pathToFileURL(page).href);
    // Some decisions, so that one sees what they look like.
    await tab.click("[data-do=accept-safe], [data-do=accept-all]");
    const labels = await tab.$$eval("article", (all) => all.map((one) => one.getAttribute("aria-label")));
    const before = labels.findIndex((label) => label.includes("returns a dict"));
    for (let at = 0; at <= before; at++) await tab.keyboard.press("j");
    for (const key of "krk") await tab.keyboard.press(key);
    await tab.waitForFunction(() => !document.querySelector("#said.heard"), null, { timeout: 20_000 });
    await tab.waitForTimeout(400);
    await tab.screenshot({ path: path.join(folder, name) });
  }
  await browser.close();
})();
