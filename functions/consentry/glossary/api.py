"""What other capabilities may use of the glossary."""

from consentry.glossary.matching.match import Glossary, Judgement
from consentry.glossary.matching.model import Concept, Prohibited, Term

__all__ = ["Concept", "Glossary", "Judgement", "Prohibited", "Term"]
