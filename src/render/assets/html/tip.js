// tip.js: what a box is worth: beside the pointer, and in a line under the picture that stays.

const NO_WORDS = ["", ""];

function createTip(page, host, detail) {
    const tip = make("div", { class: "tip", "aria-hidden": "true", hidden: true });
    host.append(tip);
    let profile = page.profile, weights = page.weights, samples, changes, chosen = NO_WORDS;
    const name = make("bdi"), rest = make("span");
    detail.append(name, rest);

    // All of the event, also where only a part is selected: what changes are measured by.
    function whole() {
        const { self } = page.profile.events[page.state.event];
        if (whole.self !== self) Object.assign(whole, { self, sum: self.reduce((sum, value) => sum + value, 0) });
        return whole.sum;
    }
    function amount(weight, zoom) {
        const counted = page.left.total[0], parts = [percentText(weight, counted) + page.base];
        if (zoom && zoom < counted * (1 - 1e-9)) parts.push(percentText(weight, zoom) + " of the zoom");
        return page.weightText(weight) + " (" + parts.join(", ") + ")";
    }
    // By how much more it is than before, of all.
    function changed({ tree, whole: own }, k) {
        const text = (delta) => changeText(delta, whole() * page.unit, page.data.mostDelta < 0);
        if (!own) return "changed by " + text(tree.deltaOf(k));
        if (!changes) changes = totalDeltas(profile);
        return "changed by " + text(changes[k]) + (changes[k] === tree.deltaOf(k) ? "" : ", itself by " + text(tree.deltaOf(k)));
    }
    const zoomOf = ({ scene, goal }) => scene.tree ? goal[1] - goal[0] : 0;
    const nameOf = (box) => box.id === NO_NAME ? "all" : page.profile.names[box.id];

    // Lines about a box, without its name.
    function lines(canvas, box) {
        const { scene, goal } = canvas, out = [], { tree } = scene;
        if (box.look === SLIVERS) {
            const weight = box.width * (goal[1] - goal[0]) / canvas.width;
            return [groupedText(box.count) + " frames too narrow to be drawn", amount(weight, zoomOf(canvas)), "click to zoom in"];
        }
        if (tree) out.push("total " + amount(tree.totalOf(box.k), zoomOf(canvas)));
        else {
            const { all, through, weight } = scene.count(box);
            const when = durationText(box.to - box.from) + " from " + durationText(box.from) + " on";
            out.push(groupedText(through) + " of the thread's " + samplesText(all) + " in " + when,
                page.weightText(weight) + "; over all times and threads " + amount(weights.total[box.k]));
        }
        if (tree && scene.whole) {
            if (tree.selfOf(box.k)) out.push("self " + page.weightText(tree.selfOf(box.k)));
            const { samples: own, self } = profile.events[0];
            if (own && own !== self) {
                if (!samples) samples = weigh(profile, own).total;
                out.push(samplesText(samples[box.k]));
            }
        }
        if (tree && profile.deltas) out.push(changed(scene, box.k));
        if (box.id !== NO_NAME) {
            const object = profile.objectOf[box.id];
            out.push(KINDS[profile.kinds[box.id]] + (object >= 0 ? ", " + profile.objects[object] : ""));
        }
        return out;
    }
    const line = (canvas, box) => box.look === HEADING ? box.text
        : box.look === SLIVERS ? lines(canvas, box).join(" \u00b7 ") : nameOf(box) + " \u00b7 " + lines(canvas, box).join(" \u00b7 ");

    // Where there is little room the name gives way, not the numbers.
    function tell([named, more]) {
        name.textContent = named;
        rest.textContent = more;
    }
    function words(canvas, box) {
        const named = box.look <= FADED ? nameOf(box) : "";
        return [named, line(canvas, box).slice(named.length)];
    }

    return {
        amount, line,
        // of which profile boxes are from now on
        counted(edited, weighed) {
            [profile, weights, samples, changes] = [edited, weighed, null, null];
        },
        choose(canvas, box) {
            tell(chosen = canvas ? words(canvas, box) : NO_WORDS);
        },
        point(canvas, box, event) {
            tip.hidden = !box || box.look === HEADING || event.pointerType !== "mouse";
            tell(box ? words(canvas, box) : chosen);
            if (tip.hidden) return;
            if (tip.box !== box) {
                tip.box = box;
                tip.replaceChildren(...(box.look === SLIVERS ? [] : [make("strong", {}, nameOf(box))]),
                    ...lines(canvas, box).map((text) => make("div", {}, text)));
            }
            const { offsetWidth: width, offsetHeight: height } = tip;
            tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4)) + "px";
            tip.style.top = (event.clientY + 18 + height < innerHeight ? event.clientY + 18 : Math.max(4, event.clientY - height - 10)) + "px";
        },
    };
}
