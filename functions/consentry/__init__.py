"""consentry: localized forms, provable consent and leads, as a serverless API."""
