"""Language tags are BCP 47."""

import pytest

from onrecord.errors import UsageError
from onrecord.languages import direction, language_name, language_tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [("en", "en"), ("UK", "uk"), ("pt-br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("sl-rozaj-biske", "sl-rozaj-biske"),
     ("es-419", "es-419"), ("crh", "crh")],
)  # fmt: skip
def test_language_tag_has_its_usual_letters(text: str, tag: str) -> None:
    """The case of each part is that of RFC 5646 section 2.1.1."""
    assert language_tag(text) == tag


@pytest.mark.parametrize("text", ["", "english", "e", "en_GB", "en-", "../x", "en gb"])
def test_language_tag_refuses_what_is_none(text: str) -> None:
    """The error names examples."""
    with pytest.raises(UsageError, match=r"is no language tag\. Use a tag such as en, uk"):
        language_tag(text)


def test_language_name_and_direction() -> None:
    """Known languages have a name, others their tag; Arabic runs from the right."""
    assert (language_name("uk"), language_name("pt-BR"), language_name("xx")) == (
        "Ukrainian",
        "Portuguese",
        "xx",
    )
    assert (direction("ar"), direction("uk")) == ("rtl", "ltr")
