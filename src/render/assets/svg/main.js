// main.js: when what happens.
//
// The still drawing stays until somebody points at it, types or resizes, or comes by a link. The
// frames are decoded before, as soon as the browser has time. Where that cannot be (a damaged file)
// nothing is added: no control is there that does nothing.

let awake = false, dismissed = false;

const windowWidth = () => alone ? document.documentElement.clientWidth || innerWidth : svg.parentNode.clientWidth;

// Draw the picture as the script does, from now on.
function wake() {
    if (!awake && profile) resize();
}

function resize() {
    if (!profile) return;
    awake = true;
    if (data.fluid) inner = Math.max(windowWidth(), 100) - 2 * data.margin;
    cutHead();
    wrapLegend();
    draw();
    place();
}

// Paper has all of the picture at once, made smaller as a whole, so that labels stay in their frames.
function print(on) {
    printing = on;
    if (on) wake();
    place();
}

// A frame of the drawing that an event is about, or -1.
const frameOf = (target) => target.k === undefined ? -1 : target.k;

function listen() {
    let pressed = 0, from = [0, 0];
    frames.addEventListener("pointerdown", (event) => {
        from = [event.clientX, event.clientY];
        clearTimeout(pressed);
        if (event.pointerType === "touch" && frameOf(event.target) >= 0) pressed = setTimeout(() => openMenu(event.target.k, ...from), 600);
    });
    for (const type of ["pointerup", "pointermove", "pointercancel", "contextmenu"])
        frames.addEventListener(type, (event) => type === "pointermove" && Math.hypot(event.clientX - from[0], event.clientY - from[1]) < 8 || clearTimeout(pressed));
    frames.addEventListener("click", (event) => {
        const k = frameOf(event.target), dragged = Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 4;
        if (k < 0 || dismissed || menuBox || (dragged && String(getSelection()))) return;
        const { href, target } = attributesOf(k);
        if (href) open(href, target);
        else zoom(k);
    });
    frames.addEventListener("contextmenu", (event) => {
        if (frameOf(event.target) < 0 || String(getSelection())) return;
        event.preventDefault();
        openMenu(event.target.k, event.clientX, event.clientY);
    });
    frames.addEventListener("mouseover", (event) => {
        const k = frameOf(event.target);
        if (k !== hovered && hasMoved(event)) showDetails(k);
        showTooltip(event.target);
    });
    frames.addEventListener("mousemove", (event) => {
        const was = parked;
        if (hasMoved(event) && was) showDetails(frameOf(event.target));
    });
    frames.addEventListener("mouseleave", () => showDetails(-1));
    // not on frames: an SVG element that listens for the focus can be given it
    for (const type of ["focusin", "focusout"]) {
        document.addEventListener(type, ({ target }) => {
            held = type === "focusin" && frames.contains(target);
            if (!held) return;
            if (target.matches(":focus-visible")) svg.classList.add("keys");
            if (target.k !== focused) focusFrame(target.k);
        });
    }
    addEventListener("pointerdown", (event) => {
        svg.classList.remove("keys");
        dismissed = !!menuBox && !menuBox.contains(event.target);
        if (dismissed) closeMenu();
    }, true);
    (alone ? window : svg).addEventListener("keydown", onKey);
    for (const type of ["pointermove", "pointerdown", "keydown"]) svg.addEventListener(type, wake, { capture: true, passive: true });
    if (alone) addEventListener("keydown", wake, true);
    addEventListener("resize", () => requestAnimationFrame(resize));
    if (alone) addEventListener("scroll", place, { passive: true });
    if (alone) for (const type of ["beforeprint", "afterprint"]) addEventListener(type, () => print(type === "beforeprint"));
    dark.addEventListener("change", () => awake && draw());
}

async function load() {
    const found = part("columns");
    if (!found) return;
    try {
        base = readProfile(await inflate(found.textContent));
    } catch (e) {
        return;
    }
    setSteps([]);
    matches = new Uint8Array(profile.names.length);
    makeBar();
    listen();
    if (alone) addEventListener("hashchange", readLink);
    if (alone && location.hash) {
        resize();
        readLink();
    } else if (data.fluid && windowWidth() < data.width) {
        resize();
        reveal(0);
    }
}

if (alone && data.height > innerHeight) place();
if (window.requestIdleCallback) requestIdleCallback(load, { timeout: 500 });
else setTimeout(load, 0);
