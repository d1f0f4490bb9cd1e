"""Answers that look like the truth and are not, beside those that look unlike it and are the same."""

import re
import sys

import pytest

import referee
from referee.core.types import Rollout, Task
from referee.maths.grouped import ungrouped
from referee.maths.read import read
from referee.maths.rounded import rounds_to
from referee.verifiers import find

WRONG = [
    ("5^2_7", "3^2_7"), ("f(2x)", "2xf"), ("f(x+1)", "f(x)+f"), ("f(x+1)", "fx+f"), ("g(2x)", "2g(x)"),
    ("P(A)P(B)", "P(B)P(A)P"), ("h(a+b)", "h(a)+h(b)"), ("f'(2x)", "2f'(x)"), ("f^{-1}(2x)", "2f^{-1}(x)"),
    (r"x>1 \text{ and } x<3", r"x>1 \text{ or } x<3"), ("1<x<3", r"x>1 \text{ or } x<3"),
    ("(1,3)", r"x>1 \text{ or } x<3"), (r"x>1 \text{ or } x<3", "(1,3)"),
    (r"x<1 \text{ or } x>3", r"x<1 \text{ and } x>3"), (r"x \ne 1, x \ne 2", r"x \ne 1 \text{ or } x \ne 2"),
    (r"x<-\sqrt2 \text{ or } x>\sqrt2", r"x<-\sqrt2 \text{ and } x>\sqrt2"), ("42", "42…"), ("42", "42..."),
    ("42", "42 ... "), ("1,2,3", r"1,2,3,\ldots"), ("42", r"\$42^2"), ("5", r"\$5 cm"), ("42", "42 . ."),
    ("42", "42 ()"), ("42", r"42 \cdot"), ("42", "42/"), ("42", "42 per"), (r"42^\circ", r"42^\circ^\circ"),
    ("42", r"42^\circ^\circ"), ("42", "= = 42"), ("42", "42 ="), ("HT, TT", "TH, TT"), ("(N,IV)", "(N,VI)"),
    ("x = IV", "x = VI"), ("IV", r"1 \cdot VI"), ("IV", r"VI \cdot 1"), ("IV", r"\text{VI}"), ("NE", r"\text{EN}"),
    ("B", "x=B"), ("B", "C=B"), ("A, B", "C=A, D=B"), ("C=B", "B"), (r"\sqrt2", r"\sqrt2 \approx 17"),
    (r"\sqrt2", r"\sqrt2 \approx 1000"), (r"\sqrt2", r"\sqrt2 \approx 1.42"), (r"-\sqrt2", r"-\sqrt2 \approx 1.41"),
    (r"\sqrt2", r"\sqrt2+\ldots-\ldots"), (r"\sqrt2", r"\sqrt2+\emptyset-\emptyset"),
    (r"\sqrt2", r"\sqrt2+0\cdot\infty"), (r"\sqrt2", r"\sqrt2\frac{\infty}{\infty}"),
    ("10,000 and 20,000", "10,0,20,0"), ("(10,0)", "(10,000)"), ("1,2", "1,002"), ("x+y=5", "5"), ("42", "42=x=17"),
    ("42", "a^2=42"), ("42", "2a=42"), ("42", "a+b=17"), ("42", "4=42"), ("42", r"\frac{a}{2}=42"), ("42", "41+1=42"),
    ("x^2", "y+x=x^2"), ("x+y=42", "a+b=42"), ("42", r"\pi=42"), ("42", "i=42"), ("42", r"\infty = 42"),
    ("42", "42_{7}"), ("42_7", "42_{10}"), ("B", "(B) (C)"), ("B", "B. or C."), ("B", "(B) not (A)"), ("B", "B. C"),
    ("B", "(A) 42"), ("B", "B 42"), ("B", "(b) 42"), ("-5,5", "x_1=5,x_2=5"), ("(5,-5)", "x_1=-5, x_2=5"),
    ("1,2", "x=2,y=1"), ("42", r"\color{red}17"), ("42", r"42\color{red}17"), ("1/2", r"1 \over 3"),
    ("1/2", r"1 + 1 \over 2"), ("(0,1)", "]0,1]"), ("[0,1]", "]0,1["), ("(0,1)", "[0,1["), ("42", "42^o"),
    (r"90^\circ", r"90^{\circ}o"), ("42", "- 42"), ("42", "--42 x"), ("-42", "-(-42)"), ("f(3)=42", "f(4)=42"),
    ("f(x)=42", "f(3)=42"), ("42", r"\underline{17}"), ("42", r"\underline{4}2 x"), ("42", "EUR 42 dollars"),
    ("42", "USD 42 cents"), ("42", "USDx 42"), (r"\frac12", r"\$\frac{1}{2}^2"), ("42", r"\textcolor{blue}{17}"),
    ("42", r"{42 \over 2}"), ("42", r"\over"), ("42", r"42 \over"), ("42", r"\over 42"),
    ("(0,1)", r"]0,1[ \cup ]2,3["), (r"\{1,2\}", "]1,2["), ("42", r"\color{red}"), ("P(3,4)", "P(4,3)"),
    ("f(3,4)", "(3,4)"), ("(3,4)", "f(3,4)"), ("x<1 or x>3", "x<1 and x>3"), ("x<1, x>3", "x<1 and x>3"),
    ("x>1, x<3", "x>1 or x<3"), (r"x \ge 1 and x \le 1", "1"), (r"\emptyset", "x<1 and x>3"),
    ("|x|>1", "x<-1 and x>1"), ("|x|<1", "x>-1 or x<1"), ("x<1 or y>3", "x<1 and y>3"), ("x<1 and y>3", "x<1 or y>3"),
    (r"(-\infty,-2]\cup\{1\}", r"a \le -2 and a = 1"), ("AB", "BA"), ("XY", "YX"), ("XY", "xy"), (r"\text{IV}", "VI"),
    ("on", "no"), ("no", "on"), ("A=5", "B=5"), ("S=R", "R"), (r"\sqrt2", r"1.41 \approx \sqrt2"),
    (r"\sqrt2", r"\sqrt2 \approx 1.41 \approx 1.4"), (r"\frac23", r"\frac23 \approx 0.65"), ("x+1", r"x+1 \approx 3"),
    ("f(x)=x^2", "g(x)=x^2"), ("f(x+1)=x", "f(x)=x-1"), ("f(g(x))", "g(f(x))"), ("f(f(x))", "f^2(x)"),
    ("h(t)=-16t^2+64", "h=-16t^2+64"), (r"\phi(2n)", r"2\phi(n)"), ("g(a-b)", "ga-gb"), ("2g(a-b)+g", "2ga-2gb+g"),
    (r"\$42", "42 cents"), ("5 cm", r"\$5"), ("42", "-42"), ("42", "-(42)"), ("42", "x+x=42"), ("42", "x-x+42=42"),
    ("42", "e=42"), ("42", "x^{2}=42"), ("42", r"\sin x=42"), ("42", "42=a+b"), (r"90^\circ", r"90^{\text{o}}"),
    ("42", "42^{o}"), ("C", "C. not D"), ("C", "(C) 42 (D) 43"), ("C", "(C) A"),
    (r"\text{(D) Alina}", r"\text{(D) Bob}"), (r"1,2,3,\ldots", "1,2,3"), (r"2\infty", r"\infty"),
    ("42", r"42 \text{ degrees}"), ("42", "42 . cm"), ("42", "42 cm)"), ("42", "42 (cm"), ("42", "42 cm-"),
    ("1010_2", "10"),
]  # fmt: skip
RIGHT = [
    (r"x>1 \text{ and } x<3", "(1,3)"), ("(1,3)", "x>1 and x<3"), ("1<x<3", "x>1 and x<3"), ("1<x<3", "x<3 and 1<x"),
    (r"(-\sqrt2,\sqrt2)", r"x>-\sqrt2 \text{ and } x<\sqrt2"), ("(a,b)", r"x>a \text{ and } x<b"),
    ("x<1 or x>3", "x<1, x>3"), ("x<1 or x>3", "x>3 or x<1"), (r"x \ne 1, x \ne 2", r"x \ne 1 \text{ and } x \ne 2"),
    (r"x>1, x \ne 2", r"x>1 \text{ and } x \ne 2"), (r"(1,2)\cup(2,\infty)", r"x>1 \text{ and } x \ne 2"),
    ("x>1 and y<3", "y<3 and x>1"), ("x>1 and y<3", "x>1, y<3"), (r"\{x | x>1 and x<3\}", "(1,3)"),
    ("x=1 or x=2", "1,2"), ("x=1 and y=2", "(1,2)"), ("0<x<1 or x>5", "x>0 and x<1 or x>5"),
    ("|x|<2", "x>-2 and x<2"), ("f(2x)", "f(x+x)"), ("f(x)+1", "1+f(x)"), ("P(A)P(B)", "P(B)P(A)"),
    (r"\frac{1}{2}gh", r"\frac12 hg"), ("2gR-2gh", "2g(R-h)"), (r"\frac{(a+b)h}{2}", r"\frac{h(a+b)}{2}"),
    (r"\frac{h(a+b)}{2}", r"\frac{1}{2}h(b+a)"), (r"\frac{\pi h^2(3R-h)}{3}", r"\frac{1}{3}\pi h^2(3R-h)"),
    ("x(x+1)", "x^2+x"), ("f(x)=x^2", "x^2"), ("f(x)=x^2", "f(t)=t^2"), ("f(x) = 2x", "y=2x"), ("f'(x)=2x", "2x"),
    ("f^{-1}(x)=x+1", "f^{-1}(x)=1+x"), ("x+1", "f^{-1}(x)=x+1"), ("f(x)^2", "f(x)f(x)"), ("(3,4)", "P(3,4)"),
    ("P(3,4)", "(3,4)"), ("(a,b)", "P(a,b)"), ("(3,4)", "A(3,4)"), ("P(3,4)", "P(3,4)"), ("IV", "IV"),
    ("IV", r"\text{IV}"), ("NE", r"\text{NE}"), ("II", r"\text{II}"), ("up", r"\text{up}"), ("Al", r"\text{Al}"),
    ("Al", "Al"), ("HT, TT", r"\text{TT}, \text{HT}"), ("xy", "yx"), ("2AB", "2BA"), ("PV=nRT", "VP=nRT"),
    ("IV", "x=IV"), ("B", "B"), ("B", r"\text{B}"), ("B", r"(B)\ 42"), ("B", "B. 42"), ("B", "B) 42"),
    ("B", r"(B)\ \frac{1}{2}"), ("B", r"\text{(B)}\ 42"), ("B", r"\textbf{(B)}\ 42"), ("B", "B: 42"),
    ("B", r"\text{(B) 42}"), ("C=B", "B=C"), ("C=B", "C=B"), (r"\sqrt2", r"\sqrt2 \approx 1.41"),
    (r"\sqrt2", r"\sqrt2 \approx 1.414"), (r"\sqrt2", r"x=\sqrt2 \approx 1.4142"),
    (r"-\sqrt2", r"-\sqrt2 \approx -1.414"), (r"\pi", r"\pi \approx 3.14"), (r"\ln 2", r"\ln 2 \approx 0.693"),
    ("600/7", r"\frac{600}{7} \approx 85.71"), (r"(1,\infty)", "x>1"), (r"[0,\infty)", r"[0,+\infty)"),
    (r"\infty", r"\infty"), (r"-\infty", r"-\infty"), (r"10,000\pi", r"10000\pi"), (r"10000\pi", r"10,000\pi"),
    (r"10,000\pi", r"10,000\pi"), ("10,000 and 20,000", "10000, 20000"), ("10,000 and 20,000", "20,000 and 10,000"),
    ("10,000 and 20,000", "10,000, 20,000"), (r"1,234\pi", r"1234\pi"), ("1,2,3", "1,2,3"),
    ("2,300 or 400", "400, 2300"), ("x<1,200", "x<1200"), ("a+b=42", "b+a=42"), (r"\sqrt2", r"a+b=\sqrt2"),
    ("x+1", r"\color{red}{x+1}"), (r"\frac{\sqrt3}{2}", r"{\sqrt{3} \over 2}"), (r"\frac{x+1}{2}", r"x+1 \over 2"),
    (r"\frac{1}{2}+x", r"{1\over 2}+x"), ("(0,1)", "]0,1["), ("(0,1]", "]0,1]"), ("[0,1)", "[0,1["),
    (r"(-\infty,0)\cup(1,2]", r"]-\infty,0[ \cup ]1,2]"), ("(0,1)", r"\left]0,1\right["), ("(0,1)", "]0;1["),
    ("-5,5", "x_1=5, x_2=-5"), ("-5,5", r"x_{1}=5 \text{ and } x_{2}=-5"), ("(5,-5)", "x_1=5, x_2=-5"),
    (r"\frac12", r"\displaystyle\frac12"), (r"90^\circ", "90^o"), (r"90^\circ", "90^{o}"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1\\[2pt]2\end{pmatrix}"), (r"\$5", r"\$5 dollars"),
    (r"\text{no}", "no"), ("42", r"{{{42 \over 1} \over 1} \over 1}"), ("(3,4)", "Q(3,4)"),
    ("x<1, x>3", "x<1 or x>3"), ("x<-1 or x>1", "|x|>1"), ("|x|>1", "x<-1 or x>1"), ("-1<x<1", "x>-1 and x<1"),
    ("k>2 or k<-2", "k<-2, k>2"), (r"a \le -2 or a = 1", r"a=1 or a \le -2"),
    (r"(-\infty,-2]\cup\{1\}", r"a \le -2 or a = 1"), ("x=1 or x=2", "x=1 and x=2"),
    (r"x \in (0,1) or x>3", r"(0,1)\cup(3,\infty)"), ("A+B", "B+A"), ("AB", r"\text{AB}"), ("XY", r"\text{xy}"),
    (r"A \cup B", r"B \cup A"), (r"\text{IV}", "IV"), ("x = B", "B"), ("A=5", "5"),
    (r"\frac{1}{3}", r"\frac13 \approx 0.33"), (r"\frac23", r"\frac23 \approx 0.67"),
    (r"\frac23", r"\frac23 \approx 0.66"), (r"1000\pi", r"1000\pi \approx 3141.59"), ("x^2", "f(x)=x^2"),
    ("y=f(x)", "y=f(x)"), ("e^{f(x)}", "e^{f(x)}"), ("f(g(x))", "f(g(x))"), ("h(t)=-16t^2+64", "-16t^2+64"),
    (r"V=\frac13 Ah", r"\frac13 hA"), ("F=ma", "F=am"), ("P(x)=x^2+1", "x^2+1"),
    ("P(x) = (x-1)(x+2)", "P(x)=x^2+x-2"), ("a(b+c)", "ab+ac"), ("n(n+1)/2", r"\frac{n^2+n}{2}"), ("m(v+u)", "mv+mu"),
    ("10,000", "10000"), ("(1,000, 2,000)", "(1000,2000)"), (r"\{1,000; 2,000\}", r"\{2000,1000\}"),
    ("(1,2)", "(1,2)"), ("100,200", "100200"), ("3,4,5", "3,4,5"), (r"1,100\pi", r"1,100\pi"), ("x_1,200", "x_1,200"),
    (r"\$42", "42 dollars"), ("42", r"\text{Area} = 42"), ("C", "C. 42"), ("C", "(C) x+1"),
    (r"\text{(D) Alina}", "(D)"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\begin{pmatrix}1&2\\[4pt]3&4\end{pmatrix}"),
    (r"1,2,3,\ldots", "1,2,3,..."), (r"x+\infty", r"x+\infty"), ("$5 per hour", "$5/hour"), ("1010_2", "1010_{2}"),
    ("5^2_7", "5^2_7"), ("x_{10}", "x_{10}"), ("a_{10}=3", "3"),
]  # fmt: skip
PLAIN = [
    ("42", "= 42"), ("42", "f(3)=42"), ("42", "AB=42"), ("42", "a+b=42"), ("42", "m+n = 42"),
    ("42", r"\frac{a}{b}=42"), ("42", r"\angle ABC = 42"), ("42", r"\color{red}42"), ("42", r"\color{red}{42}"),
    ("42", r"{\color{red}42}"), ("42", r"\textcolor{blue}{42}"), ("42", r"\color[rgb]{1,0,0}42"),
    ("3/4", r"{3 \over 4}"), ("1/2", r"1 \over 2"), ("42", r"\underline{42}"), ("42", r"\mathsf{42}"),
    ("42", r"\boldsymbol{42}"), ("42", r"\displaystyle 42"), ("42", r"\underline{\underline{42}}"),
    ("-1/2", r"-\left(\frac12\right)"), ("-1/2", "-(1/2)"), ("42", r"42\ "), ("42", "42_{10}"), ("42", "USD 42"),
    ("42", "42 USD"), ("42", r"US\$42"), ("5", r"\$5 per day"), ("42", "(42)"), ("-42", "-(42)"), ("42", "42 cm."),
    ("3", "x = 3."), ("42", r"A = 42\text{ cm}^2"), ("21", r"{42 \over 2}"), ("42", r"42\color{red}"), ("42", "$42$"),
    ("42", r"\$42.00"), ("42", "42 cm^2"), ("-42", "- 42"), ("42", "+(42)"), ("-42", r"-\left(42\right)"),
    ("42", "a=42"), ("42", "ab+c=42"), ("42", "AB+CD=42"), ("42", "f(x)=42"), ("42", "|AB|=42"), ("42", "P(A)=42"),
    ("42", "42 {}"), ("42", "42-cm"), ("42", "42 - cm"), ("42", r"42^{\circ}\mathrm{C}"), ("12", "12_{10}"),
    ("25", "5^2_{10}"),
]  # fmt: skip
UNFINISHED = [
    ("42", r"\frac{\frac12}{\frac1{84}}"), ("(3,4)", "(1+2,2+2)"), ("42", "|-42|"), ("1024", "2^{10}"),
    ("1/2", r"\frac{\frac12}{1}"), ("42", r"\sqrt{1764}"), ("42", r"\frac{84}{2}"),
]  # fmt: skip
FINISHED = [
    (r"\frac{1}{2}", r"\frac{1}{2}"), ("f(x)=x^2", "f(x)=x^2"), ("42", "f(3)=42"), ("42", "a+b=42"),
    ("(3,4)", "P(3,4)"), (r"\frac{\sqrt3}{2}", r"\frac{\sqrt3}{2}"), (r"\frac{x}{2y}", r"\frac{x}{2y}"), ("42", "42"),
    ("42", r"\color{red}42"), ("1/2", r"1 \over 2"), ("42", "42_{10}"), ("IV", r"\text{IV}"), ("(1,3)", "(1,3)"),
    ("x>1 and x<3", "x>1 and x<3"), (r"\frac12 x", r"\frac12x"), ("-1/2", "-(1/2)"), ("42", "USD 42"), ("42", "= 42"),
]  # fmt: skip


def verdict(verifier, truth, answer, **params):
    found = referee.verify(verifier, f"\\boxed{{{answer}}}", truth, **params)
    assert found.status in {"pass", "fail"}, found
    return found


@pytest.mark.parametrize(("truth", "answer"), WRONG)
def test_a_trap_is_not_paid(truth, answer):
    found = verdict("math.answer", truth, answer)
    assert found.status == "fail", found
    assert found.reason
    if re.fullmatch(r"-?[0-9]+(/[0-9]+)?", truth):
        assert verdict("math.number", truth, answer).status == "fail"


@pytest.mark.parametrize(("truth", "answer"), RIGHT)
def test_another_form_of_the_same_is_paid(truth, answer):
    assert verdict("math.answer", truth, answer).status == "pass"


@pytest.mark.parametrize(("truth", "answer"), PLAIN)
def test_a_number_in_any_dress_is_paid(truth, answer):
    assert verdict("math.number", truth, answer).status == "pass"
    assert verdict("math.answer", truth, answer).status == "pass"


@pytest.mark.parametrize(("truth", "answer"), UNFINISHED)
def test_the_strict_policy_wants_a_finished_form(truth, answer):
    assert verdict("math.answer", truth, answer, policy="strict").reason == "math.unfinished"


@pytest.mark.parametrize(("truth", "answer"), FINISHED)
def test_the_strict_policy_takes_a_finished_form(truth, answer):
    assert verdict("math.answer", truth, answer, policy="strict").status == "pass"


@pytest.mark.parametrize(
    "truth", [r"\text{}", r"\text{ }", "{}", "$$", "()", r"\left(\right)", "...", r"\boxed{\text{}}"]
)
def test_a_truth_without_content_is_unreadable(truth):
    found = referee.verify("math.answer", r"\boxed{42}", truth)
    assert (found.status, found.reason) == ("unjudged", "truth.empty")


@pytest.mark.parametrize("verifier", ["math.number", "math.answer"])
def test_a_truth_that_python_does_not_write_out(verifier):
    assert referee.verify(verifier, r"\boxed{42}", 10**5000).status == "fail"
    assert referee.verify(verifier, rf"\boxed{{1{'0' * 5000}}}", 10**5000).status == "pass"
    assert referee.verify(verifier, r"\boxed{42}", [10**5000]).reason == "truth.unreadable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"10,000\pi", r"10000\pi"),
        ("10,000 and 20,000", "10000 and 20000"),
        ("10,000, 20,000", "10000, 20000"),
        ("100,200, 300", "100,200, 300"),
        ("(1,234)", "(1,234)"),
        ("1,100,1000", "1,100,1000"),
        ("001,010,100", "001,010,100"),
        ("x<1,200", "x<1200"),
    ],
)
def test_thousands(text, expected):
    assert ungrouped(text) == expected


