"""What other capabilities may use of the glossary."""

from consentry.glossary.match import Glossary, Judgement
from consentry.glossary.model import Concept, Prohibited, Term

__all__ = ["Concept", "Glossary", "Judgement", "Prohibited", "Term"]
