"""What an exception that came out of an engine most likely means."""

import linecache
import pathlib
import traceback

OWN_FILES = {"hints.py", "conftest.py", "networks.py"}
FOLDER = pathlib.Path(__file__).resolve().parent


def explain(error, test):
    """(what happened in a test function, and in which line of the engine; a hint)."""
    place = engine_frame(error, test)
    happened = [f"{type(error).__name__}: {error}".rstrip(": ").splitlines()[0]]
    if place is not None:
        line = linecache.getline(place.filename, place.lineno).strip()
        happened.append(f"in {place.name}, {shortened(place.filename)}:{place.lineno}:")
        happened.append(f"    {line}")
    return "\n".join(happened), hint_for(error, place)


def engine_frame(error, test):
    """The innermost frame below the test and outside this suite: the line that raised."""
    frames = list(traceback.extract_tb(error.__traceback__))
    while frames and frames[0].name != test.__name__:
        del frames[0]
    for frame in reversed(frames):
        path = pathlib.Path(frame.filename).resolve()
        own = path.name in OWN_FILES or path.name.startswith("test_stage_")
        if not (own and path.parent == FOLDER) and path.is_file():
            return frame
    return None


def shortened(filename):
    try:
        return str(pathlib.Path(filename).resolve().relative_to(pathlib.Path.cwd()))
    except ValueError:
        return filename


def hint_for(error, place):
    text = str(error)
    name = place.name if place is not None else "the operator"
    match error:
        case NotImplementedError():
            return f"{name} is still to be written: this is your next step."
        case RecursionError() if operators_call_each_other(error):
            return (
                "operators that call each other without end, as __radd__ → __add__ → __radd__: "
                "one of the two has to do the work itself."
            )
        case RecursionError():
            return (
                f"{name} calls itself once per node on the way down, and Python stops after about "
                "1,000 nested calls. Walk the graph with a list as your own stack and a loop."
            )
        case TypeError() if "unsupported operand" in text or "can't multiply" in text:
            return (
                "Python found no operator for these two. `number + value` asks value.__radd__, "
                "`value + number` asks value.__add__: both are needed, and both should turn the "
                "number into a Value. (If NoneType is named: does an operator forget its return?)"
            )
        case TypeError() if "unhashable" in text:
            return (
                "a class with __eq__ loses its hash, so that no set or dict can hold its nodes. "
                "Nodes are the same only if they are one object: drop __eq__, or keep id(node)."
            )
        case AttributeError() if "'int'" in text or "'float'" in text:
            return (
                "a plain number got where a Value was expected: in each operator, turn `other` "
                "into a Value first, unless it is one."
            )
        case AttributeError() if "'NoneType'" in text:
            return "something returned None: does an operator forget to return its result?"
        case AttributeError():
            return "is the name spelt right, and set in __init__ for every node?"
        case ZeroDivisionError() if "negative power" in text:
            return (
                "x ** (n - 1) at x = 0 has no value for n < 1. For n = 0 the slope is 0 "
                "everywhere: treat it on its own."
            )
        case ZeroDivisionError():
            return (
                "a division by 0 in a formula that has a value here. The slope of xⁿ is n·xⁿ⁻¹ "
                "(not n·out/x), that of a/b by b is −(a/b)/b (b·b becomes 0 long before b does)."
            )
        case OverflowError() if place is not None and "**" in place.line:
            return (
                "a power too large for a float: b ** -2 at b = 1e-200 would be 1e400. Get there in "
                "smaller steps: the slope of a/b by b is −(a/b)/b."
            )
        case OverflowError():
            return (
                "Python's math raises where the answer is too large for a float. Choose a formula "
                "whose exponent is never positive, as e^(−|x|), or catch OverflowError and "
                "return math.inf."
            )
        case ValueError() if "domain" in text:
            return "a math function was asked outside its domain: is the formula right here?"
        case TimeoutError():
            return (
                "the test was stopped: an endless loop? Or work that grows much faster than the "
                "graph, as `node in list` does (a set answers at once)."
            )
    return "the engine raised this error; --tb=long shows the way there."


def operators_call_each_other(error):
    """True if the recursion's last calls are all of methods like __add__."""
    last = traceback.extract_tb(error.__traceback__)[-12:]
    return all(frame.name.startswith("__") and frame.name.endswith("__") for frame in last)