def test_a_rounding():
    root = read(r"\sqrt{2}")
    assert [rounds_to(root, read(number)) for number in ("1", "1.4", "1.41", "1.414", "1.4142")] == [True] * 5
    assert [rounds_to(root, read(number)) for number in ("2", "1.5", "1.42", "-1.4", "17", "1000", "x")] == [False] * 7
    assert not rounds_to(read("x"), read("1"))
    assert not rounds_to(read("1/(1-1)"), read("1"))
    assert not rounds_to(read("9^{9^{9^9}}"), read("1"))


# No answer needs more frames than the caps allow.

PIECES = [
    r"\setminus ", "∖", r"\cup ", r"\cap ", r"\to ", r"\implies ", ",", ";", "=", "<", r"\in ", r"\mid ", "!", "'",
    "^{", "_", "-", r"\pm ", "/", "|", r"\cdot ", "", "(", "[", r"\{", r"\sqrt{", r"\frac{", r"\frac1", "+-",
    r"^\circ ", r"\vec", r"\sin ", " and ", " or ", r"\over ", "f(", r"\color{red}", r"\underline{", "]0,1[",
    r"\sum_{k=1}^{n} ", r"\int ",
]  # fmt: skip
TRUTHS = ["42", "x+1", "(1,2)", r"(-\infty,1)\cup(3,\infty)", r"\text{no}", "B", "1,2,3", "x<3"]


@pytest.mark.parametrize("piece", PIECES)
def test_no_answer_is_too_deep_to_be_judged(piece):
    verifier = find("math.answer")
    params = verifier.params({}), verifier.params({"policy": "strict"})
    closing = "}" * piece.count("{") + ")" * piece.count("(")
    verifier(Rollout(text="\\boxed{x}"), Task(truth="x"), params[0])  # everything is imported
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 320)
    try:
        for count in (22, 78, 500, 19_000 // max(2, len(piece))):
            for answer in (f"A{piece}" * count + "A", piece * count + "2" + closing * count):
                for truth in TRUTHS:
                    verifier.check(Rollout(text=f"\\boxed{{{answer}}}"), Task(truth=truth), params[count % 2])
    finally:
        sys.setrecursionlimit(limit)


def test_what_is_too_deep_says_so():
    assert verdict("math.answer", "42", r"A\setminus B" * 500).reason == "answer.too_deep"
    assert verdict("math.answer", "42", r"A\cup B\cap C" * 500).status == "fail"
