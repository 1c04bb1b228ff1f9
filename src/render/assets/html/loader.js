// loader.js: bring the page to life: its style sheet and its script are blocks, deflated like the
// data, since they are much longer than what it takes to unpack them.
//
// A plain script, so that what stands here is there for the other, a module. The page's policy names
// the hash of both. What takes longest begins first. Without the means to inflate, and where the
// file is damaged, the still picture stays.

// A block's bytes; null: there is none.
async function blockOf(id) {
    const element = document.getElementById(id);
    return element && inflate(element.textContent);
}

function giveUp(error) {
    const alert = document.createElement("p");
    alert.setAttribute("role", "alert");
    alert.textContent = "This page cannot be shown whole: " + error.message;
    document.documentElement.classList.remove("live");
    document.documentElement.classList.add("failed");
    document.body.prepend(alert);
}

async function bringToLife() {
    const [style, script] = await Promise.all(["style", "script"].map(async (id) => {
        const element = document.createElement(id);
        element.textContent = new TextDecoder().decode(await blockOf(id));
        return element;
    }));
    script.type = "module";
    document.head.append(style, script);
}

let early = typeof DecompressionStream === "function" ? Promise.all(["columns", "samples", "data"].map(blockOf)) : null;
if (early) {
    bringToLife().catch(giveUp);
    early.catch(() => {});
} else document.documentElement.classList.add("failed");
