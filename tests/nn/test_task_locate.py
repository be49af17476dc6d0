"""Canvases, what is read from logits, and how a box is judged."""

import numpy as np

from nn.tasks.locate_canvases import ROOM, Canvases, Found, centres, read, scattered


def canvases(n=50, seed=0):
    rng = np.random.default_rng(seed)
    return scattered(np.full((n, 64), 1.0), rng.integers(10, size=n), rng)


def test_a_digit_lies_where_the_canvas_says_and_everywhere_in_time():
    made = canvases(500)
    for picture, row, column in zip(made.pictures, made.rows, made.columns, strict=True):
        assert (picture[row : row + 8, column : column + 8] == 1.0).all()
    assert set(made.rows) == set(made.columns) == set(range(ROOM))
    again, other = canvases(500), canvases(500, seed=1)
    assert (again.pictures == made.pictures).all() and (other.pictures != made.pictures).any()


def test_one_index_says_what_and_where():
    made = canvases()
    logits = np.zeros((50, 10 * ROOM * ROOM))
    logits[np.arange(50), made.targets] = 9.0
    found = read(logits)
    assert found.correct(made) == 1.0 and (found.overlap(made) == 1.0).all()


def test_a_digit_is_named_by_all_places_together():
    logits = np.full((1, 10, ROOM, ROOM), -50.0)
    logits[0, 3, 2, 5] = 1.0  # the likeliest pair, but 7 is likelier over two places
    logits[0, 7, 2, 5] = logits[0, 7, 2, 6] = 0.8
    found = read(logits.reshape(1, -1))
    assert (found.digits[0], found.rows[0], found.columns[0]) == (7, 2, 5)


def test_boxes_beside_each_other_have_no_overlap_and_half_a_box_a_third():
    truth = Canvases(np.zeros((3, 16, 16)), *np.zeros((3, 3), int))
    found = Found(np.zeros(3, int), np.array([0, 0, 8]), np.array([0, 4, 8]))
    assert found.overlap(truth).tolist() == [1.0, 1 / 3, 0.0]


def test_the_centre_of_mass_leaves_the_noise_out():
    picture = np.full((1, 16, 16), 0.3)
    picture[0, 4, 10] = 1.0
    assert np.allclose(centres(picture), [[4.0, 10.0]])
