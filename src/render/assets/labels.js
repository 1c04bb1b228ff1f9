// labels.js: cut text to a width, with the widths that the browser's font really has.
//
// Characters are measured on a canvas, the usual ones of a style all at once, since to set a font
// there is slow. Where there is no canvas, the estimate of FlameGraph is used.

const canvas = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
const pen = canvas.getContext ? canvas.getContext("2d") : null;
const fonts = new Map();

// widthOf(character) for a style such as "italic" or "600".
function measure(style) {
    if (!fonts.has(style)) {
        const font = style + " " + data.fontSize + "px " + svg.getAttribute("font-family");
        const ask = (c) => pen ? pen.measureText(c).width : 0.59 * data.fontSize;
        const widths = new Map();
        if (pen) pen.font = font;
        for (let c = 32; c < 127; c++) widths.set(String.fromCharCode(c), ask(String.fromCharCode(c)));
        widths.set("\u2026", ask("\u2026"));
        fonts.set(style, (c) => {
            if (!widths.has(c)) {
                if (pen) pen.font = font;
                widths.set(c, ask(c));
            }
            return widths.get(c);
        });
    }
    return fonts.get(style);
}

// As much of text as fits into width, with an ellipsis where it was cut; "" when that would leave
// fewer than two characters of it. Never splits a character from its marks.
function fit(text, width, style) {
    const widthOf = measure(style), ellipsis = widthOf("\u2026");
    if (width < ellipsis) return "";
    let used = 0, cut = 0, places = 0, at = 0;
    for (const c of text) {
        if (used + ellipsis <= width && (c < "\u0300" || !/[\p{M}\u200d]/u.test(c))) {
            cut = at;
            places++;
        }
        used += widthOf(c);
        if (used > width) return places > 2 ? text.slice(0, cut) + "\u2026" : "";
        at += c.length;
    }
    return text;
}

const styles = { k: "italic", p: "600" };

// Label frame k, whose box is [x, x + w) in px, or take its label away.
function label(k, x, w) {
    const node = model.nodes[k], rect = node.children[1];
    let text = node.children[2];
    if (!data.labels || (!text && w < 2 * data.fontSize)) return;
    const style = node.classList.contains("match") ? "600" : styles[node.className.baseVal[0]] || "";
    const shown = w < data.fontSize ? "" : fit(nameOf(model, k), w - data.fontSize / 2, style);
    if (!shown) {
        if (text) text.remove();
        return;
    }
    if (!text) {
        text = document.createElementNS(svg.namespaceURI, "text");
        text.setAttribute("y", +rect.getAttribute("y") + data.frameHeight / 2 + data.fontSize * 0.28);
        node.appendChild(text);
    }
    text.setAttribute("x", x + data.fontSize / 4);
    if (text.textContent !== shown) text.textContent = shown;
}
