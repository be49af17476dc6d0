// A long and thin picture in rows, as a text has lines: a chain of many steps could not be read
// on one line. Edges to the next row go round its end.

export const ENOUGH = 0.92; // scale at which letters are 11 pixels high, and all is left as it is
const WORTH = 1.3; // how much larger it must become
const ROWS_TRIED = 8;
const MOST_TURNS = 12; // edges from row to row
const TURN = 16; // room for the first of them, and for each more
const APART = 7;

// Moves the items of the layers, and gives links their turns: where they come to the right of
// their row, and go on to the left of the next. Returns the new size, null if the picture is
// better as it is.
export function wrapped(layers, links, ports, size, view) {
  const scale = ({ width, height }) => Math.min(view.width / width, view.height / height);
  if (scale(size) >= ENOUGH || links.some((link) => link.isTurned)) return null;
  const columns = layers.map(extent);
  let best = null;
  for (let n = 2; n <= ROWS_TRIED; n++) {
    const plan = rows(columns, links, size.width / n);
    if (plan && (!best || scale(plan) > scale(best))) best = plan;
    if (best && scale(best) >= ENOUGH) break;
  }
  if (!best || scale(best) < WORTH * scale(size)) return null;
  move(layers, best);
  // What comes from outside comes to the row directly.
  const { rowOf } = best;
  for (const port of ports) port.via = port.via.filter(({ layer }) => rowOf[layer] === rowOf[port.item.layer]);
  return best;
}

function extent(layer) {
  const found = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y, h, half } of layer) {
    found.left = Math.min(found.left, x - half);
    found.right = Math.max(found.right, x + half);
    found.top = Math.min(found.top, y - h / 2);
    found.bottom = Math.max(found.bottom, y + h / 2);
  }
  return found;
}

// Rows about `limit` wide: {rowOf, found, width, height}; null if too many edges go from one to
// another.
function rows(columns, links, limit) {
  const widest = Math.max(limit * 1.02, ...columns.map(({ left, right }) => right - left));
  const found = [];
  const rowOf = columns.map((column) => {
    const row = found.at(-1);
    if (row && column.right - row.left <= widest) {
      row.right = column.right;
      row.top = Math.min(row.top, column.top);
      row.bottom = Math.max(row.bottom, column.bottom);
    } else found.push({ ...column, turns: [] });
    return found.length - 1;
  });
  for (const link of links) {
    const chain = [link.from, ...link.via, link.to];
    for (let i = 1; i < chain.length; i++) {
      const row = rowOf[chain[i - 1].layer];
      if (row !== rowOf[chain[i].layer]) found[row].turns.push({ link, i });
    }
  }
  const most = Math.max(...found.map((row) => row.turns.length));
  if (most > MOST_TURNS || found.length === 1) return null;
  const side = TURN + APART * most;
  const width = Math.max(...found.map(({ left, right }) => right - left)) + 2 * side;
  let height = 0;
  for (const row of found) {
    row.shift = height - row.top;
    height += row.bottom - row.top;
    row.gutter = height;
    if (row !== found.at(-1)) height += 2 * TURN + APART * row.turns.length;
  }
  return { rowOf, found, width, height, side };
}

function move(layers, { rowOf, found, side }) {
  layers.forEach((layer, i) => {
    const { left, shift } = found[rowOf[i]];
    for (const item of layer) {
      item.x += side - left;
      item.y += shift;
    }
  });
  for (const { left, right, gutter, turns } of found) {
    // The lowest edge turns first, and innermost: so they do not cross on their way down.
    const height = ({ link, i }) => [link.from, ...link.via][i - 1].y;
    turns.sort((a, b) => height(b) - height(a));
    turns.forEach(({ link, i }, nth) => {
      const away = APART * nth + TURN / 2;
      link.turns ??= new Map();
      const y = gutter + TURN + APART * nth;
      link.turns.set(i, [{ x: side + right - left + away, y }, { x: side - away, y }]);
    });
  }
}
