// views.js: the picture: which scene is drawn, how it is zoomed, and what its boxes tell.
//
// A view is made when it is first shown, of what is selected and edited, and kept until that
// changes. Flame and icicle are one tree in two ways up. A sandwich is two canvases, the callers of
// a function over what it calls, each zoomed by itself.

function createPicture(page, host) {
    const bar = make("div", { class: "edits", role: "group", "aria-label": "What is left out" });
    const whole = make("button", { type: "button", class: "reset", hidden: true, onclick: () => reset(main) }, "Reset zoom");
    const stage = make("div", { class: "stage" }, whole);
    const title = make("p", { class: "sandwich" }), detail = make("p", { class: "detail" });
    const axis = make("div", { class: "axis", hidden: true }), ticks = make("div", { class: "ticks", "aria-hidden": "true" }), lanes = make("div");
    const telling = createTip(page, host, detail);
    axis.append(lanes, ticks);
    host.classList.add("drawing");
    host.append(bar, title, axis, stage, detail);
    let edited = page.edited, weights = page.left, scenes = {}, steps = null, free = 0, ownZoom = null;

    const main = canvasIn("Flame graph", {
        choose: (box) => zoomTo(box, true),
        moved(from, to) {
            clearTimeout(free);
            free = setTimeout(() => {
                const scene = main.scene;
                ownZoom = scene.covering ? scene.path({ k: scene.covering(from, to) }) : scene.path({ from, to });
                page.update({ zoom: ownZoom }, true);
                showBar();
            }, 200);
        },
    });
    const callers = canvasIn("Callers", {}), callees = canvasIn("Callees", {});

    function canvasIn(label, special) {
        const place = make("div"), canvas = new FlameCanvas(page, place, {
            choose(box) {
                canvas.choose(box);
                if (box.look <= FADED) canvas.show(canvas.scene, ...canvas.scene.zoomOn(box), true);
            },
            open: (box) => box.look <= FADED && box.id !== NO_NAME && page.openCode(box.id),
            menu(box, x, y) {
                telling.point(canvas, null);
                openMenu(menuOf(canvas, box), x, y, () => canvas.scroller.focus());
            },
            point: (box, event) => telling.point(canvas, box, event),
            laid() {
                canvas.mirror.soon();
                if (canvas === main) showAxis();
            },
            moved() {},
            ...special,
        });
        canvas.mirror = createMirror(canvas, label, (box) => telling.line(canvas, box));
        listenToKeys(canvas, {
            zoom: (box) => canvas === main ? zoomTo(box) : canvas.on.choose(box),
            out: () => zoomOut(canvas),
            reset: () => reset(canvas),
            chosen: (box) => telling.choose(canvas, box),
        });
        stage.append(place);
        return canvas;
    }

    // Over a flame chart.
    function showAxis() {
        axis.hidden = main.host.hidden || !(main.scene instanceof ChartScene);
        if (axis.hidden) return;
        const told = chartTicks(main.scene, main.goal, main.width);
        lanes.textContent = told.words;
        ticks.replaceChildren(...told.ticks.map(([x, text]) => {
            const tick = make("span", {}, text);
            tick.style.left = x + "px";
            return tick;
        }));
    }
    function zoomTo(box, look) {
        main.choose(box);
        telling.choose(main, box);
        if (box.look === HEADING) return;
        if (box.look === SLIVERS) {
            const [from, to] = main.span, scale = (to - from) / main.width;
            main.moveTo(from + box.x * scale, box.width * scale);
            return;
        }
        ownZoom = null;
        // also where the path is the same but a gesture moved on
        main.show(main.scene, ...main.scene.zoomOn(box), true);
        page.update({ zoom: main.scene.path(box), ...(look && box.id !== NO_NAME ? { frame: box.id } : {}) });
        showBar();
    }
    function zoomOut(canvas) {
        const { scene, goal } = canvas;
        if (!zoomed(canvas)) return false;
        const k = scene.outer ? scene.outer(...goal) : 0;
        if (k === 0) reset(canvas);
        else if (canvas === main) zoomTo(main.like({ k, id: NO_NAME, row: scene.tree.depthOf(k), look: SHOWN }));
        else canvas.show(scene, ...scene.zoomOn({ k }), true);
        return true;
    }
    function zoomed({ scene, goal }) {
        return scene && (goal[0] > scene.all[0] || goal[1] < scene.all[1] * (1 - 1e-12));
    }
    function reset(canvas) {
        canvas.scene.zoomOn({ k: 0 });
        canvas.show(canvas.scene, ...canvas.scene.all, true);
        if (canvas === main) page.update({ zoom: "" });
        showBar();
    }

    function sceneOf(view) {
        if (scenes[view]) return scenes[view];
        if (view === "chart") return scenes.chart = new ChartScene(page, ...(page.state.edits.some(isCallers) ? [page.profile, page.weights] : [edited, weights]));
        const tree = view === "callers" ? bottomUp(edited, edited.events[0].self)
            : scenes.tree || (scenes.tree = flatTree(edited, weights));
        return scenes[view] = new TreeScene(tree, page.profile.names, view === "flame", view !== "callers");
    }
    function edit() {
        [edited, weights] = [page.edited, page.left];
        scenes = {};
        telling.counted(edited, weights);
    }
    function show(glide) {
        const { state } = page, sandwich = state.sandwich && state.frame >= 0;
        clearTimeout(free);
        if (!glide) telling.choose(null);
        [callers, callees].forEach((canvas) => canvas.host.hidden = !sandwich);
        main.host.hidden = sandwich;
        axis.hidden = sandwich || state.view !== "chart";
        title.hidden = !sandwich;
        if (!sandwich) {
            const scene = sceneOf(state.view);
            main.show(scene, ...scene.find(state.zoom), glide);
        } else if (!scenes.sandwich || scenes.sandwich.id !== state.frame) {
            const id = state.frame, trees = [callersOf, calleesOf].map((treeOf) => treeOf(edited, weights, id));
            scenes.sandwich = { id };
            [callers, callees].forEach((canvas, i) => {
                const scene = new TreeScene(trees[i], page.profile.names, i === 0, false);
                canvas.show(scene, ...scene.all);
            });
            const { total, self } = functionTotals(edited, weights);
            title.replaceChildren(make("strong", {}, page.profile.names[id]),
                " total " + telling.amount(total[id]) + ", self " + telling.amount(self[id]) + " ",
                make("button", { type: "button", onclick: () => page.update({ sandwich: false }) }, "Close sandwich"));
        }
        showBar();
    }
    function showBar() {
        const { state } = page, parts = [];
        whole.hidden = main.host.hidden || !zoomed(main);
        if (main.scene) whole.classList.toggle("low", !main.scene.flipped);
        state.edits.forEach((text, i) => {
            const edit = readEdit(page.profile, text), rest = state.edits.filter((_, other) => other !== i);
            if (edit) parts.push(make("button", { type: "button", title: "Undo", onclick: () => page.update({ edits: rest }) }, edit.says + " \u2715"));
        });
        if (parts.length) {
            const all = page.weights.total[0], of = page.base === " of what is left" && SELECTION.some((key) => key !== "event" && state[key]) ? " of what is selected" : " of all";
            parts.push(make("span", { class: "left" }, "left: " + page.weightText(weights.total[0]) + ", " + percentText(weights.total[0], all) + of));
        }
        if (parts.length || bar.firstChild) bar.replaceChildren(...parts);
        bar.hidden = !parts.length;
    }

    // Names from the root on, whichever way the tree grows.
    function stackOf(canvas, box) {
        const { scene } = canvas, names = [];
        if (scene.tree) for (let k = box.k; k >= 0; k = scene.tree.parentOf(k)) names.push(scene.tree.nameOf(k));
        else for (let k = box.k; k > 0; k = scene.profile.parent[k]) names.push(scene.profile.id[k]);
        const callersUp = canvas === callers || (canvas === main && page.state.view === "callers") || page.state.edits.some(isCallers);
        return (callersUp ? names : names.reverse()).filter((id) => id !== NO_NAME).map((id) => page.profile.names[id]).join(";");
    }
    function menuOf(canvas, { id, ...box }) {
        const add = (verb) => () => page.update({ edits: [...page.state.edits, editText(page.profile, verb, id)], zoom: "", sandwich: false });
        const unrooted = !page.state.edits.some(isCallers);
        return [
            ["Copy name", () => copyText(page.profile.names[id])],
            ["Copy stack", () => copyText(stackOf(canvas, box))],
            null,
            ["Sandwich: its callers and callees", () => page.openSandwich(id)],
            ["Show its callers, from here on", unrooted && add("callers")],
            ["Open its code", () => page.openCode(id)],
            null,
            ["Focus: only stacks through it", add("focus")],
            ["Hide stacks through it", add("drop")],
            ["Hide its frames, join callers and callees", add("hide")],
            ["Collapse direct recursion everywhere", !page.state.edits.includes("collapse-") && add("collapse")],
        ];
    }

    return {
        update(_, changed) {
            const has = (...keys) => keys.some((key) => changed.has(key));
            if (has("theme")) for (const canvas of [main, callers, callees]) canvas.themed();
            if (has("all", "weights", "edits")) edit();
            if (has("term", "matches", "weights", "edits", "view")) steps = null;
            if (has("all", "weights", "edits", "view", "sandwich") || (has("frame") && page.state.sandwich)) show(false);
            else if (has("zoom")) {
                if (page.state.zoom !== ownZoom) show(true);
            } else if (has("matches")) for (const canvas of [main, callers, callees]) canvas.soon(false);
            if (!has("zoom")) return;
            ownZoom = null;
        },
        // To the next match, or the one before, the widest first: of all frames of a flame graph or an
        // icicle, else of those in sight.
        step(by) {
            const canvas = main.host.hidden ? callees : main, ids = page.matches.ids, { scene, chosen, width } = canvas;
            const boxOf = (k) => ({ k, id: edited.id[k], row: edited.depth[k], look: SHOWN });
            if (!scene.whole) steps = canvas.inSight(Infinity).filter((box) => box.id !== NO_NAME && ids[box.id]);
            else if (!steps) {
                steps = [];
                for (let k = 1; k < edited.n; k++) if (ids[edited.id[k]] && weights.total[k]) steps.push(k);
                steps.sort((a, b) => weights.total[b] - weights.total[a] || a - b);
            }
            if (!steps.length) return null;
            const before = chosen ? steps.findIndex((step) => scene.whole ? step === chosen.k : scene.same(step, chosen)) : -1;
            const at = before < 0 ? (by > 0 ? 0 : steps.length - 1) : (before + by + steps.length) % steps.length;
            if (!scene.whole) canvas.choose(steps[at], true);
            else {
                const k = steps[at], [from, to] = canvas.goal, { start, total } = weights;
                canvas.wanted = boxOf(k);
                if (start[k] < from || start[k] + total[k] > to || total[k] / (to - from) * width < 3) {
                    let top = k;
                    while (top && total[k] / total[edited.parent[top]] * width >= 20) top = edited.parent[top];
                    page.update({ zoom: scene.path({ k: top }) });
                } else canvas.soon(true);
            }
            telling.choose(canvas, scene.whole ? boxOf(steps[at]) : steps[at]);
            return { at: at + 1, of: steps.length };
        },
    };
}
