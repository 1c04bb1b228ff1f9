// hostile.js: files full of hostile names in a real browser.
//
//     node hostile.js FILE...
//
// Names call pwned(), load pictures from nowhere and link to pwned.invalid. Each file is used as a
// reader would: all views, pointed at, clicked, searched. Then nothing has run, asked for anything or
// opened a dialog, and no element is there that a name made.
"use strict";

const path = require("path");

const { check, finish, launch, openWatched } = require("./browse.js");

// What a name that broke out would have left: elements and attributes that we never write. The title is
// a string in a picture's own script.
const escaped = () => [...document.querySelectorAll("*")].filter((e) => e.localName === "img" || e.localName === "iframe" ||
    (e.localName === "script" && /pwned/.test(e.textContent) && !e.textContent.startsWith("(function(data){")) || (e.localName === "style" && /pwned/.test(e.textContent)) ||
    [...e.attributes].some((a) => /^on/i.test(a.name) || (/href$/i.test(a.name) && /^\s*(javascript|data|vbscript):/i.test(a.value))))
    .map((e) => e.outerHTML.slice(0, 200));

async function use(page, html) {
    const views = html ? await page.locator("#views button, [role=tab]").count() : 0;
    for (let view = 0; view < Math.max(views, 1); view++) {
        if (views) await page.locator("#views button, [role=tab]").nth(view).click({ timeout: 2000 }).catch(() => {});
        for (let y = 80; y < 700; y += 16) await page.mouse.move(200 + y % 300, y);
        await page.mouse.click(300, 300);
        await page.mouse.click(420, 200, { button: "right" });
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
    }
    await page.keyboard.press("/");
    await page.keyboard.type("<script>pwned()</script>");
    await page.keyboard.press("Enter");
    await page.waitForTimeout(300);
}

async function look(browser, file) {
    const name = path.basename(file), opened = [], ran = [];
    const { page, complaints } = await openWatched(browser, file, { viewport: { width: 1200, height: 800 } });
    page.on("dialog", (d) => (opened.push(d.message()), d.dismiss()));
    page.on("popup", (w) => opened.push(w.url()));
    await page.exposeFunction("pwned", () => ran.push(name));
    await page.reload(); // what runs at once calls it, too
    await page.waitForTimeout(500);
    await use(page, file.endsWith(".html"));
    check(name + ": nothing in a name ran", ran.length === 0, ran);
    check(name + ": no dialog, no window", opened.length === 0, opened);
    check(name + ": no request, no error, nothing forbidden was tried", complaints.length === 0, complaints.slice(0, 5));
    const made = await page.evaluate(escaped);
    check(name + ": no element that a name made", made.length === 0, made.slice(0, 3));
    await page.close();
}

finish((async () => {
    const browser = await launch();
    for (const file of process.argv.slice(2)) await look(browser, file);
    await browser.close();
})());
