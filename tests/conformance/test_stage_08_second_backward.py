"""Stage 8: second backward and zeroing.

Leaves (the Values that you made from numbers) *collect*: every ``backward()`` adds to their
gradients. So gradients of several losses sum up by themselves, and before the next training
step you set ``p.grad = 0``.

The nodes in between must *not* collect. Take b = 3x, y = 2b. In the first pass b gets 2, x
gets 6. If b's 2 were still there in the second pass, b would hold 4, and x would get 12 on
top of its 6: 18 instead of 12. So backward() begins by setting the gradients of all results
(Values that an operation made) to 0, and only then starts with 1 at the top.

And a graph is a *record*: backward() speaks about the numbers with which it was computed.
If ``x.data`` is changed afterwards, slopes worked out from the present data would mix old
and new. Note each local derivative when the operation happens, and nothing can go wrong.
"""

from .hints import expect

STALE = (
    "the nodes in between still hold the gradients of the pass before, and pass them on again. "
    "Set the gradient of every result (not of the leaves) to 0 before each backward pass."
)
COLLECT = "leaves collect: backward() adds to what is in leaf.grad, and never resets it."


def test_a_second_backward_doubles_the_leaves(Value):
    x = Value(1.5)
    b = x * 3
    y = b * 2
    y.backward()
    y.backward()
    expect(x.grad, 12.0, "6 from each pass.", if_got={18.0: STALE, 6.0: COLLECT})


def test_results_in_between_are_set_afresh(Value):
    x = Value(1.5)
    b = x * 3
    y = b * 2
    y.backward()
    y.backward()
    expect(b.grad, 2.0, STALE)
    expect(y.grad, 1.0, "the pass starts from 1, each time.")


def test_a_third_backward_adds_as_much_as_the_first(Value):
    x = Value(2.0)
    y = (x * x + 1) * x
    for _ in range(3):
        y.backward()
    expect(x.grad, 39.0, STALE + " Here: 3 × (3x² + 1).")


def test_two_losses_with_a_part_in_common(Value):
    x = Value(2.0)
    shared = x * x
    loss_1 = shared * 3
    loss_2 = shared + x
    loss_1.backward()
    loss_2.backward()
    expect(x.grad, 17.0, STALE + " 12 from the first loss, 5 from the second.")


def test_new_graphs_on_old_leaves_add_up(Value):
    w = Value(0.5)
    for x, target in [(1.0, 2.0), (3.0, -1.0)]:
        loss = (w * x - target) ** 2
        loss.backward()
    expect(w.grad, 12.0, COLLECT + " Here: 2·(w·x − target)·x, summed over both samples.")


def test_a_gradient_set_to_zero_starts_again(Value):
    x = Value(1.5)
    b = x * 3
    y = b * 2
    y.backward()
    x.grad = 0
    y.backward()
    expect(x.grad, 6.0, STALE, if_got={12.0: STALE})


def test_a_step_against_the_gradient_lowers_the_loss(Value):
    p = Value(3.0)
    for _ in range(20):
        loss = (p - 1) ** 2
        p.grad = 0
        loss.backward()
        p.data -= 0.25 * p.grad
    expect(p.data, 1.0, "p.data and p.grad can be read and set freely.", tolerance=1e-5)


def test_data_changed_after_the_forward_pass_changes_no_gradient(Value):
    a = Value(3.0)
    b = Value(5.0)
    y = a * b
    a.data = 100.0
    y.backward()
    late = (
        "backward() read a.data, which has changed since the product was made. Store the local "
        "derivatives at the moment of the operation."
    )
    expect(b.grad, 3.0, late, if_got={100.0: late})
