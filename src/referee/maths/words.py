"""The closed vocabulary of the reader: what each command and each plain word of mathematics stands for."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _map(pairs: str) -> dict[str, str]:
    """`"leq le <=; geq >="`: every word of a group stands for the group's last."""
    table: dict[str, str] = {}
    for group in pairs.split(";"):
        *names, meaning = group.split()
        table.update(dict.fromkeys(names, meaning))
    return table


FUNCTIONS = _set(
    "sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh coth ln log lg exp max min gcd lcm deg det arg "
    "sgn dim ker Re Im sqrt cbrt abs floor ceil asin acos atan"
)
BIG = _set("sum prod int iint iiint oint lim limsup liminf bigcup bigcap sup inf")
_GREEK = _set(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma varsigma tau upsilon phi "
    "chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar angle triangle nabla partial"
)
SYMBOLS = {
    **{name: name for name in _GREEK},
    **_map(
        "varepsilon epsilon; varphi phi; vartheta theta; infty inf; emptyset varnothing emptyset; imath i;"
        "ldots dots cdots dotsc ldots"
    ),
}
WORDS = _map("infinity infty oo inf; pi pi; theta theta; alpha alpha; beta beta")
OPERATORS = _map(
    "times cdot ast *; div /; pm pm; mp mp; leq le leqslant <=; geq ge geqslant >=; neq ne !=; lt <; gt >;"
    "approx sim ~; in in; notin notin; equiv ==; cup cup; cap cap; setminus setminus; colon :; to rightarrow mapsto ->;"
    "subset subset; subseteq subseteq; mid vert lvert rvert |; Vert lVert rVert ||; Rightarrow implies =>;"
    "iff Leftrightarrow <=>;"
    "perp perp; parallel parallel; cong cong; propto propto; wedge wedge; land wedge; vee vee; lor vee"
)
OPENERS = _map("lfloor floor(; lceil ceil(; langle (; lbrace \\{; lbrack [")
CLOSERS = _map("rfloor floor); rceil ceil); rangle ); rbrace \\}; rbrack ]")
SHOWS = _set(
    "left right middle displaystyle textstyle scriptstyle limits nolimits big Big bigg Bigg bigl bigr Bigl Bigr biggl "
    "biggr Biggl Biggr bigm quad qquad enspace thinspace medspace space hfill allowbreak nonumber"
)
MACROS = _set(
    "frac dfrac tfrac cfrac sqrt binom dbinom tbinom overline bar vec hat widehat overrightarrow mathbb mathcal tilde "
    "boldsymbol circ degree degrees"
)
SEPARATORS = {
    ",": ",",
    **dict.fromkeys(("and", "&", ", and", "; and", "as well as"), "and"),
    **dict.fromkeys(("or", ", or", "and/or"), "or"),
}
