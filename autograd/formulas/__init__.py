"""Small expressions as formulas: LaTeX, with derivatives, and SymPy.

``latex`` writes a graph down by the templates of the table (``Primitive.latex``); ``names`` says
what its leaves are called; ``symbolic`` makes it an expression of SymPy.
"""

from __future__ import annotations

from .latex import Formula, to_latex
from .symbolic import to_sympy

__all__ = ["Formula", "to_latex", "to_sympy"]
