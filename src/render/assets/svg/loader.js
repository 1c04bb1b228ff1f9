// loader.js: bring the picture to life: its script is a block, deflated like the columns, since it is
// much longer than what it takes to unpack it.
//
// What is given to the script hangs on its element, so that nothing of it can be seen from outside.
// Without the means to inflate, and where the file is damaged, the still picture stays.

const svg = document.currentScript ? document.currentScript.ownerSVGElement : document.documentElement;
const alone = svg === document.documentElement; // else a part of another page
const part = (id) => svg.querySelector("#" + id);

// Follow the window as far as the still drawing can: its labels are cut for its own width. At once, so
// that nothing is laid out twice.
function settle() {
    if (data.fluid) {
        svg.setAttribute("width", "100%");
        if (alone && innerWidth >= data.width) {
            svg.removeAttribute("viewBox");
            part("frames").setAttribute("width", 100 - 200 * data.margin / innerWidth + "%");
        }
    }
    if (alone && !data.inverted && data.height > innerHeight) scrollTo(0, data.height);
}

async function bringToLife() {
    const script = document.createElementNS(svg.namespaceURI, "script");
    script.textContent = new TextDecoder().decode(await inflate(part("script").textContent));
    script.given = { data, svg, alone, part, inflate };
    svg.append(script);
    script.remove();
}

settle();
if (typeof DecompressionStream === "function") bringToLife().catch(() => {});
