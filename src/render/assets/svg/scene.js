// scene.js: the parts of the picture that are there already, and the making of new ones.
//
// A picture that is a document of its own may scroll, follow the window and use the address;
// inside another page it does none of that.

const { data, svg, alone, part, inflate } = document.currentScript.given; // see loader.js
const frames = part("frames"), head = part("head"), foot = part("foot"), details = part("details");
const XHTML = "http://www.w3.org/1999/xhtml";

function addElement(parent, name, attributes, namespace) {
    const element = document.createElementNS(namespace || svg.namespaceURI, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return parent.appendChild(element);
}

addElement(svg, "style", {}).textContent = STYLE; // style.css

const addHtml = (parent, name, attributes) => addElement(parent, name, attributes, XHTML);

// A button of HTML; act is called with the event.
function addButton(parent, attributes, text, act) {
    const button = addHtml(parent, "button", { type: "button", ...attributes });
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
}

let printing = false; // paper has all of the picture at once

// What can be seen of the picture, in its px: [top, bottom].
function seenRows() {
    return alone && !printing ? [Math.max(0, scrollY), Math.max(0, scrollY) + innerHeight] : [0, Infinity];
}
