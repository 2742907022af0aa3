"""Which of the languages on offer a visitor gets: RFC 4647 §3.4 lookup with the weights of RFC 9110 §12.5.4.

Hot path: standard library only, pure.
"""

_MAX_RANGE = 100
_MAX_RANGES = 40
_MAX_HEADER = 2000


def negotiate(requested: str | None, accept_language: str | None, available: list[str]) -> str:
    """The tag of ``available`` to serve.

    ``requested`` is one language range, said outright (a query parameter) and stronger than the header
    ``accept_language``; the first of ``available`` (not empty) is the default. Tags compare without case.
    A range that no tag equals is shortened from the right (``de-AT`` to ``de``); at each length a longer tag
    of that range (``de-DE`` for ``de``) serves too, in the order on offer, so that a bare language is enough.
    Anything malformed is passed over.
    """
    lowered = [tag.lower() for tag in available]
    if requested:
        found = _lookup(requested[:_MAX_RANGE].strip().replace("_", "-").lower(), lowered, ())
        if found is not None:
            return available[found]
    if accept_language:
        ranges = _ranges(accept_language[:_MAX_HEADER])
        refused = tuple(name for name, weight in ranges if weight == 0 and name != "*")
        for name, weight in ranges:
            if weight == 0:
                break
            found = _lookup(name, lowered, refused)
            if found is not None:
                return available[found]
    return available[0]


def _ranges(header: str) -> list[tuple[str, float]]:
    """Ranges of the header, best first; equal weights keep their order."""
    ranges: list[tuple[str, float]] = []
    for item in header.lower().split(",")[:_MAX_RANGES]:
        name, _, parameter = item.partition(";")
        name = name.strip()
        weight = _weight(parameter)
        if weight is not None and _is_range(name):
            ranges.append((name, weight))
    ranges.sort(key=lambda pair: -pair[1])
    return ranges


def _weight(parameter: str) -> float | None:
    """``qvalue``: 0 to 1, at most three decimals; nothing said is 1, something else is ``None``."""
    text = parameter.strip()
    if not text:
        return 1.0
    name, _, value = text.partition("=")
    value = value.strip()
    whole, dot, decimals = value.partition(".")
    if name.strip() != "q" or whole not in ("0", "1") or len(decimals) > 3 or (decimals and not decimals.isdecimal()):
        return None
    if not value.isascii() or (whole == "1" and decimals.strip("0")):
        return None
    return float(value if decimals or not dot else whole)


def _is_range(name: str) -> bool:
    """RFC 4647 §2.1 ``language-range``."""
    if name == "*":
        return True
    parts = name.split("-")
    return parts[0].isalpha() and all(p.isascii() and p.isalnum() and len(p) <= 8 for p in parts)


def _lookup(wanted: str, tags: list[str], refused: tuple[str, ...]) -> int | None:
    """Index of the best tag for one range, or ``None``."""
    allowed = [i for i, tag in enumerate(tags) if not any(tag == r or tag.startswith(r + "-") for r in refused)]
    if wanted == "*":
        return allowed[0] if allowed else None
    while wanted:
        for index in allowed:
            if tags[index] == wanted:
                return index
        for index in allowed:
            if tags[index].startswith(wanted + "-"):
                return index
        wanted = wanted.rpartition("-")[0]
        if len(wanted) > 2 and wanted[-2] == "-":
            # A single-letter subtag introduces what was just cut off; RFC 4647 §3.4 cuts it too.
            wanted = wanted[:-2]
    return None
