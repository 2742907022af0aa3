"""Makes the database and the form: ``python -m wagtail_site.fill document.json`` (ours, for the same fields and texts).

Prints the page's path.
"""

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wagtail_site.settings")
django.setup()

from consent_trail.models import LegalDocument  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from wagtail.models import Locale, Page, Site  # noqa: E402
from wagtail_site.models import FormPage  # noqa: E402

KINDS = {"email": "email", "declaration": "checkbox", "choice": "dropdown", "country": "dropdown", "text": "singleline"}


def main(document):
    made = settings.FOLDER / "migrations_made"
    made.mkdir(exist_ok=True)
    (made / "__init__.py").touch()
    call_command("makemigrations", "wagtail_site", verbosity=0)
    call_command("migrate", verbosity=0)
    for language in ("de", "en", "ja"):
        Locale.objects.get_or_create(language_code=language)
    root = Page.objects.filter(depth=1).get()
    Page.objects.filter(depth__gt=1).delete()
    root.refresh_from_db()
    stage = document["stages"][0]
    notice = document["notice"]
    page = FormPage(
        title=document["title"],
        slug="webinar",
        locale=Locale.objects.get(language_code="de"),
        intro=f"<p>{document['intro']}</p>",
        notice="".join(f"<p>{text}</p>" for text in [notice["label"], *notice["paragraphs"]]),
    )
    for position, field in enumerate(stage["fields"]):
        page.form_fields.create(
            sort_order=position,
            clean_name=field["name"],
            label=field["label"],
            field_type=KINDS[field["type"]],
            required=field["required"],
            choices="\n".join(code for code, _ in field.get("options", [])),
            help_text=field.get("help", ""),
        )
    for position, statement in enumerate(stage["statements"], len(stage["fields"])):
        page.form_fields.create(
            sort_order=position,
            clean_name=statement["id"].replace("-", "_"),
            label=statement["label"],
            field_type="checkbox",
            required=False,
        )
    home = Page(title="Start", slug="home", locale=page.locale)
    root.add_child(instance=home)
    home.add_child(instance=page)
    Site.objects.all().delete()
    Site.objects.create(hostname="127.0.0.1", port=80, root_page=home, is_default_site=True)
    for kind in ("privacy", "cgu"):
        LegalDocument.objects.create(
            doc_type=kind, language="de", version=1, title=notice["label"], body_html=page.notice, is_current=True
        )
    print(f"/de/{page.slug}/")  # noqa: T201


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_bytes()))
