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
    "retry": "إعادة المحاولة"
  },
  "de": {
    "dir": "ltr",
    "loading": "Das Formular wird geladen …",
    "not-loaded": "Das Formular konnte nicht geladen werden.",
    "market-ask": "Wo sind Sie tätig?",
    "market-ask-required": "Wählen Sie aus, wo Sie tätig sind",
    "continue": "Weiter",
    "choose": "Bitte wählen",
    "retry": "Erneut versuchen"
  },
  "en": {
    "dir": "ltr",
    "loading": "Loading the form…",
    "not-loaded": "The form could not be loaded.",
    "market-ask": "Where do you practise?",
    "market-ask-required": "Select where you practise",
    "continue": "Continue",
    "choose": "Select",
    "retry": "Try again"
  },
  "en-US": {
    "dir": "ltr",
    "loading": "Loading the form…",
    "not-loaded": "The form could not be loaded.",
    "market-ask": "Where do you practice?",
    "market-ask-required": "Select where you practice",
    "continue": "Continue",
    "choose": "Select",
    "retry": "Try again"
  },
  "fr": {
    "dir": "ltr",
    "loading": "Chargement du formulaire…",
    "not-loaded": "Le formulaire n’a pas pu être chargé.",
    "market-ask": "Où exercez-vous ?",
    "market-ask-required": "Sélectionnez votre lieu d’exercice",
    "continue": "Continuer",
    "choose": "Sélectionner",
    "retry": "Réessayer"
  },
  "fr-CA": {
    "dir": "ltr",
    "loading": "Chargement du formulaire…",
    "not-loaded": "Le formulaire n’a pas pu être chargé.",
    "market-ask": "Où exercez-vous?",
    "market-ask-required": "Sélectionnez votre lieu d’exercice",
    "continue": "Continuer",
    "choose": "Sélectionner",
    "retry": "Réessayer"
  },
  "it": {
    "dir": "ltr",
    "loading": "Caricamento del modulo…",
    "not-loaded": "Non è stato possibile caricare il modulo.",
    "market-ask": "Dove esercita?",
    "market-ask-required": "Selezioni dove esercita",
    "continue": "Continuare",
    "choose": "Selezionare",
    "retry": "Riprovare"
  },
  "ja": {
    "dir": "ltr",
    "loading": "フォームを読み込んでいます…",
    "not-loaded": "フォームを読み込めませんでした。",
    "market-ask": "どちらで診療・業務を行っていますか？",
    "market-ask-required": "診療・業務を行っている地域を選択してください",
    "continue": "次へ",
    "choose": "選択してください",
    "retry": "もう一度試す"
  }
};
