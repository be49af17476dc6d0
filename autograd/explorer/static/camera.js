// Where the picture stands on the canvas: how large it is, and how far it is moved.

export const NUMBERED = 0.72; // scale from which on numbers stand on edges

export class Camera {
  constructor(canvas) {
    this.canvas = canvas;
    this.scale = 1;
    this.x = 0;
    this.y = 0;
  }

  resize() {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = canvas.getBoundingClientRect();
    this.width = width;
    this.height = height;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.ratio = ratio;
  }

  // The whole picture.
  fit(layout) {
    this.resize();
    const margin = 16;
    const wide = (this.width - 2 * margin) / Math.max(layout.width, 1);
    const high = (this.height - 2 * margin) / Math.max(layout.height, 1);
    this.scale = Math.min(wide, high, 1.4);
    this.x = (this.width - layout.width * this.scale) / 2;
    this.y = (this.height - layout.height * this.scale) / 2;
  }

  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const scale = Math.max(0.02, Math.min(this.scale * factor, 4));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
  }

  // Pan so far that these boxes are in sight, and zoom so far that they are readable.
  show(boxes, readable = true) {
    const left = Math.min(...boxes.map((box) => box.x - box.w / 2));
    const right = Math.max(...boxes.map((box) => box.x + box.w / 2));
    const top = Math.min(...boxes.map((box) => box.y - box.h / 2));
    const bottom = Math.max(...boxes.map((box) => box.y + box.h / 2));
    const wanted = Math.min((this.width - 40) / (right - left), (this.height - 90) / (bottom - top), 1);
    if (readable && this.scale < Math.min(NUMBERED, wanted)) this.zoom(wanted / this.scale);
    if (readable && this.scale > Math.max(NUMBERED, wanted)) this.zoom(Math.max(NUMBERED, wanted) / this.scale);
    const margin = 44;
    const to = ([low, high], size) => {
      if (high - low > size - 2 * margin) return (low + high) / 2 - size / 2;
      return low < margin ? low - margin : high > size - margin ? high - size + margin : 0;
    };
    this.x -= to([this.x + left * this.scale, this.x + right * this.scale], this.width);
    this.y -= to([this.y + top * this.scale, this.y + bottom * this.scale], this.height);
  }

  // What of the picture is in sight.
  get window() {
    const { x, y, scale } = this;
    return { left: -x / scale, right: (this.width - x) / scale, top: -y / scale, bottom: (this.height - y) / scale };
  }

  boxAt(scene, x, y) {
    const [px, py] = [(x - this.x) / this.scale, (y - this.y) / this.scale];
    const hit = (box) => Math.abs(px - box.x) <= box.w / 2 && Math.abs(py - box.y) <= box.h / 2;
    return scene.boxes.findLastIndex(hit);
  }

  clusterAt(layout, x, y) {
    const [px, py] = [(x - this.x) / this.scale, (y - this.y) / this.scale];
    const hit = (c) => px >= c.x && px <= c.x + c.w && py >= c.y && py <= c.y + 26;
    return layout.clusters.findLast(hit)?.part ?? -1;
  }
}
