// paints.js: which paint a frame has, as src/render/paint.h has it.
//
// Mostly that is a matter of its name: paintOf. Where paints are steps of a ramp it is a matter of
// the node: of by how much it changed, or how wide it is. delta and mostDelta are in units of weight,
// part is the share of the whole.

function paintOnRamp({ ramp, mostDelta }, { names, paintOf }, id, delta, part) {
    if (!ramp || /^--?$/.test(names[id])) return paintOf[id];
    const share = mostDelta ? delta / mostDelta : Math.sqrt(part);
    return ramp + Math.floor(Math.max(-1, Math.min(1, share)) * ramp + 0.5);
}
