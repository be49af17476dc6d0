"""The games, the players, and what is made of episodes for the policy gradient."""

import numpy as np
import pytest

from nn import MLP
from nn.evolution import EvolutionStrategy, GeneticAlgorithm
from nn.games import CartPole, Catch, Episodes, play
from nn.players import by_chance, drawn, greedy, logits, vector_of
from nn.tasks.game import SETTINGS, follow, policy_loss, push, returns, steps_of


def test_the_ball_is_caught_where_the_paddle_is_and_walls_stop_it():
    game = Catch(rows=4, columns=3)
    state = np.array([[0, 0, 1], [0, 2, 1], [0, 1, 1]])
    for actions in ([0, 0, 1], [0, 1, 1], [1, 1, 1]):
        state, rewards, over = game.step(state, np.array(actions))
    assert over.all() and rewards.tolist() == [1.0, -1.0, 1.0]
    assert state[:, 2].tolist() == [0, 0, 1]  # the wall on the left held the paddle


def test_the_pole_falls_by_itself_and_a_mirrored_game_is_mirrored():
    game = CartPole()
    state = np.array([[0.1, -0.2, 0.03, 0.4]])
    after, _, _ = game.step(state, np.array([1]))
    mirrored, _, _ = game.step(-state, np.array([0]))
    np.testing.assert_allclose(mirrored, -after)
    pushed = np.array([0, 1] * 30)
    for action in pushed:
        state, _, over = game.step(state, np.array([action]))
        if over[0]:
            break
    assert over[0] and state[0, 2] > game.lean  # it leaned to the right, and fell there


def test_the_energy_of_the_swinging_pole_is_kept_but_for_the_steps_in_time():
    # Without a force the sum of kinetic and potential energy of cart and pole is constant.
    class Free(CartPole):
        lean = np.inf

    def energy(state):
        _, dx, angle, turn = state[0]
        kinetic = 0.5 * 1.1 * dx**2 + 0.05 * dx * turn * np.cos(angle) + 0.1 / 6 * turn**2
        return kinetic + 0.1 * 9.8 * 0.5 * np.cos(angle)

    state = np.array([[0.0, 0.0, 0.05, 0.0]])
    before = energy(state)
    for _ in range(20):
        state, _, _ = Free().step(state, np.array([0.5]))  # half way between −10 and 10
    assert abs(state[0, 2]) > 0.06
    assert energy(state) == pytest.approx(before, abs=2e-3)


def test_after_its_end_a_game_gives_no_rewards():
    episodes = play(CartPole(), lambda seen: np.zeros(len(seen), int), 5, np.random.default_rng(0))
    assert episodes.alive.sum(axis=0).tolist() == episodes.returns.tolist()
    assert (episodes.returns < 15).all()  # always pushed to one side


def test_rules_of_one_line_play_well_and_chance_does_not():
    rules = {"catch": (follow, 1.0, -0.4), "cartpole": (push, 195.0, 30.0)}
    for name, (rule, good, bad) in rules.items():
        game = SETTINGS[name].game
        assert returns(game, rule, 100) >= good
        assert returns(game, by_chance(game.actions, np.random.default_rng(0)), 100) < bad


def test_a_player_in_numpy_says_what_the_model_says_alone_and_in_a_crowd():
    model = MLP(4, [5, 2], "tanh", rng=1)
    seen = np.random.default_rng(0).normal(size=(6, 4))
    expected = [[z.item() for z in model(row)] for row in seen]
    player = vector_of(model)
    np.testing.assert_allclose(logits(model, player, seen), expected)
    crowd = np.stack([player, -player])
    both = logits(model, crowd, np.stack([seen, seen]))
    np.testing.assert_allclose(both[0], expected)
    np.testing.assert_allclose(both[1], logits(model, -player, seen))
    chosen = greedy(model, crowd)(np.concatenate([seen, seen]))
    assert chosen.tolist() == both.argmax(axis=-1).ravel().tolist()


def test_actions_are_drawn_with_the_probabilities_of_the_policy():
    model = MLP(1, [2], rng=0)
    player = np.array([0.0, np.log(3.0), 0.0, 0.0])  # whatever it sees: 3 to 1
    actions = drawn(model, player, np.random.default_rng(0))(np.zeros((20_000, 1)))
    assert actions.mean() == pytest.approx(0.25, abs=0.01)


def test_the_advantage_is_what_followed_less_what_follows_on_average():
    rewards, alive = np.array([[1.0, 0.0], [2.0, 0.0]]), np.array([[True, True], [True, False]])
    seen, actions = np.arange(4.0).reshape(2, 2, 1), np.array([[0, 1], [1, 0]])
    episodes = Episodes(seen, seen, actions, rewards, alive)
    seen, actions, advantages = steps_of(episodes, discount=0.5)
    assert seen == [[0.0], [1.0], [2.0]] and actions == [0, 1, 1]
    # What followed: 1 + ½·2 and 0, then 2 and (over) 0; less the means 1 and 1: 1, −1, 1.
    assert advantages == pytest.approx([1.0, -1.0, 1.0], abs=1e-5)


def test_a_step_on_the_loss_makes_what_went_well_likelier():
    model = MLP(2, [3, 2], "tanh", rng=0)
    seen, before = [0.5, -1.0], [z.item() for z in model([0.5, -1.0])]
    policy_loss(model, entropy=0.0)(seen, 1, 2.0, 1.0).backward()
    for p in model.parameters():
        p.data -= 0.01 * p.grad
    after = [z.item() for z in model(seen)]
    assert after[1] - after[0] > before[1] - before[0]


@pytest.mark.parametrize("kind", [EvolutionStrategy, GeneticAlgorithm])
def test_a_search_climbs_what_it_is_told_and_repeats_itself(kind):
    def found(rng):
        search = kind(np.zeros(3), rng=rng)
        for _ in range(60):
            search.tell(-np.abs(search.ask() - [1.0, -1.0, 0.5]).sum(axis=1))
        return search.best

    assert np.abs(found(1) - [1.0, -1.0, 0.5]).max() < 0.3
    assert found(1).tolist() == found(1).tolist() != found(2).tolist()


def test_the_best_survive_unchanged():
    search = GeneticAlgorithm(np.zeros(4), size=10, elite=2, rng=0)
    vectors = search.ask()
    search.tell(np.arange(10.0))
    assert search.best.tolist() == vectors[9].tolist()
    assert search.ask()[:2].tolist() == vectors[[9, 8]].tolist()
