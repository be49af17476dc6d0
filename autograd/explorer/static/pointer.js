// Mouse, pen and fingers on the canvas: choose, drag, pinch, wheel; and what else may change
// how the canvas is to be painted: its size, and the theme of the page around it.

const STILL = 4; // pixels that a finger may move while it taps

export function listenToPointers(explorer) {
  const { canvas, painter } = explorer;
  const points = new Map();
  let moved = 0;
  let spread = 0;
  const place = (event) => [event.offsetX, event.offsetY];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture?.(event.pointerId);
    points.set(event.pointerId, place(event));
    moved = 0;
    spread = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    const before = points.get(event.pointerId);
    if (!before) {
      explorer.hover(painter.boxAt(explorer.scene, x, y));
      return;
    }
    points.set(event.pointerId, [x, y]);
    moved += Math.abs(x - before[0]) + Math.abs(y - before[1]);
    const all = [...points.values()];
    if (all.length > 1) {
      const now = Math.hypot(all[0][0] - all[1][0], all[0][1] - all[1][1]);
      if (spread) painter.zoom(now / spread, (all[0][0] + all[1][0]) / 2, (all[0][1] + all[1][1]) / 2);
      spread = now;
    } else if (moved > STILL) {
      painter.x += x - before[0];
      painter.y += y - before[1];
    }
    explorer.soon();
  });
  const up = (event) => {
    const wasDown = points.delete(event.pointerId);
    if (event.type === "pointerup" && wasDown && moved <= STILL) explorer.click(...place(event));
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("dblclick", (event) => {
    const box = explorer.scene.boxes[painter.boxAt(explorer.scene, ...place(event))];
    if (box) explorer.views.openOrFold(box);
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const [x, y] = place(event);
    if (event.ctrlKey || event.metaKey || event.deltaMode === 0) painter.zoom(Math.exp(-event.deltaY / 400), x, y);
    else painter.zoom(event.deltaY < 0 ? 1.15 : 0.87, x, y);
    explorer.soon();
  }, { passive: false });
}

// Calls `onSize` and `onTheme`; returns what ends that.
export function listenToSurroundings(canvas, onSize, onTheme) {
  const sizes = new ResizeObserver(onSize);
  sizes.observe(canvas);
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  darkness.addEventListener("change", onTheme);
  const themes = new MutationObserver(onTheme);
  for (const host of [document.documentElement, document.body]) {
    themes.observe(host, { attributes: true });
  }
  return () => {
    sizes.disconnect();
    themes.disconnect();
    darkness.removeEventListener("change", onTheme);
  };
}
