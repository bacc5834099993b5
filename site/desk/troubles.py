"""What the desk says when something cannot be done: one page for every error, with what to do next."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from onrecord.errors import BusyError, ConflictError, FormError, NotFoundError, OnrecordError, StorageError
from onrecord.languages import N_
from onrecord.site.desk.asking import Ask, Who

_HEADINGS = {
    400: N_("This cannot be done"),
    401: N_("You are not signed in"),
    403: N_("This is not yours to do"),
    404: N_("There is no such page"),
    405: N_("This cannot be done here"),
    408: N_("This took too long"),
    409: N_("Something else stands in the way"),
    413: N_("This is too large"),
    415: N_("This cannot be read"),
    429: N_("Please wait a little"),
    500: N_("Something went wrong"),
    503: N_("The desk cannot be opened just now"),
}
_SENTENCES = {
    404: N_("It may have been moved, or it was never here."),
    405: N_("This address can only be read."),
    500: N_("The error has been noted. What you did may not have been done."),
}
_ROLES = {
    "organiser": N_("Organisers can do this, and owners. Ask an owner if it should be you."),
    "owner": N_("Only owners can do this."),
}


def not_signed_in() -> FormError:
    """Somebody without a session has sent a form."""
    return FormError(
        N_("Your session has ended, or you have signed out meanwhile. Nothing was changed."),
        advice=N_("Sign in in another tab, then come back to this one and send it again."), status=401,
    )  # fmt: skip


def not_yours(who: Who) -> FormError:
    """Somebody asks for what their role may not."""
    return FormError(_ROLES.get(who, _ROLES["owner"]), status=403)


def from_elsewhere() -> FormError:
    """A page of another site has asked, or it cannot be told that none has."""
    return FormError(
        N_("This request came from a page that is not the desk, and was refused."),
        advice=N_("Open the desk and do it there."), status=403,
    )  # fmt: skip


def unprotected() -> FormError:
    """Somebody could listen on the way."""
    return FormError(
        N_("The desk is not opened over an unprotected connection: others could read your password on the way."),
        advice=N_(
            "Use the address that begins with https://, or sit at the machine itself (http://127.0.0.1). If a proxy "
            "stands before onrecord, let it send X-Forwarded-Proto."
        ),
        status=403,
    )  # fmt: skip


def status_of(error: Exception) -> int:
    """The status of an error (RFC 9110, 15)."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, FormError):
        return error.status
    if isinstance(error, BusyError):
        return 429
    if isinstance(error, NotFoundError):
        return 404
    if isinstance(error, ConflictError):
        return 409
    if isinstance(error, StorageError):
        return 503
    return 400 if isinstance(error, OnrecordError) else 500


def said(ask: Ask, error: OnrecordError) -> tuple[str, str]:
    """What is wrong and what to do, in the person's language where the error has its words in the catalogues."""
    sentence = getattr(error, "sentence", None)
    if sentence is None:
        return error.message[:1].upper() + error.message[1:], error.advice
    values = {name: ask.words.number(value) if isinstance(value, int) else value for name, value in
              getattr(error, "values", {}).items()}  # fmt: skip
    return ask.words.gettext(sentence, **values), ask.words.gettext(error.advice) if error.advice else ""


def page(ask: Ask, error: Exception) -> Response:
    """The page of an error."""
    status = status_of(error)
    heading = ask.words.gettext(_HEADINGS.get(status, _HEADINGS[400 if status < 500 else 500]))
    if isinstance(error, OnrecordError):
        sentence, advice = said(ask, error)
        if getattr(error, "sentence", None) is None:
            sentence, advice = ask.english(error.message, capital=True), ask.english(error.advice)
    else:
        sentence, advice = ask.words.gettext(_SENTENCES.get(status, _SENTENCES[500])), ""
    response = ask.render(
        "error.html", status=status, heading=heading, sentence=sentence, advice=advice, code=status
    )
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = str(error.wait)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def plain(error: Exception) -> Response:
    """The same in a line, where no page can be made."""
    status = status_of(error)
    text = error.message if isinstance(error, OnrecordError) else "Something went wrong."
    return PlainTextResponse(f"The desk cannot answer: {text}\n", status)
