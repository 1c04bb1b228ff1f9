// screenshots.js: all that a picture and a report can look like, as PNG files to be looked at.
//
//     node screenshots.js FLAMEDATA FOLDER PERF.DATA [OPTION...]
//
// Names are KIND-WHAT-LOOK.png: of svg and html; views, panes and states; light, dark, wide (1900 px)
// and narrow (400 px). Not a test.
"use strict";

const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");

const { launch } = require("./browse.js");

const LOOKS = {
    light: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
    dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
    wide: { viewport: { width: 1900, height: 900 }, colorScheme: "light" },
    narrow: { viewport: { width: 400, height: 760 }, colorScheme: "light", deviceScaleFactor: 2 },
};

// What is done to come to a state, by its name. act gets the page and the middle of a frame that is
// worth a click.
const SVG = {
    first: async () => {},
    hover: async (page, x, y) => page.mouse.move(x, y),
    zoom: async (page, x, y) => page.mouse.click(x, y),
    menu: async (page, x, y) => page.mouse.click(x, y, { button: "right" }),
    search: async (page, x, y) => {
        await page.mouse.move(x, y);
        await page.keyboard.press("/");
        await page.keyboard.type("sort|queen");
    },
    focus: async (page, x, y) => {
        await page.mouse.click(x, y, { button: "right" });
        await page.getByRole("menuitem", { name: "Only Stacks Through This" }).click();
    },
};

const tab = (value) => (page) => page.locator(`[role=tab][value=${value}]`).click();
const HTML = {
    flame: tab("flame"), icicle: tab("icicle"), "bottom-up": tab("callers"), chart: tab("chart"),
    hover: SVG.hover, zoom: SVG.zoom, menu: SVG.menu,
    search: async (page) => {
        await page.keyboard.press("/");
        await page.keyboard.type("sort|queen");
    },
    sandwich: async (page) => {
        await page.locator("[data-place='1'] .c2").dblclick();
    },
    code: async (page, x, y) => {
        await tab("code")(page);
        await page.waitForTimeout(200);
        await page.mouse.click(x, y);
    },
    "code-none": tab("code"),
    time: async (page) => {
        await tab("time")(page);
        const box = await page.locator(".heat").boundingBox();
        await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.3);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5, { steps: 3 });
        await page.mouse.up();
    },
    about: tab("about"),
    threads: async (page) => page.locator(".checklist > button").first().click(),
    still: null, // without scripts
};

async function shoot(browser, file, kind, states, folder) {
    for (const [look, options] of Object.entries(LOOKS)) {
        for (const [state, act] of Object.entries(states)) {
            const context = await browser.newContext({ ...options, javaScriptEnabled: act !== null }), page = await context.newPage();
            await page.goto("file://" + file);
            await page.waitForTimeout(500);
            // the second frame of the widest thread: "clone", "start_thread", ...
            const place = act && await page.evaluate(() => {
                const box = (document.querySelector(".flames:not([hidden]) .space") || document.querySelector("#frames")).getBoundingClientRect();
                return [box.left + box.width * 0.55, box.bottom - 17 * 5 - 8];
            });
            try {
                if (act) await act(page, ...place);
            } catch (e) {
                console.log(`${kind}-${state}-${look}: ${e.message.split("\n")[0]}`);
            }
            await page.waitForTimeout(450);
            await page.screenshot({ path: path.join(folder, `${kind}-${state}-${look}.png`) });
            await context.close();
        }
    }
}

async function main() {
    const [flamedata, folder, data, ...options] = process.argv.slice(2);
    if (!data) {
        console.error("usage: node screenshots.js FLAMEDATA FOLDER PERF.DATA [OPTION...]");
        process.exit(2);
    }
    fs.mkdirSync(folder, { recursive: true });
    const browser = await launch();
    for (const [kind, states] of [["svg", SVG], ["html", HTML]]) {
        const file = path.resolve(folder, "demo." + kind);
        execFileSync(flamedata, [data, "-q", "-o", file, ...options], { stdio: "inherit" });
        await shoot(browser, file, kind, states, folder);
    }
    await browser.close();
}

main();
