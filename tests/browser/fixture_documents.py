"""Documents for the fake API: one form, three stages, in German, Arabic, Japanese, French and English.

Built like a release builds them: digests are of the canonical text, the document's digest is of its bytes.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

FORM = "hcp-webinar"
LOCALES = {
    "DE": ["de-DE"],
    "CH": ["de-CH", "fr-CH"],
    "SA": ["ar-SA", "en-SA"],
    "JP": ["ja-JP"],
    "US": ["en-US"],
    "US-CA": ["en-US"],
}
LANGUAGES = {
    "de-DE": "Deutsch (Deutschland)",
    "de-CH": "Deutsch (Schweiz)",
    "fr-CH": "français (Suisse)",
    "ar-SA": "العربية (المملكة العربية السعودية)",
    "en-SA": "English (Saudi Arabia)",
    "ja-JP": "日本語 (日本)",
    "en-US": "English (United States)",
}
MARKETS = {
    "DE": "Deutschland",
    "CH": "Schweiz",
    "SA": "السعودية",
    "JP": "日本",
    "US": "United States",
    "US-CA": "California (United States)",
}
CONTROLLERS = {"ar": "\u2068Example Pharma Saudi Arabia\u2069", "ja": "Example Pharma 日本株式会社"}

# English, German, Arabic, Japanese, French.
_ORDER = ("en", "de", "ar", "ja", "fr")
_WORDS: dict[str, tuple[str, str, str, str, str]] = {
    "title": (
        "Register for a medical education webinar",
        "Anmeldung zum Fortbildungs-Webinar",
        "التسجيل في ندوة تعليمية طبية عبر الإنترنت",
        "医学教育ウェビナーへの申し込み",
        "Inscription à un webinaire de formation médicale",
    ),
    "intro": (
        "For healthcare professionals. It takes about one minute.",
        "Für medizinische Fachkreise. Dauert etwa eine Minute.",
        "للمختصين في الرعاية الصحية. يستغرق ذلك نحو دقيقة واحدة.",
        "医療関係者の方が対象です。所要時間は約1分です。",
        "Pour les professionnels de santé. Une minute suffit.",
    ),
    "opt-in": ("Your registration", "Ihre Anmeldung", "تسجيلك", "お申し込み", "Votre inscription"),
    "profile": ("About your work", "Zu Ihrer Tätigkeit", "عن عملك", "お仕事について", "Votre activité"),
    "interests": ("Your interests", "Ihre Interessen", "اهتماماتك", "ご関心", "Vos centres d’intérêt"),
    "submit": ("Register", "Anmelden", "تسجيل", "申し込む", "S’inscrire"),
    "save": ("Save", "Speichern", "حفظ", "保存する", "Enregistrer"),
    "email": (
        "Work email address",
        "Dienstliche E-Mail-Adresse",
        "عنوان البريد الإلكتروني للعمل",
        "勤務先のメールアドレス",
        "Adresse e-mail professionnelle",
    ),
    "given_name": ("First name", "Vorname", "الاسم الأول", "名", "Prénom"),
    "family_name": ("Last name", "Nachname", "اسم العائلة", "姓", "Nom"),
    "country": (
        "Country where you practise",
        "Land Ihrer Berufsausübung",
        "البلد الذي تمارس فيه مهنتك",
        "勤務先の国",
        "Pays d’exercice",
    ),
    "profession": ("Profession", "Beruf", "المهنة", "職種", "Profession"),
    "specialty": ("Specialty", "Fachgebiet", "التخصص", "専門分野", "Spécialité"),
    "hcp_declaration": (
        "I confirm that I am a healthcare professional practising in the country selected above",
        "Ich bestätige, dass ich den medizinischen Fachkreisen im oben gewählten Land angehöre",
        "أؤكد أنني مختص في الرعاية الصحية وأمارس مهنتي في البلد المحدد أعلاه",
        "上で選択した国で勤務する医療関係者であることを確認します",
        "Je confirme être un professionnel de santé exerçant dans le pays sélectionné ci-dessus",
    ),
    "workplace_name": ("Name of your workplace", "Name Ihrer Einrichtung", "اسم جهة عملك", "勤務先名", "Établissement"),
    "phone": ("Work phone number", "Dienstliche Telefonnummer", "رقم هاتف العمل", "勤務先の電話番号", "Téléphone"),
    "therapy_areas": ("Therapy areas", "Therapiegebiete", "المجالات العلاجية", "治療領域", "Domaines"),
    "physician": ("Physician", "Ärztin oder Arzt", "طبيب", "医師", "Médecin"),
    "pharmacist": ("Pharmacist", "Apothekerin oder Apotheker", "صيدلي", "薬剤師", "Pharmacien"),
    "cardiology": ("Cardiology", "Kardiologie", "أمراض القلب", "循環器内科", "Cardiologie"),
    "neurology": ("Neurology", "Neurologie", "طب الأعصاب", "脳神経内科", "Neurologie"),
    "oncology": ("Oncology", "Onkologie", "الأورام", "腫瘍内科", "Oncologie"),
    "required": (
        "Answer this question",
        "Beantworten Sie diese Frage",
        "أجب عن هذا السؤال",
        "この質問に回答してください",
        "Répondez à cette question",
    ),
    "invalid": (
        "Check this answer",
        "Prüfen Sie diese Angabe",
        "تحقق من هذه الإجابة",
        "この回答を確認してください",
        "Vérifiez cette réponse",
    ),
    "event-invitation": (
        "I agree that {c} emails me invitations to medical events.",
        "Ich willige ein, dass {c} mir per E-Mail Einladungen zu Fachveranstaltungen sendet.",
        "أوافق على أن ترسل إليّ {c} دعوات إلى الفعاليات الطبية عبر البريد الإلكتروني.",
        "{c}が学術イベントの案内をメールで送信することに同意します。",
        "J’accepte que {c} m’envoie par e-mail des invitations à des événements médicaux.",
    ),
    "promotional-email": (
        "I agree that {c} emails me about its medicines.",
        "Ich willige ein, dass {c} mir per E-Mail Werbung zu Arzneimitteln sendet.",
        "أوافق على أن ترسل إليّ {c} معلومات ترويجية عن أدويتها عبر البريد الإلكتروني.",
        "{c}が医薬品に関する情報をメールで送信することに同意します。",
        "J’accepte que {c} m’envoie par e-mail des informations sur ses médicaments.",
    ),
    "promotional-phone": (
        "I agree that {c} calls me about its medicines.",
        "Ich willige ein, dass {c} mich zu Arzneimitteln anruft.",
        "أوافق على أن تتصل بي {c} هاتفيًا بشأن أدويتها.",
        "{c}が医薬品について電話をかけることに同意します。",
        "J’accepte que {c} m’appelle au sujet de ses médicaments.",
    ),
    "profiling": (
        "I agree that {c} selects content for me from my answers.",
        "Ich willige ein, dass {c} aus meinen Angaben Inhalte für mich auswählt.",
        "أوافق على أن تختار {c} محتوى لي بناءً على إجاباتي.",
        "{c}が私の回答に基づいて情報を選ぶことに同意します。",
        "J’accepte que {c} choisisse des contenus selon mes réponses.",
    ),
    "withdraw": (
        "You can withdraw your agreement at any time.",
        "Sie können die Einwilligung jederzeit mit Wirkung für die Zukunft widerrufen.",
        "يمكنك سحب موافقتك في أي وقت.",
        "同意はいつでも撤回できます。",
        "Vous pouvez retirer votre accord à tout moment.",
    ),
    "privacy": ("Privacy notice", "Datenschutzhinweise", "إشعار الخصوصية", "個人情報の取扱い", "Notice d’information"),
    "controller": (
        "Controller: {c}, 1 Example Street.",
        "Verantwortlich: {c}, Beispielstraße 1.",
        "جهة التحكم: {c}، شارع المثال 1.",
        "個人情報取扱事業者：{c}",
        "Responsable : {c}, 1 rue de l’Exemple.",
    ),
    "done": (
        "You are registered",
        "Sie sind angemeldet",
        "تم تسجيلك",
        "申し込みが完了しました",
        "Inscription terminée",
    ),
    "done-text": (
        "We will send the joining details to your email address.",
        "Wir senden Ihnen die Zugangsdaten per E-Mail.",
        "سنرسل تفاصيل الانضمام إلى بريدك الإلكتروني.",
        "参加方法をメールでお送りします。",
        "Nous vous enverrons les informations de connexion.",
    ),
    "sample-banner": (
        "Sample text for demonstration. Do not enter real data.",
        "Mustertext zur Vorführung. Geben Sie keine echten Daten ein.",
        "نص توضيحي. لا تُدخل بيانات حقيقية.",
        "デモ用のサンプルテキストです。実際のデータを入力しないでください。",
        "Texte d’exemple. Ne saisissez pas de données réelles.",
    ),
    "choose": ("Select", "Bitte wählen", "اختر", "選択してください", "Sélectionner"),
    "optional": ("optional", "optional", "اختياري", "任意", "facultatif"),
    "choices-hint": (
        "Select all that apply",
        "Wählen Sie alles Zutreffende",
        "اختر كل ما ينطبق",
        "該当するものをすべて選択",
        "Plusieurs choix possibles",
    ),
    "error-title": ("Error: {title}", "Fehler: {title}", "خطأ: {title}", "エラー：{title}", "Erreur : {title}"),
    "error-label": ("Error:", "Fehler:", "خطأ:", "エラー：", "Erreur :"),
    "language-switch": ("Language", "Sprache", "اللغة", "言語", "Langue"),
    "sending": ("Sending…", "Wird gesendet …", "جارٍ الإرسال…", "送信しています…", "Envoi…"),
    "sent": (
        "Your answers have been sent.",
        "Ihre Angaben wurden gesendet.",
        "أُرسلت إجاباتك.",
        "回答を送信しました。",
        "Vos réponses ont été envoyées.",
    ),
    "saved": (
        "Your answers have been saved.",
        "Ihre Angaben wurden gespeichert.",
        "حُفظت إجاباتك.",
        "回答を保存しました。",
        "Vos réponses ont été enregistrées.",
    ),
    "retry": ("Try again", "Erneut versuchen", "إعادة المحاولة", "再試行", "Réessayer"),
    "network-error": (
        "We could not reach the server.",
        "Der Server war nicht erreichbar.",
        "تعذّر الوصول إلى الخادم.",
        "サーバーに接続できませんでした。",
        "Le serveur n’a pas répondu.",
    ),
    "offline-retry": (
        "You are offline. Your answers are still on this page.",
        "Sie sind offline. Ihre Angaben stehen noch auf dieser Seite.",
        "أنت غير متصل. ما زالت إجاباتك في هذه الصفحة.",
        "オフラインです。回答はこのページに残っています。",
        "Vous êtes hors ligne. Vos réponses restent sur cette page.",
    ),
    "consents-title": (
        "What may we send you?",
        "Was dürfen wir Ihnen senden?",
        "ماذا يمكننا أن نرسل إليك؟",
        "お送りしてよいもの",
        "Que pouvons-nous vous envoyer ?",
    ),
    "consents-hint": (
        "Each choice is optional.",
        "Jede Auswahl ist freiwillig.",
        "كل خيار اختياري.",
        "どの選択も任意です。",
        "Chaque choix est facultatif.",
    ),
    "confirmation-requested": (
        "We will send you an email to confirm your choices.",
        "Wir senden Ihnen eine E-Mail zur Bestätigung Ihrer Auswahl.",
        "سنرسل إليك بريدًا إلكترونيًا لتأكيد اختياراتك.",
        "確認メールをお送りします。",
        "Nous vous enverrons un e-mail de confirmation.",
    ),
    "stage-progress": (
        "Step {stage} of {stages}",
        "Schritt {stage} von {stages}",
        "الخطوة {stage} من {stages}",
        "ステップ {stage}/{stages}",
        "Étape {stage} sur {stages}",
    ),
    "skip": ("Not now", "Jetzt nicht", "ليس الآن", "今はしない", "Pas maintenant"),
    "new-tab": (
        "opens in a new tab",
        "öffnet einen neuen Tab",
        "يفتح في علامة تبويب جديدة",
        "新しいタブで開きます",
        "nouvel onglet",
    ),
    "hcp-gate": (
        "This page is for healthcare professionals only.",
        "Diese Seite ist nur für medizinische Fachkreise.",
        "هذه الصفحة مخصصة للمختصين في الرعاية الصحية فقط.",
        "このページは医療関係者専用です。",
        "Page réservée aux professionnels de santé.",
    ),
    "wrong-market": (
        "This form is not for the place where you practise.",
        "Dieses Formular gilt nicht für Ihren Ort.",
        "هذا النموذج ليس لمكان ممارستك.",
        "このフォームは勤務先の国のものではありません。",
        "Ce formulaire ne vaut pas pour votre lieu d’exercice.",
    ),
    "wrong-market-link": (
        "Open the form for {market}",
        "Formular öffnen: {market}",
        "افتح نموذج {market}",
        "{market}のフォームを開く",
        "Ouvrir le formulaire : {market}",
    ),
    "text-changed": (
        "The wording has changed. Read it and choose again.",
        "Der Wortlaut hat sich geändert. Lesen Sie ihn und wählen Sie erneut.",
        "تغيّرت الصياغة. اقرأها واختر من جديد.",
        "文言が変わりました。読んでから選び直してください。",
        "Le texte a changé. Lisez-le et choisissez à nouveau.",
    ),
    "session-ended": (
        "The time for these questions has ended.",
        "Die Zeit für diese Fragen ist abgelaufen.",
        "انتهى وقت هذه الأسئلة.",
        "この質問の時間は終了しました。",
        "Le temps de ces questions est écoulé.",
    ),
    "fallback-note": (
        "Some labels are shown in English.",
        "Einige Angaben erscheinen auf Englisch.",
        "تظهر بعض التسميات بالإنجليزية.",
        "一部は英語で表示されます。",
        "Certains libellés sont en anglais.",
    ),
    "trap": (
        "Leave this field empty",
        "Dieses Feld leer lassen",
        "اترك هذا الحقل فارغًا",
        "空のままにしてください",
        "Laissez ce champ vide",
    ),
}
_SUMMARY: dict[str, dict[str, str]] = {
    "en": {"one": "There is a problem with {count} answer", "other": "There is a problem with {count} answers"},
    "de": {
        "one": "{count} Angabe braucht Ihre Aufmerksamkeit",
        "other": "{count} Angaben brauchen Ihre Aufmerksamkeit",
    },
    "ar": {
        "zero": "لا توجد مشكلات",
        "one": "توجد مشكلة في إجابة واحدة",
        "two": "توجد مشكلة في إجابتين",
        "few": "توجد مشكلات في {count} إجابات",
        "many": "توجد مشكلات في {count} إجابة",
        "other": "توجد مشكلات في {count} إجابة",
    },
    "ja": {"other": "{count}件の回答を確認してください"},
    "fr": {"one": "{count} réponse à corriger", "other": "{count} réponses à corriger"},
}
_COUNTRIES = ("DE", "CH", "SA", "JP", "US")


def digest_of(data: str | bytes) -> str:
    """``sha256-`` and the hex digest of UTF-8 text or bytes."""
    return "sha256-" + hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def canonical(text: dict[str, Any]) -> str:
    """The canonical plain text of a statement or notice as it stands in a document."""
    links = [f"{link['text']}: {link['url']}" for link in text["links"]]
    return "\n".join([text["label"], *text["paragraphs"], *links])


class Words:
    """The words of one locale."""

    def __init__(self, locale: str) -> None:
        self.language = locale.split("-", maxsplit=1)[0]
        self.controller = CONTROLLERS.get(self.language, "Example Pharma GmbH")

    def __getitem__(self, key: str) -> str:
        return _WORDS[key][_ORDER.index(self.language)].replace("{c}", self.controller)


def _text(words: Words, key: str, version: int) -> dict[str, Any]:
    again = [] if version == 1 else [f"({version})"]
    paragraphs = [words["withdraw"], *again]
    if key == "privacy-notice":
        paragraphs = [words["controller"], words["withdraw"], words["intro"], *again]
    text: dict[str, Any] = {
        "id": key,
        "version": version,
        "label": words["privacy"] if key == "privacy-notice" else words[key],
        "paragraphs": paragraphs,
        "links": [{"text": words["privacy"], "url": "https://pharma.example.com/privacy?lang=" + words.language}],
    }
    return text | {"digest": digest_of(canonical(text))}


def _statement(words: Words, key: str, version: int) -> dict[str, Any]:
    channel = "phone" if key.endswith("phone") else "email"
    purpose = {"event-invitation": "event-invitation", "profiling": "profiling-segmentation"}
    return _text(words, key, version) | {
        "purpose": purpose.get(key, "promotional-communication"),
        "channels": [channel],
    }


def _field(words: Words, name: str, kind: str, *, required: bool = True, **more: Any) -> dict[str, Any]:
    wrong = f"{words['invalid']}: {words[name]}"
    errors = {"required": f"{words['required']}: {words[name]}", "invalid": wrong}
    if "maxLength" in more or kind == "choices":
        errors |= {"too-long": wrong, "too-many": wrong}
    return {"name": name, "type": kind, "label": words[name], "required": required, "errors": errors, **more}


def _options(words: Words, *codes: str) -> list[list[str]]:
    return sorted(([code, words[code]] for code in codes), key=lambda pair: pair[1])


def _schema(fields: list[dict[str, Any]]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for field in fields:
        if field["type"] == "declaration":
            rule: dict[str, Any] = {"type": "boolean", "enum": [True]}
        elif field["type"] == "choices":
            items = {"type": "string", "enum": [code for code, _ in field["options"]]}
            rule = {"type": "array", "items": items, "uniqueItems": True, "maxItems": 2}
        elif "options" in field:
            rule = {"type": "string", "enum": [code for code, _ in field["options"]]}
        else:
            rule = {"type": "string", "minLength": 1, "maxLength": field["maxLength"]}
        if field["type"] == "phone":
            rule["pattern"] = "^[+0-9 ()-]{5,20}$"
        properties[field["name"]] = rule
    required = [field["name"] for field in fields if field["required"]]
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}


def document(market: str, locale: str, release: str, version: int) -> dict[str, Any]:
    """The ``consentry`` document of one market and locale; ``version`` is that of its legal texts."""
    words = Words(locale)
    countries = [[code, MARKETS[code]] for code in _COUNTRIES]
    names = [
        _field(words, "given_name", "text", maxLength=80, autocomplete="given-name"),
        _field(words, "family_name", "text", maxLength=80, autocomplete="family-name"),
    ]
    stages = {
        "opt-in": (
            [
                _field(words, "email", "email", maxLength=254, autocomplete="email", help=words["done-text"]),
                *(reversed(names) if market == "JP" else names),
                _field(words, "country", "country", options=countries, autocomplete="country"),
                _field(words, "profession", "choice", options=_options(words, "physician", "pharmacist")),
                _field(
                    words, "specialty", "choice", required=False, options=_options(words, "cardiology", "neurology")
                ),
                _field(words, "hcp_declaration", "declaration"),
            ],
            ["event-invitation", "promotional-email"],
        ),
        "profile": (
            [
                _field(words, "workplace_name", "text", required=False, maxLength=160, autocomplete="organization"),
                _field(words, "phone", "phone", required=False, maxLength=20, inputMode="tel", autocomplete="tel"),
            ],
            ["promotional-phone"],
        ),
        "interests": (
            [
                _field(
                    words,
                    "therapy_areas",
                    "choices",
                    required=False,
                    options=_options(words, "cardiology", "neurology", "oncology"),
                )
            ],
            ["profiling"],
        ),
    }
    return {
        "dialect": "consentry",
        "form": FORM,
        "version": 1,
        "market": market,
        "locale": locale,
        "dir": "rtl" if locale.startswith("ar") else "ltr",
        "release": release,
        "sample": True,
        "title": words["title"],
        "intro": words["intro"],
        "controller": {"id": f"example-pharma-{market.lower()}", "name": words.controller.strip("\u2068\u2069")},
        "hcpGate": "self_declaration" if market in ("DE", "SA") else None,
        "fallbacks": [],
        "notice": _text(words, "privacy-notice", version),
        "stages": [
            {
                "id": stage,
                "title": words[stage],
                "intro": None,
                "submit": words["submit" if stage == "opt-in" else "save"],
                "fields": fields,
                "statements": [_statement(words, key, version) for key in statements],
                "schema": _schema(fields),
            }
            for stage, (fields, statements) in stages.items()
        ],
        "done": {"title": words["done"], "text": words["done-text"]},
    }


def document_bytes(market: str, locale: str, release: str, version: int) -> bytes:
    """The document as served."""
    return json.dumps(document(market, locale, release, version), ensure_ascii=False, separators=(",", ":")).encode()


def messages(locale: str) -> dict[str, Any]:
    """The words around the form in one language."""
    words = Words(locale)
    ui = {key for key in _WORDS if key not in _SUMMARY}
    return {key: words[key] for key in sorted(ui)} | {"error-summary": _SUMMARY[words.language]}


class FixtureContent:
    """What the fake API serves by default; ``version`` is that of all legal texts."""

    forms = (FORM,)

    def __init__(self) -> None:
        self.version = 1

    @property
    def release(self) -> str:
        """The current release id; publishing new texts makes a new one."""
        return "r" + f"{self.version:032x}"

    def locales(self, _form: str) -> dict[str, list[str]]:
        """Market to locales, the first being its default."""
        return LOCALES

    def document(self, _form: str, release: str, market: str, locale: str) -> bytes:
        """The document of a release, current or past."""
        return document_bytes(market, locale, release, int(release[1:], 16))

    def messages(self, _form: str, _release: str, _market: str, locale: str) -> bytes:
        """The words around the form."""
        return json.dumps(messages(locale), ensure_ascii=False).encode()

    def market_name(self, market: str) -> str:
        """A market's name."""
        return MARKETS[market]

    def language(self, locale: str) -> str:
        """A locale's own name."""
        return LANGUAGES[locale]

    def sites(self) -> list[dict[str, Any]]:
        """One site for each market, and one that asks."""
        every = list(LOCALES)
        kinds = [("demo", "ask", every), *((f"demo-{market.lower()}", market, [market]) for market in every)]
        return [
            {"site": site, "name": "Example Pharma", "forms": [FORM], "market": market, "markets": markets}
            for site, market, markets in kinds
        ]


