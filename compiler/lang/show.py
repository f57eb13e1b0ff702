"""Expr -> its canonical text in Callsheet, which reads back to an equal Expr."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from compiler.lang import model as m

_LOOSEST, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _UNARY = range(8)


def figure(value: float) -> str:
    """A number without exponent, the shortest that reads back to the same float."""
    written = format(Decimal(repr(float(value))), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def hundredfold(value: float) -> str:
    """0.35 -> `35`; exact in decimal."""
    written = format(Decimal(repr(float(value))).scaleb(2), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def seconds(value: float) -> str:
    """A length of time in the largest unit that holds it a whole number of times."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if value and value % size == 0:
            return f"{int(value // size)}{unit}"
    return f"{figure(value)}s"


def clock(value: float) -> str:
    whole = int(value)
    return f"{whole // 3600:02d}:{whole % 3600 // 60:02d}"


def day(ordinal: float) -> str:
    return date.fromordinal(int(ordinal)).isoformat()


def quoted(text: str) -> str:
    """A text in quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def constant(value: m.Constant, points: bool = False) -> str:
    number = value.value
    sign = "-" if number < 0 else ""
    size = abs(number)
    match value.unit:
        case m.Unit.SHARE:
            return f"{sign}{hundredfold(size)}{'pp' if points else '%'}"
        case m.Unit.TIME:
            return sign + seconds(size)
        case m.Unit.MONEY:
            return f"{sign}{value.currency} {figure(size)}"
        case m.Unit.DATE:
            return day(number)
        case m.Unit.CLOCK:
            return clock(number)
        case m.Unit.LEVEL:
            return f"{sign}{figure(size)}dB"
        case _:
            return sign + figure(size)


def expression(expr: m.Expr, points: bool = False) -> str:
    """`points`: shares are percentage points (`5pp`), as after `rises by`."""
    return _show(expr, _LOOSEST, points)


def _show(expr: m.Expr, outer: int, points: bool) -> str:
    text, level = _text(expr, points)
    return f"({text})" if level < outer else text


def _text(expr: m.Expr, points: bool) -> tuple[str, int]:
    match expr:
        case m.Constant():
            return constant(expr, points), _UNARY if expr.value >= 0 else _PRODUCT
        case m.Ref(name):
            return name, _UNARY
        case m.Is() | m.SameAs() | m.Compare():
            return _comparison(expr, negated=False), _COMPARE
        case m.Not(m.Is() | m.SameAs() as inner):
            return _comparison(inner, negated=True), _COMPARE
        case m.Not(inner):
            return f"not {_show(inner, _NOT, False)}", _NOT
        case m.All(parts):
            return " and ".join(_show(part, _NOT, False) for part in parts), _AND
        case m.Either(parts):
            return " or ".join(_show(part, _AND, False) for part in parts), _OR
        case m.Arith():
            return _arithmetic(expr, points)
        case m.Apply(function, arguments):
            return f"{function}({', '.join(_show(part, _LOOSEST, points) for part in arguments)})", _UNARY
        case m.Ramp():
            return _ramp(expr, points), _LOOSEST


def _comparison(expr: m.Is | m.SameAs | m.Compare, negated: bool) -> str:
    match expr:
        case m.Is(name, members):
            name = "agent" if name == "agent_name" else name
            if len(members) == 1:
                return f"{name} is {'not ' if negated else ''}{members[0]}"
            return f"{name} {'not ' if negated else ''}in ({', '.join(members)})"
        case m.SameAs(left, right):
            return f"{left} is {'not ' if negated else ''}{right}"
        case m.Compare(op, left, right):
            word = {"==": "is", "!=": "is not"}.get(op, op)
            return f"{_show(left, _SUM, False)} {word} {_show(right, _SUM, False)}"


def _arithmetic(expr: m.Arith, points: bool) -> tuple[str, int]:
    level = _SUM if expr.op in "+-" else _PRODUCT
    # In a product only one side carries the points; the reader puts it on the right (see resolve.py).
    left_points = points and (expr.op in "+-/" or not has_share(expr.right))
    right_points = points and expr.op in "+-*"
    left = _show(expr.left, level, left_points)
    return f"{left} {expr.op} {_show(expr.right, level + 1, right_points)}", level


def has_share(expr: m.Expr) -> bool:
    """Whether a share or points stand literally in the expression."""
    match expr:
        case m.Constant(unit=m.Unit.SHARE):
            return True
        case m.Arith(left=left, right=right):
            return has_share(left) or has_share(right)
        case m.Apply(arguments=arguments):
            return any(map(has_share, arguments))
    return False


def _ramp(ramp: m.Ramp, points: bool) -> str:
    ends = f"{_show(ramp.before, _SUM, points)} to {_show(ramp.after, _SUM, points)}"
    if ramp.first is not None and ramp.last is not None:
        return f"{ends} over {day(ramp.first)}..{day(ramp.last)}"
    return f"{ends} over {seconds((ramp.days or 0) * 86400)}"
