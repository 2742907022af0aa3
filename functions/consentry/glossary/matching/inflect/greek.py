"""Greek: declension of nouns and adjectives, the present tense. Tokens come without accents and with one sigma."""

from consentry.glossary.matching.inflect.paradigm import Inflection, paradigm


def greek() -> Inflection:
    """Nouns and adjectives by their endings."""
    adjective = "οσ ου ο ον ε οι ων ουσ η ησ ην εσ α ασ αν"
    return Inflection(
        [
            paradigm("m-os", "οσ ου ο ον ε οι ων ουσ", stem=2),
            paradigm("m-is", "ησ η ην εσ ων ηδεσ ηδων", stem=2),
            paradigm("m-as", "ασ α αν εσ ων αδεσ αδων", stem=2),
            paradigm("m-eas", "εασ εα εισ εων", stem=2),
            paradigm("f-a", "α ασ αν εσ ων", stem=2),
            paradigm("f-i", "η ησ ην εσ ων", stem=2),
            paradigm("f-is", "η ησ ην εωσ εισ εων", stem=2),
            paradigm("n-o", "ο ου α ων", stem=2),
            paradigm("n-i", "ι ιου ια ιων", stem=2),
            paradigm("n-ma", "μα ματοσ ματα ματων", stem=2),
            paradigm("n-simo", "σιμο σιματοσ σιματα σιματων", stem=2),
            paradigm("n-os", "οσ ουσ η ων", stem=2),
            paradigm("n-on", "ον οντοσ οντα οντων", stem=2),
            paradigm("adjective", adjective, "οσ η ο α οι εσ ων ου", stem=2),
            paradigm("adjective-us", "υσ ια υ ιου ιασ ιοι ιεσ ιων ιουσ", stem=2),
            paradigm("adjective-is", "ησ εσ ουσ εισ η ων", stem=2),
            paradigm("verb", "ω εισ ει ουμε ετε ουν ουνε οντασ", "ω ει", stem=3),
            paradigm("verb-a", "ω ασ α αει αμε ατε ουν αω", "ω α αω", stem=3),
            paradigm("passive", "ομαι εσαι εται ομαστε εστε ονται", "ομαι εται", stem=3),
        ],
        irregular=[
            "ιοσ ιου ιο ιοι ιων ιουσ",
            "γυναικα γυναικασ γυναικεσ γυναικων",
            "πολυσ πολλη πολυ πολλοι πολλεσ πολλα πολλων πολλουσ",
        ],
    )
