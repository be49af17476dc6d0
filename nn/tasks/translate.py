"""translate: number words into digits and back, by two GRUs with attention between them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from .. import charts
from ..numerals import held_out_numbers
from ..report import Report
from .task import Level, Options, Task
from .translation import BATCH, STEPS, Direction, Training, spelled, text, train

MODELS = {
    "words-to-digits": Direction("words", "digits"),
    "digits-to-words": Direction("digits", "words"),
}


def run(options: Options) -> Report:
    """Train with attention and without on the same numbers, test on numbers seen by neither."""
    direction = MODELS[options.model]
    held_out = held_out_numbers(70, rng=0)  # always the same: figures stay comparable
    if options.quick:
        held_out = held_out[:6]
    started = time.perf_counter()
    trainings, losses, answers = {}, {}, {}
    for name, attention in (("with attention", True), ("without attention", False)):
        print(f"  {name}:")
        trainings[name] = Training(direction, options, attention)
        losses[name] = train(trainings[name], held_out, options)
        answers[name] = trainings[name].translated(held_out)
    seconds = time.perf_counter() - started
    right = {
        name: [
            said == spelled(number, direction.write)
            for number, (said, _) in zip(held_out, answers[name], strict=True)
        ]
        for name in trainings
    }
    exact, exact_without = (sum(flags) / len(flags) for flags in right.values())
    model, without = (training.model for training in trainings.values())

    report = Report(
        "Numbers translated",
        f"From {direction.read} to {direction.write}: one GRU reads in both directions, another "
        "writes, and looks back at each step at what was read.",
    )
    report.model = "bidirectional GRU 10, attention, GRU 14"
    report.parameters = len(model.parameters())
    report.measured = {"exact on unseen numbers": exact}
    report.baselines = {"without attention": f"{exact_without:.1%}"}
    report.figures = {
        "exact on unseen numbers": f"{exact:.1%}",
        "without attention": f"{exact_without:.1%}",
        "parameters (without attention)": f"{report.parameters:,} ({len(without.parameters()):,})",
        "training": f"2 × {options.epochs * STEPS:,} steps, {seconds:.0f} s",
    }
    report.grid(
        "Exact, by the number of digits",
        ("digits", "numbers", *right),
        by_length(held_out, right),
        "Of the held-out numbers, those translated without any mistake. Without attention all that "
        "the decoder knows has to go through one vector, and of a long number much is lost there. "
        "Its states are larger, so that both networks have about as many parameters, and it is "
        "trained for as many steps; given more of them it would still improve, slowly.",
    )
    report.plot(
        "Loss",
        charts.lines(
            {name: (range(1, len(each) + 1), each) for name, each in losses.items()},
            "epoch",
            "loss",
            log_y=True,
        ).svg,
        "−ln of the probability of the right answer given what should have been written so far, "
        f"mean over the numbers of an epoch ({STEPS} steps of {BATCH}).",
    )
    for i in examples(held_out):
        said, weights = answers["with attention"][i]
        written = text(said, direction.write)
        read = spelled(held_out[i], direction.read)
        report.plot(
            f"Where it looks: {text(read, direction.read)}",
            charts.heatmap(
                [row[: len(read)] for row in weights],
                [*said, "end"][: len(weights)],
                read,
                "weight",
                size=(7.5, 0.34 * len(weights) + 1.5),
            ).svg,
            f"Each row is a step of writing “{written}”; its weights add up to 1.",
        )
    wrong = [
        (
            *(text(spelled(held_out[i], kind), kind) for kind in direction),
            text(said, direction.write),
        )
        for i, (said, _) in enumerate(answers["with attention"])
        if not right["with attention"][i]
    ]
    report.grid(
        "What it gets wrong",
        ("read", "right", "written"),
        wrong[:20],
        f"{len(wrong)} of {len(held_out)} held-out numbers.",
    )
    report.table("Settings", _settings(options, len(held_out)))
    return report


def examples(numbers: Sequence[int]) -> list[int]:
    """The places of three numbers among the longest: with few zeros, some, and many."""
    longest = max(len(str(number)) for number in numbers)
    places = [i for i, number in enumerate(numbers) if len(str(number)) == longest]
    places.sort(key=lambda i: str(numbers[i]).count("0"))
    return list(dict.fromkeys([places[0], places[len(places) * 3 // 4], places[-1]]))


def by_length(numbers: Sequence[int], right: dict[str, list[bool]]) -> list[tuple[str, ...]]:
    """A row for each number of digits: how many there are, and which share each got right."""
    rows = []
    for length in sorted({len(str(number)) for number in numbers}):
        chosen = [i for i, number in enumerate(numbers) if len(str(number)) == length]
        shares = [sum(flags[i] for i in chosen) / len(chosen) for flags in right.values()]
        rows.append((str(length), str(len(chosen)), *(f"{share:.0%}" for share in shares)))
    return rows


def _settings(options: Options, test: int) -> dict[str, str]:
    return {
        "model": "embeddings of 8; GRU 10 in both directions; GRU 14 with attention to its 20 "
        "numbers a token (without: GRU 11 and 16)",
        "loss": "cross-entropy of each symbol, the right ones before it being given (teacher "
        "forcing); when tested it is given its own (greedily)",
        "optimiser": f"Adam, learning rate from {options.lr:g} down to a twentieth, batches of "
        f"{BATCH}",
        "data": f"numbers from 0 to 999,999, drawn anew for each batch, all lengths as often; "
        f"{test} held out: 70 of each length, of the short ones a fifth of all there are",
        "padding": "numbers of 1 to 3 and of 4 to 6 digits are padded to one length each, for "
        "which there is one program; masks keep the padding out of states, weights and loss",
        "seed, epochs": f"{options.seed}, {options.epochs}",
    }


TASK = Task(
    name="translate",
    summary="number words into digits and back: two GRUs with attention between them",
    data="numbers to 999,999 and their English words, 300 held out",
    time="60 s",
    levels=(Level("exact on unseen numbers", 0.95),),
    epochs=12,
    lr=0.01,
    run=run,
    models=tuple(MODELS),
)
