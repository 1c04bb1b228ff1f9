// measure.js: the widths that characters really have in the picture's font, unless it is told one
// (data.fontWidth).
//
// Measured on a canvas, the usual ones of a style all at once, since to set a font there is slow.
// Where there is no canvas, FlameGraph's estimate is used.

const canvas = document.createElementNS(XHTML, "canvas");
const pen = canvas.getContext ? canvas.getContext("2d") : null;
const fonts = new Map(), BOLDER = 1.12; // as in svg_frames.c

// widthOf(character) for a style such as "italic" or "600".
function measure(style) {
    let widthOf = fonts.get(style);
    if (widthOf) return widthOf;
    const widths = new Map();
    const ask = (c) => {
        if (data.fontWidth) return data.fontWidth * data.fontSize * (style === "600" ? BOLDER : 1);
        if (pen) pen.font = style + " " + data.fontSize + "px " + svg.getAttribute("font-family");
        const width = pen ? pen.measureText(c).width : 0.59 * data.fontSize;
        widths.set(c, width);
        return width;
    };
    widthOf = (c) => widths.get(c) ?? ask(c);
    fonts.set(style, widthOf);
    return widthOf;
}

function textWidth(text, widthOf) {
    let width = 0;
    for (const c of text) width += widthOf(c);
    return width;
}
