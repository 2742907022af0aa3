/**
 * What the element says before any document has arrived; a language by itself, a region where it differs.
 * Written by `consentry content extract` from forms/messages.yaml and the catalogs.
 */
export default {
  "ar": {
    "dir": "rtl",
    "loading": "جارٍ تحميل النموذج…",
    "not-loaded": "تعذّر تحميل النموذج.",
    "market-ask": "ما مكان ممارستك للمهنة؟",
    "market-ask-required": "يُرجى اختيار مكان الممارسة",
    "continue": "متابعة",
    "choose": "يُرجى الاختيار",
    "error-label": "خطأ:",
    "retry": "إعادة المحاولة",
    "sample-banner": "نص تجريبي للعرض لم يراجعه محامون. يُرجى عدم إدخال بيانات حقيقية."
  },
  "de": {
    "dir": "ltr",
    "loading": "Das Formular wird geladen …",
    "not-loaded": "Das Formular konnte nicht geladen werden.",
    "market-ask": "Wo sind Sie tätig?",
    "market-ask-required": "Wählen Sie aus, wo Sie tätig sind",
    "continue": "Weiter",
    "choose": "Bitte wählen",
    "error-label": "Fehler:",
    "retry": "Erneut versuchen",
    "sample-banner": "Beispieltext zur Vorführung. Nicht juristisch geprüft. Geben Sie keine echten Daten ein."
  },
  "en": {
    "dir": "ltr",
    "loading": "Loading the form…",
    "not-loaded": "The form could not be loaded.",
    "market-ask": "Where do you practise?",
    "market-ask-required": "Select where you practise",
    "continue": "Continue",
    "choose": "Select",
    "error-label": "Error:",
    "retry": "Try again",
    "sample-banner": "Sample text for demonstration. Not reviewed by lawyers. Do not enter real data."
  },
  "en-US": {
    "dir": "ltr",
    "loading": "Loading the form…",
    "not-loaded": "The form could not be loaded.",
    "market-ask": "Where do you practice?",
    "market-ask-required": "Select where you practice",
    "continue": "Continue",
    "choose": "Select",
    "error-label": "Error:",
    "retry": "Try again",
    "sample-banner": "Sample text for demonstration. Not reviewed by lawyers. Do not enter real data."
  },
  "fr": {
    "dir": "ltr",
    "loading": "Chargement du formulaire…",
    "not-loaded": "Le formulaire n’a pas pu être chargé.",
    "market-ask": "Où exercez-vous ?",
    "market-ask-required": "Sélectionnez votre lieu d’exercice",
    "continue": "Continuer",
    "choose": "Sélectionner",
    "error-label": "Erreur :",
    "retry": "Réessayer",
    "sample-banner": "Texte d’exemple, pour démonstration. Non vérifié par des juristes. Ne saisissez pas de données réelles."
  },
  "fr-CA": {
    "dir": "ltr",
    "loading": "Chargement du formulaire…",
    "not-loaded": "Le formulaire n’a pas pu être chargé.",
    "market-ask": "Où exercez-vous?",
    "market-ask-required": "Sélectionnez votre lieu d’exercice",
    "continue": "Continuer",
    "choose": "Sélectionner",
    "error-label": "Erreur :",
    "retry": "Réessayer",
    "sample-banner": "Texte d’exemple, pour démonstration. Non vérifié par des juristes. N’entrez pas de données réelles."
  },
  "fr-CH": {
    "dir": "ltr",
    "loading": "Chargement du formulaire…",
    "not-loaded": "Le formulaire n’a pas pu être chargé.",
    "market-ask": "Où exercez-vous ?",
    "market-ask-required": "Sélectionnez votre lieu d’exercice",
    "continue": "Continuer",
    "choose": "Sélectionner",
    "error-label": "Erreur :",
    "retry": "Réessayer",
    "sample-banner": "Texte d’exemple, pour démonstration. Non vérifié par des juristes. Ne saisissez pas de données réelles."
  },
  "it": {
    "dir": "ltr",
    "loading": "Caricamento del modulo…",
    "not-loaded": "Non è stato possibile caricare il modulo.",
    "market-ask": "Dove esercita?",
    "market-ask-required": "Selezioni dove esercita",
    "continue": "Continuare",
    "choose": "Selezionare",
    "error-label": "Errore:",
    "retry": "Riprovare",
    "sample-banner": "Testo di esempio a scopo dimostrativo. Non verificato da giuristi. Non inserisca dati reali."
  },
  "ja": {
    "dir": "ltr",
    "loading": "フォームを読み込んでいます…",
    "not-loaded": "フォームを読み込めませんでした。",
    "market-ask": "どちらで診療・業務を行っていますか？",
    "market-ask-required": "診療・業務を行っている地域を選択してください",
    "continue": "次へ",
    "choose": "選択してください",
    "error-label": "エラー：",
    "retry": "もう一度試す",
    "sample-banner": "デモ用のサンプル文面です。法律専門家の確認を受けていません。実際の個人情報を入力しないでください。"
  }
};
