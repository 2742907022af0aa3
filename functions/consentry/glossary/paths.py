"""Where the glossary's documents lie: in the checkout with ``.yaml`` behind it, in the editors' store as they are."""

CONCEPTS = "glossary/concepts"
PROHIBITED = "glossary/prohibited"
WAIVERS = "glossary/waivers"
TASKS = "glossary/tasks"
# In the store alone.
JUDGEMENTS = "glossary/judgements"
RECHECKS = "glossary/rechecks"
IMPORTS = "glossary/imports"


def concept_path(name: str) -> str:
    """Where a concept lies."""
    return f"{CONCEPTS}/{name}"


def tasks_of(concept: str | None) -> str:
    """Where the tasks of a concept lie, beside those of concepts whose names begin so; None or "": all of them."""
    return f"{TASKS}/{concept}-" if concept else TASKS
