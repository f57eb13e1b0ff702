"""Spec < environment < flags, and every bad value named with its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest

from compiler.failures import UsageError
from compiler.lang.model import EnvVar, Model, Team, UploadSettings
from compiler.targets._delivery.settings import need_for_sending, resolve, shown_url


@dataclass
class Dataset:
    time_zone: str = "Europe/Zurich"


def model(settings: Mapping[str, float | str | EnvVar], *, kind: str = "sa") -> Model:
    """As much of a model as the settings read."""
    team = Team("Team_A", "Team A – Cards")
    uploads = (UploadSettings(kind, settings),)
    return cast(Model, SimpleNamespace(dataset=Dataset(), teams=(team,), uploads=uploads))


def test_defaults() -> None:
    settings = resolve(model({}), {}, {})
    assert (settings.url, settings.connect_timeout, settings.read_timeout, settings.retries) == (None, 10, 300, 3)
    assert (settings.channel_map, settings.direction, settings.insecure, settings.reverse) == ("[]", "in", False, False)
    assert (settings.time_zone, settings.teams, settings.notes) == ("Europe/Zurich", {"Team_A": "Team A – Cards"}, ())


def test_the_stronger_wins() -> None:
    spec = model({"url": "https://spec.example.com", "project": 42.0, "pipeline": "p-spec", "storage": "s-spec",
                  "read timeout": 60.0, "retries": 5.0, "pause": 1.5, "channel map": '["agent"]'})
    environment = {"SA_URL": "https://env.example.com", "SA_PIPELINE_ID": "p-env", "SA_STORAGE_BACKEND_ID": "",
                   "SA_READ_TIMEOUT": "70", "SA_CONNECT_TIMEOUT": "3.5"}
    flags = {"url": "https://flag.example.com", "read_timeout": "80", "project_id": None, "reverse": True}
    settings = resolve(spec, environment, flags)
    assert settings.url == "https://flag.example.com"
    assert (settings.project_id, settings.pipeline_id, settings.storage_backend_id) == ("42", "p-env", "s-spec")
    assert (settings.connect_timeout, settings.read_timeout) == (3.5, 80.0)
    assert (settings.retries, settings.pause, settings.reverse) == (5, 1.5, True)
    assert settings.channel_map == '["agent"]'


def test_env_in_a_spec_is_read_when_sending() -> None:
    spec = model({"url": EnvVar("SA_OUR_SERVER"), "project": EnvVar("SA_OUR_PROJECT")})
    settings = resolve(spec, {"SA_OUR_SERVER": "http://127.0.0.1:1/"}, {})
    assert (settings.url, settings.project_id) == ("http://127.0.0.1:1/", "")


def test_other_uploads_are_not_ours() -> None:
    assert resolve(model({"url": "https://other.example.com"}, kind="archive"), {}, {}).url is None


def test_the_token_comes_from_the_environment_only() -> None:
    settings = resolve(None, {"SA_TOKEN": "s3cr3t"}, {"token": "from-a-flag", "time_zone": "UTC"})
    assert settings.token == "s3cr3t"
    assert "s3cr3t" not in repr(settings)


def test_the_time_zone_of_files_without_a_spec() -> None:
    assert resolve(None, {"SA_TIME_ZONE": "Europe/Berlin"}, {}).time_zone == "Europe/Berlin"
    assert resolve(model({}), {"SA_TIME_ZONE": "Asia/Tokyo"}, {}).time_zone == "Europe/Zurich"
    assert resolve(None, {}, {}).time_zone is None


@pytest.mark.parametrize(("spec", "flags"), [({"certificate checks": "no"}, {}), ({}, {"insecure": True})])
def test_going_without_certificates_is_said(spec: Mapping[str, str], flags: Mapping[str, object]) -> None:
    settings = resolve(model({"url": "https://sa.example.com/up", **spec}), {}, flags)
    assert settings.insecure
    assert settings.notes == ("the certificate of https://sa.example.com/up is not checked, as you asked: anybody on"
                              " the way can read and change what is sent",)


def test_certificate_checks_in_the_spec_stay_on() -> None:
    assert not resolve(model({"certificate checks": "yes"}), {}, {"insecure": False}).insecure


@pytest.mark.parametrize(("spec", "environment", "flags", "message"), [
    ({}, {}, {"url": "sa.example.com"}, "--url: `sa.example.com` is no address of a server: write one like"
                                        " https://sa.example.com/api/upload"),
    ({}, {"SA_URL": "ftp://x"}, {}, "SA_URL: `ftp://x` is no address of a server: write one like"
                                    " https://sa.example.com/api/upload"),
    ({"url": "https://"}, {}, {}, "`url` under `upload sa`: `https://` is no address of a server: write one like"
                                  " https://sa.example.com/api/upload"),
    ({"url": EnvVar("SA_OURS")}, {"SA_OURS": "http://a b"}, {},
     "SA_OURS (named by `url` under `upload sa`): `http://a b` is no"
     " address of a server: write one like https://sa.example.com/api/upload"),
    ({}, {"SA_URL": "https://me:pw@x.example"}, {}, "SA_URL: the address holds a user name or password: take it out,"
                                                    " and put a token into SA_TOKEN"),
    ({}, {"SA_READ_TIMEOUT": "-1"}, {}, "SA_READ_TIMEOUT: `-1` must be more than 0 seconds"),
    ({}, {"SA_READ_TIMEOUT": "0"}, {}, "SA_READ_TIMEOUT: `0` must be more than 0 seconds"),
    ({}, {"SA_CONNECT_TIMEOUT": "ten"}, {}, "SA_CONNECT_TIMEOUT: `ten` is not a number"),
    ({}, {}, {"connect_timeout": "inf"}, "--connect-timeout: `inf` is not a number"),
    ({}, {}, {"retries": "2.5"}, "--retries: `2.5` must be a whole number between 0 and 20"),
    ({"retries": -1.0}, {}, {}, "`retries` under `upload sa`: `-1.0` must be a whole number between 0 and 20"),
    ({"pause": 61.0}, {}, {}, "`pause` under `upload sa`: `61.0` must lie between 0 and 60 seconds"),
    ({"channel map": "{"}, {}, {}, "`channel map` under `upload sa`: `{` is no JSON: Expecting property name enclosed"
                                   " in double quotes: line 1 column 2 (char 1)"),
    ({"channel map": "{}"}, {}, {}, "`channel map` under `upload sa`: `{}` must be a JSON list, such as []"),
    ({"direction": "up"}, {}, {}, "`direction` under `upload sa`: `up` is neither in nor out"),
    ({"certificate checks": "maybe"}, {}, {}, "`certificate checks` under `upload sa`: `maybe` is neither yes nor no"),
    ({}, {"SA_TIME_ZONE": "Berlin"}, {}, "SA_TIME_ZONE: there is no time zone `Berlin`: write one like Europe/Berlin"),
])
def test_bad_values(spec: Any, environment: Any, flags: Any, message: str) -> None:
    with pytest.raises(UsageError) as failure:
        resolve(model(spec), environment, flags)
    assert str(failure.value) == message


def test_a_bad_value_that_nobody_uses_is_no_error() -> None:
    assert resolve(model({}), {"SA_READ_TIMEOUT": "-1"}, {"read_timeout": 5.0}).read_timeout == 5.0


@pytest.mark.parametrize(("given", "message"), [
    ({"SA_PIPELINE_ID": "1"}, "the server's address is set, but no project id: set SA_PROJECT_ID, give --project-id, or"
                              " write `project:` under `upload sa`"),
    ({"SA_PROJECT_ID": "1"}, "the server's address is set, but no pipeline id: set SA_PIPELINE_ID, give --pipeline-id,"
                             " or write `pipeline:` under `upload sa`"),
])
def test_what_sending_needs(given: dict[str, str], message: str) -> None:
    need_for_sending(resolve(model({}), given, {}))  # no address, nothing to send
    with pytest.raises(UsageError) as failure:
        need_for_sending(resolve(model({}), {"SA_URL": "https://x.example", **given}, {}))
    assert str(failure.value) == message


def test_a_query_is_not_shown() -> None:
    assert shown_url("https://x.example:8443/up?key=1#f") == "https://x.example:8443/up?…"


def test_a_spec_reads_no_secrets() -> None:
    for name in ("OPENAI_API_KEY", "HOME", "SA_TOKEN"):
        with pytest.raises(UsageError) as failure:
            resolve(model({"project": EnvVar(name)}), {name: "sk-secret"}, {})
        assert str(failure.value) == (
            f"`project` under `upload sa` asks for the environment variable {name}: a spec may read those that begin"
            " with SA_, and no others (SA_TOKEN neither), so that it cannot carry a secret away")


def test_the_token_goes_to_no_address_of_a_spec() -> None:
    spec = model({"url": "https://elsewhere.example.com/up"})
    with pytest.raises(UsageError) as failure:
        resolve(spec, {"SA_TOKEN": "t0ken"}, {})
    assert str(failure.value) == ("SA_TOKEN is set, but the address stands in the spec: the token goes only to an"
                                  " address that you give yourself, by SA_URL or --sa-url")
    assert resolve(spec, {"SA_TOKEN": "t0ken"}, {"url": "https://sa.example.com/up"}).token == "t0ken"