class ReleaseContent:
    """A compiled release, as ``consentry content build`` wrote it."""

    def __init__(self, root: Path) -> None:
        self._documents = root / "definitions" / "documents"
        self._index = json.loads((root / "definitions" / "index.json").read_bytes())
        self.release: str = self._index["release"]
        self.forms = tuple(self._index["forms"])

    def locales(self, form: str) -> dict[str, list[str]]:
        """Market to published locales, the first being its default."""
        markets = self._index["forms"][form]["markets"]
        return {market: entry["locales"] for market, entry in markets.items()}

    def document(self, form: str, release: str, market: str, locale: str) -> bytes:
        """A published document."""
        return (self._documents / release / form / market / locale / "consentry.json").read_bytes()

    def messages(self, form: str, release: str, market: str, locale: str) -> bytes:
        """The words around a published document."""
        return (self._documents / release / form / market / locale / "messages.json").read_bytes()

    def market_name(self, market: str) -> str:
        """A market's name in English."""
        name: str = self._index["markets"][market]["names"]["en-GB"]
        return name

    def language(self, locale: str) -> str:
        """A locale's own name."""
        name: str = self._index["languages"][locale]
        return name

    def sites(self) -> list[dict[str, Any]]:
        """The sites of the release."""
        return [{"site": name, **site} for name, site in self._index["sites"].items()]
