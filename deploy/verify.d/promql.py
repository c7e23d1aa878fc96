"""Part of deploy/verify: finds the metrics and labels that an expression of PromQL uses.

Not a parser: promtool checks the syntax. Reports what it does not understand instead of ignoring it.
"""

import re

TOKEN = re.compile(r'\s+|(?P<string>"(?:\\.|[^"\\])*")|(?P<range>\[[^\]]*\])|(?P<number>\d[\w.]*)'
                   r"|(?P<name>[A-Za-z_:][\w:]*)|(?P<symbol>=~|!~|!=|==|<=|>=|[-+*/%^<>=(){},])")  # fmt: skip
OPERATORS = {"and", "or", "unless"}
UNSUPPORTED = {"bool", "group_left", "group_right", "ignoring", "offset", "on", "without"}
COUNTING = {"changes", "increase", "irate", "rate"}


class Selector:
    """A metric with the labels that select its series, and how it is used."""

    def __init__(self, metric, matchers, function):
        self.metric, self.matchers, self.function = metric, matchers, function
        self.grouped_by = set()


def tokens(expression):
    at = 0
    while at < len(expression):
        found = TOKEN.match(expression, at)
        if not found:
            raise ValueError(f"unexpected {expression[at]!r}")
        at = found.end()
        if found.lastgroup:
            yield found.lastgroup, found.group()


def selectors(expression):
    """Returns the selectors of an expression; raises ValueError for what this file does not support."""
    words = list(tokens(expression))
    found, open_calls, at = [], [], 0

    def text(index):
        return words[index][1] if index < len(words) else ""

    def label_list(start):
        """The labels of (a, b), and the index after it."""
        end = next(i for i in range(start, len(words)) if text(i) == ")")
        return {text(i) for i in range(start + 1, end) if words[i][0] == "name"}, end + 1

    # Each open parenthesis has the name of its function and the labels by which it aggregates.
    while at < len(words):
        kind, word = words[at]
        at += 1
        if word == "by":
            raise ValueError("write by (labels) directly after its operator")
        if kind == "name" and word in UNSUPPORTED:
            raise ValueError(f"deploy/verify.d/promql.py does not support {word}; add it")
        if word == "(":
            open_calls.append(("", set()))
        elif word == ")":
            open_calls.pop()
        elif kind == "name" and text(at) == "by":
            labels, at = label_list(at + 1)
            if text(at) != "(":
                raise ValueError(f"{word} by (labels) must be followed by its expression in parentheses")
            open_calls.append((word, labels))
            at += 1
        elif kind == "name" and text(at) == "(" and word not in OPERATORS:
            open_calls.append((word, set()))
            at += 1
        elif kind == "name" and word not in OPERATORS:
            matchers = {}
            if text(at) == "{":
                end = next(i for i in range(at, len(words)) if text(i) == "}")
                matchers = {text(i): text(i + 2).strip('"') for i in range(at, end) if words[i][0] == "name"}
                at = end + 1
            selector = Selector(word, matchers, open_calls[-1][0] if open_calls else "")
            for _, labels in open_calls:
                selector.grouped_by |= labels
            found.append(selector)
    return found
