// numbers.js: weights, shares and durations as people read them.
//
// The same texts as src/base/numbers.c writes. words say what weights count: {durations: true} for
// nanoseconds, else {quantity: "samples"}; with factor they are multiplied by it.

// 1,234,567; a part is shown with at most two decimals.
function groupedText(value) {
    const [whole, part] = String(Math.abs(Math.round(value * 100) / 100)).split(".");
    return (value < 0 ? "-" : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? "." + part : "");
}

// Four significant digits or so: 1.234 s, 56.78 ms, 9.012 \u00b5s, 345 ns.
function durationText(ns) {
    if (ns < 0) return "-" + durationText(-ns);
    for (const [unit, name] of [[1e9, " s"], [1e6, " ms"], [1e3, " \u00b5s"]]) {
        if (ns < unit) continue;
        const whole = Math.floor(ns / unit), decimals = whole < 10 ? 3 : whole < 100 ? 2 : whole < 1000 ? 1 : 0;
        const [left, right] = (Math.round(ns / (unit / 10 ** decimals)) / 10 ** decimals).toFixed(decimals).split(".");
        return groupedText(+left) + (right ? "." + right : "") + name;
    }
    return Math.round(ns) + " ns";
}

function weightText(value, words) {
    value *= words.factor || 1;
    return words.durations ? durationText(value) : groupedText(value) + " " + words.quantity;
}

// "12.34%"; the whole is "100%".
function percentText(part, whole) {
    return part === whole ? "100%" : (whole ? part / whole * 100 : 0).toFixed(2) + "%";
}

// By how much more, in the whole: "+12.34%", "-1.20%", "0.00%". negate: which is which changes places.
function changeText(delta, whole, negate) {
    const change = delta && negate ? -delta : delta;
    return (change > 0 ? "+" : "") + (whole ? change / whole * 100 : 0).toFixed(2) + "%";
}

function samplesText(count) {
    return groupedText(count) + (count === 1 ? " sample" : " samples");
}
