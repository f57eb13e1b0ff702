"""Model -> its canonical text."""
from compiler.lang import model as m


def effective(model: m.Model) -> str:
    return ""
