"""One form page; a submission writes its row, the person, and what they accepted, in one transaction."""

from consent_trail.forms import ConsentForm
from django.contrib.auth import get_user_model
from django.db import models, transaction
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField
from wagtail.fields import RichTextField


class FormField(AbstractFormField):
    page = ParentalKey("FormPage", on_delete=models.CASCADE, related_name="form_fields")


class FormPage(AbstractForm):
    intro = RichTextField(blank=True)
    notice = RichTextField(blank=True)

    def process_form_submission(self, form):
        with transaction.atomic():
            submission = super().process_form_submission(form)
            email = form.cleaned_data["email"]
            user, _ = get_user_model().objects.get_or_create(
                username=email, defaults={"email": email, "is_active": False}
            )
            ConsentForm().record_consent(user)
        return submission
