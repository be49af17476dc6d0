"""Pass 4, group: nodes of one level that do the same to the same kinds of operands.

The iterations of a loop fall into one group, because the key is what a node does (its op,
the ops of its operands), not which nodes it does it to.
"""

from __future__ import annotations

import numpy as np

from .arrange import order_families, order_parameters
from .collapse import Sums
from .columns import INPUT, NUMBER, PARAMETER, Ints
from .groups import Elementwise, Group, Grouped, Pick, Sum, Wide
from .layout import distinct, distinct_rows, row_keys, storage_order
from .products import FILL, MatrixProduct, matrix_product
from .sorting import ordered, spread, unique


class Grouper:
    """Forms the groups of one level after the other."""

    def __init__(self, sums: Sums, inputs: int) -> None:
        columns = sums.columns
        n = len(columns.op)
        self.sums, self.columns = sums, columns
        self.result = Grouped(len(columns.parameters), sums.place)
        self.slot = np.full(n, -1, np.int64)
        self.kind = np.full(n, -9, np.int64)  # what a node looks like from above
        self.signatures: dict[tuple[object, ...], int] = {}
        parameters = columns.op == PARAMETER
        self.slot[parameters] = columns.order[parameters]
        given = columns.op == INPUT
        self.slot[given] = len(columns.parameters) + columns.order[given]
        base = len(columns.parameters) + inputs
        constant = columns.op == NUMBER
        bits, place = np.unique(columns.number[constant].view(np.int64), return_inverse=True)
        self.slot[constant] = base + place
        self.result.numbers = bits.view(np.float64)
        self.result.first_number = base
        zero = np.flatnonzero(constant & (columns.number == 0.0) & ~np.signbit(columns.number))
        self.result.zero = int(self.slot[zero[0]])
        self.kind[parameters], self.kind[given], self.kind[constant] = 0, 1, 2
        self.result.slots = self.first_made = base + len(bits)

    def run(self, level: Ints) -> Grouped:
        """All groups, the highest level first."""
        live = np.flatnonzero(level >= 0)
        live = live[np.lexsort((self.sums.place[live], -level[live]))]
        for nodes in np.split(live, np.flatnonzero(np.diff(level[live])) + 1):
            if not len(nodes):
                continue
            sums = nodes[self.sums.is_sum[nodes]]
            if len(sums):
                self.sum_groups(sums)
            others = nodes[~self.sums.is_sum[nodes]]
            for op in unique(self.columns.op[others]):
                part = others[self.columns.op[others] == op]
                lengths = self.columns.arity()[part]
                primitive = self.columns.primitives[int(self.columns.op[part[0]])]
                longest = int(lengths.max())
                if primitive.neutral is not None and lengths.sum() >= FILL * len(part) * longest:
                    self.applied(part, longest)
                else:
                    for count in unique(lengths):
                        self.applied(part[lengths == count], int(count))
        self.result.slot = self.slot
        order_parameters(self.result, len(self.columns.parameters))
        order_families(self.result, self.first_made)
        return self.result

    def new(self, size: int) -> int:
        base = self.result.slots
        self.result.slots += size
        return base

    def number_slot(self, number: float) -> int:
        """The slot of a constant."""
        return self.result.first_number + int(np.flatnonzero(self.result.numbers == number)[0])

    def register(self, nodes: Ints, place: Ints, base: int, signature: tuple[object, ...]) -> None:
        self.slot[nodes] = base + place
        self.kind[nodes] = self.signatures.setdefault(signature, len(self.signatures) + 3)

    # --- primitives ----------------------------------------------------------------------

    def applied(self, nodes: Ints, arity: int) -> None:
        primitive = self.columns.primitives[int(self.columns.op[nodes[0]])]
        start, end = self.columns.start[nodes], self.columns.start[nodes + 1]
        where = start[:, None] + np.arange(arity)
        operands = self.columns.operands[np.minimum(where, end[:, None] - 1)]
        if arity > 3 or primitive.stacked is not None or primitive.name == "pick":
            slots = self.slot[operands]
            if primitive.neutral is not None:
                slots[where >= end[:, None]] = self.number_slot(primitive.neutral)
            first, place = self.distinct_in_order(slots)
            base = self.new(len(first))
            rows = slots[first].T.copy()
            if primitive.name == "pick":
                group: Group = Pick(base, len(first), rows[:-1], rows[-1])
            else:
                group = Wide(primitive, base, len(first), rows)
            self.result.groups.append(group)
            self.register(nodes, place, base, (primitive.name, arity))
            return
        kinds = self.kind[operands]
        keys = row_keys(kinds)
        firsts, which = distinct(keys)
        if len(firsts) > max(4, len(nodes) // 8):  # too many small groups: take them together
            firsts, which = np.zeros(1, np.int64), np.zeros(len(nodes), np.int64)
        for g in range(len(firsts)):
            mine = which == g
            members, slots = nodes[mine], self.slot[operands[mine]]
            first, place = self.distinct_in_order(slots)
            base = self.new(len(first))
            columns = [slots[first, i].copy() for i in range(arity)]
            self.result.groups.append(Elementwise(primitive, base, len(first), columns))
            below = tuple(int(self.columns.op[x]) for x in operands[mine][0])
            self.register(
                members, place, base, (primitive.name, self.columns.op[members[0]], *below)
            )

    def distinct_in_order(self, slots: Ints) -> tuple[Ints, Ints]:
        """Distinct rows of slots, in the order in which their computed operands lie."""
        first, place = distinct_rows(slots)
        for column in slots[first].T:
            if column.min() >= self.first_made:
                order = storage_order(column)
                if order is not None:
                    rank = np.empty_like(order)
                    rank[order] = np.arange(len(order))
                    return first[order], rank[place]
                break
        return first, place

    # --- sums ----------------------------------------------------------------------------

    def sum_groups(self, nodes: Ints) -> None:
        """Split sums by the kinds of their terms; rows of unequal length may stay together."""
        sums = self.sums
        count = sums.first[nodes + 1] - sums.first[nodes]
        mine = np.repeat(np.arange(len(nodes)), count)
        term = spread(sums.first[nodes], count)
        a, b = sums.a[term], sums.b[term]
        product = b >= 0
        kind_a, kind_b = self.kind[a], np.where(product, self.kind[b], -1)
        swap = np.flatnonzero(product & (kind_b < kind_a))  # parameters first
        a[swap], b[swap] = b[swap], a[swap]
        kind_a[swap], kind_b[swap] = kind_b[swap], kind_a[swap]
        pair = kind_a * 1_000_003 + kind_b
        in_order, some, exact, segments = self.signature(mine, pair, len(nodes))
        fragmented = len(unique(some)) > max(4, len(nodes) // 8)
        coarse = np.ones(len(nodes), bool) if fragmented else segments > 4
        if coarse.any():  # only whether a term is a product
            pair = np.where(coarse[mine], np.where(product, -2, -3), pair)
            in_order, some, exact, segments = self.signature(mine, pair, len(nodes))
        a, b, pair, mine = a[in_order], b[in_order], pair[in_order], mine[in_order]
        key = exact.copy()
        for same in unique(some):
            members = some == same
            lengths = count[members]
            if lengths.sum() >= FILL * len(lengths) * lengths.max():
                key[members] = same
        firsts, which = distinct(key)
        for g in range(len(firsts)):
            members = np.flatnonzero(which == g)
            self.select(nodes, members, mine, a, b, pair)

    def signature(self, owner: Ints, pair: Ints, n: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Terms in the order of their kinds; per sum: which kinds, how many of each, of kinds."""
        within = owner[1:] == owner[:-1]
        if (within & (pair[1:] < pair[:-1])).any():
            kinds = unique(pair[np.append(True, pair[1:] != pair[:-1])])
            _, in_order = ordered(owner * len(kinds) + np.searchsorted(kinds, pair))
        else:
            in_order = np.arange(len(owner))
        o, p = owner[in_order], pair[in_order]
        first = np.ones(len(o), bool)
        first[1:] = (o[1:] != o[:-1]) | (p[1:] != p[:-1])
        length = np.diff(np.append(np.flatnonzero(first), len(o)))
        keys = row_keys(p[first][:, None])
        some, exact = np.zeros(n, np.int64), np.zeros(n, np.int64)
        with np.errstate(over="ignore"):
            np.add.at(some, o[first], keys)
            np.add.at(exact, o[first], row_keys(np.stack([p[first], length], 1)))
        return in_order, some, exact, np.bincount(o[first], minlength=n)

    def select(self, nodes: Ints, members: Ints, mine: Ints, a: Ints, b: Ints, pair: Ints) -> None:
        """The group of some of the sums, which are given by their places in ``nodes``."""
        if len(members) == len(nodes):
            self.sum_group(nodes, mine, a, b, pair)
            return
        renumbered = np.full(len(nodes), -1)
        renumbered[members] = np.arange(len(members))
        terms = np.flatnonzero(renumbered[mine] >= 0)
        self.sum_group(nodes[members], renumbered[mine[terms]], a[terms], b[terms], pair[terms])

    def sum_group(self, nodes: Ints, mine: Ints, a: Ints, b: Ints, pair: Ints) -> None:
        m = len(nodes)
        segments: list[tuple[Ints, Ints | None, Ints]] = []
        kinds = unique(pair[np.append(True, pair[1:] != pair[:-1])])
        firsts = np.sort([np.argmax(pair == kind) for kind in kinds])
        for first in firsts.tolist():
            of_kind = np.flatnonzero(pair == pair[first])
            count = np.bincount(mine[of_kind], minlength=m)
            left = self.rows(a[of_kind], count)
            right = self.rows(b[of_kind], count) if b[first] >= 0 else None
            segments.append((left, right, count))
        below = tuple(
            sorted(
                {
                    (int(self.columns.op[x]), int(self.columns.op[y]) if y >= 0 else -9)
                    for x, y in zip(a[firsts].tolist(), b[firsts].tolist(), strict=True)
                }
            )
        )
        signature = ("sum", below)
        products = [
            (left, right, count)
            for left, right, count in segments
            if right is not None and left.shape[1] >= 2 and not (left == right).all()
        ]
        choices = [products] if len(products) < 2 else [products, *[[s] for s in products]]
        for chosen in choices if products else []:
            plan = matrix_product(chosen, self.first_made)
            if isinstance(plan, list):
                for members in plan:
                    self.select(nodes, members, mine, a, b, pair)
                return
            rest = [s for s in segments if all(s[0] is not c[0] for c in chosen)]
            if plan is not None and self.as_matrix(nodes, rest, plan, signature):
                return
        if len(segments) == 1 and segments[0][1] is None and segments[0][0].shape[1] == 1:
            self.slot[nodes] = segments[0][0][:, 0]  # a sum of one term is that term
            self.kind[nodes] = self.kind[a[0]]
            return
        rows = np.concatenate([x for s in segments for x in s[:2] if x is not None], axis=1)
        first, place = distinct_rows(rows)
        base = self.new(len(first))
        terms = [(s[0][first], s[1][first] if s[1] is not None else None) for s in segments]
        self.result.groups.append(Sum(base, len(first), None, terms))
        self.register(nodes, place, base, signature)

    def rows(self, nodes: Ints, count: Ints) -> Ints:
        """The slots of nodes as rows, of which each has so many; short rows are padded with 0."""
        slots, longest = self.slot[nodes], int(count.max())
        if len(nodes) == len(count) * longest:
            return slots.reshape(len(count), longest)
        rows = np.full((len(count), longest), self.result.zero)
        rows.ravel()[spread(np.arange(len(count)) * longest, count)] = slots
        return rows

    def as_matrix(
        self,
        nodes: Ints,
        rest: list[tuple[Ints, Ints | None, Ints]],
        plan: MatrixProduct,
        signature: tuple[object, ...],
    ) -> bool:
        """Store the group as a matrix product plus the other terms, if cells are not shared."""
        cells, first, which = np.unique(plan.place, return_index=True, return_inverse=True)
        for left, right, _ in rest:
            # Two sums with equal products but different addends must not share a cell.
            if (left != left[first][which]).any():
                return False
            if right is not None and (right != right[first][which]).any():
                return False
        batch, height, width = plan.shape
        size = batch * height * width
        base = self.new(size)
        terms: list[tuple[Ints, Ints | None]] = []
        for left, right, _ in rest:
            filled = np.full((size, left.shape[1]), self.result.zero)
            filled[cells] = left[first]
            other = None
            if right is not None:
                other = np.full(filled.shape, self.result.zero)
                other[cells] = right[first]
            terms.append((filled, other))
        self.result.groups.append(Sum(base, size, plan, terms))
        self.register(nodes, plan.place, base, signature)
        return True
