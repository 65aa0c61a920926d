"""The languages of the pages, each by its own name; translations/ has a folder for each but English."""

LANGUAGES = {"en": "English", "fr": "Français"}
