// gestures.js: the pointer and the wheel over a FlameCanvas.
//
// A click chooses, a drag moves a zoomed picture, the wheel scrolls; with Ctrl it zooms around the
// pointer, sideways (or with Shift) it moves. A finger scrolls, and chooses where it is lifted.

FlameCanvas.prototype.listen = function () {
    const { scroller, on } = this;
    let down = null;
    scroller.addEventListener("pointerdown", (e) => {
        if (e.button === 0) down = { x: e.clientX, top: scroller.scrollTop + e.clientY, span: this.span, moved: false };
    });
    scroller.addEventListener("pointermove", (e) => {
        if (down && e.pointerType === "mouse" && e.buttons & 1) {
            const by = down.x - e.clientX;
            if (down.moved || Math.abs(by) > 4 || Math.abs(down.top - e.clientY - scroller.scrollTop) > 4) {
                down.moved = true;
                this.moveTo(down.span[0] + by * (down.span[1] - down.span[0]) / this.width, down.span[1] - down.span[0]);
                scroller.scrollTop = down.top - e.clientY;
            }
            return;
        }
        const box = this.at(e.clientX, e.clientY), other = box !== this.pointed;
        this.pointed = box;
        if (other) this.place(this.pointer, box);
        on.point(box, e);
    });
    const leave = () => {
        this.pointed = null;
        this.place(this.pointer, null);
        on.point(null);
    };
    scroller.addEventListener("pointerleave", leave);
    scroller.addEventListener("scroll", leave, { passive: true });
    scroller.addEventListener("click", (e) => {
        const dragged = down && down.moved, box = this.at(e.clientX, e.clientY);
        down = null;
        if (!dragged && box) on.choose(box, e);
    });
    scroller.addEventListener("dblclick", (e) => {
        const box = this.at(e.clientX, e.clientY);
        if (box) on.open(box);
    });
    scroller.addEventListener("contextmenu", (e) => {
        const box = this.at(e.clientX, e.clientY);
        if (!box || box.id === NO_NAME || box.look > FADED) return;
        e.preventDefault();
        on.menu(box, e.clientX, e.clientY);
    });
    scroller.addEventListener("wheel", (e) => {
        const px = e.deltaMode === 1 ? 16 : 1, sideways = (e.deltaX || (e.shiftKey ? e.deltaY : 0)) * px;
        const [from, to] = this.span, wide = to - from;
        if (e.ctrlKey || e.metaKey) this.scaleBy(Math.exp(Math.max(-1, Math.min(1, e.deltaY * px / 200))), e.clientX);
        else if (sideways && Math.abs(sideways) > Math.abs(e.shiftKey ? 0 : e.deltaY)) this.moveTo(from + sideways * wide / this.width, wide);
        else return;
        e.preventDefault();
    }, { passive: false });
};

// Show wide from from on, or what comes nearest; not less than a billionth of all.
FlameCanvas.prototype.moveTo = function (from, wide) {
    const { all } = this.scene, most = all[1] - all[0];
    wide = Math.max(most / 1e9, Math.min(most, wide));
    from = Math.max(all[0], Math.min(all[1] - wide, from));
    this.glide = null;
    this.scene.zoomOn(null);
    this.span = this.goal = [from, from + wide];
    this.soon(true);
    this.on.moved(from, from + wide);
};

// Show so many times as much, with what is at clientX staying there (default: the middle).
FlameCanvas.prototype.scaleBy = function (factor, clientX) {
    const place = this.scroller.getBoundingClientRect(), [from, to] = this.span;
    const part = clientX === undefined ? 0.5 : (clientX - place.left) / this.width;
    const wide = Math.min((to - from) * factor, this.scene.all[1] - this.scene.all[0]);
    this.moveTo(from + (to - from - wide) * part, wide);
};
