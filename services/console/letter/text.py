"""What a letter of referral says, from what the APIs answered. Pure. Numbers of people stay masked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from services.contracts.codes import Agency, ClockName, LegalBasis, Priority, Service
from services.contracts.wib import WIB
from services.contracts.words import say_day, say_moment, word

_LANGUAGE: Final = "id"


@dataclass(frozen=True, slots=True)
class Letter:
    """*head*: the agency and the unit. *facts*: (what it is called, what it is). *paragraphs*: beneath them."""

    head: tuple[str, str]
    title: str
    number: str
    place_and_day: str
    addressed: tuple[str, ...]
    opening: str
    facts: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]
    signatures: tuple[tuple[str, str], ...]
    address: str
    scan: str


@dataclass(frozen=True, slots=True)
class Source:
    """What the letter is made of. *family* None: its data may not be read any more. *address*: of the page."""

    referral: Mapping[str, Any]
    family: Mapping[str, Any] | None
    units: Mapping[str, str]
    village: str
    address: str
    today: date


def letter(source: Source) -> Letter:
    """Return the letter of a referral that was sent."""
    referral = source.referral
    sender = source.units[referral["unit_from"]]
    receiver = source.units[referral["unit_to"]] if referral["unit_to"] else None
    day = _day(referral["submitted_at"]) if referral["submitted_at"] else source.today
    return Letter(
        head=(word(Agency(referral["agency_from"]), _LANGUAGE), sender),
        title="SURAT RUJUKAN",
        number=f"Nomor: {referral['number']}",
        place_and_day=say_day(day, _LANGUAGE),
        addressed=("Kepada Yth.", receiver or "unit penerima yang sedang ditentukan", "di tempat"),
        opening="Dengan hormat, bersama surat ini kami merujuk keluarga berikut untuk mendapat layanan.",
        facts=(*_family(source), *_need(referral)),
        paragraphs=(_asked(referral), "Jawaban dan hasil layanan dicatat pada halaman rujukan ini, agar sampai kembali "
                    "kepada pengirim. Terima kasih atas kerja samanya."),
        signatures=((f"Pengirim, {sender}", "Nama dan tanda tangan"),
                    (f"Penerima{f', {receiver}' if receiver else ''}", "Nama, tanggal, dan tanda tangan")),
        address=source.address,
        scan="Pindai untuk membuka rujukan ini. Halamannya hanya terbuka setelah masuk.",
    )  # fmt: skip


def _family(source: Source) -> tuple[tuple[str, str], ...]:
    family = source.family
    if family is None:
        return (("Keluarga", "datanya dapat dilihat pada halaman rujukan"), ("Desa/kelurahan", source.village))
    head = next((each for each in family["members"] if each["relation"] == "head"), family["members"][0])
    facts = [
        ("Nama", f"{head['name']} ({len(family['members'])} anggota keluarga)"),
        ("NIK", head["nik"] or "belum ada"),
        ("Nomor KK", family["no_kk"] or "belum ada"),
        ("Alamat", family["address"]),
        ("Desa/kelurahan", source.village),
    ]
    return tuple(facts)


def _need(referral: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    draft = referral["draft"] or {}
    service = word(Service(referral["service"]), _LANGUAGE) if referral["service"] else "kasus terbatas"
    return (
        ("Layanan yang diminta", service),
        ("Prioritas", word(Priority(referral["priority"]), _LANGUAGE)),
        ("Temuan", draft.get("finding") or "-"),
        ("Dasar", _basis(referral, draft)),
    )


def _basis(referral: Mapping[str, Any], draft: Mapping[str, Any]) -> str:
    basis, consent = word(LegalBasis(referral["basis"]), _LANGUAGE), draft.get("consent")
    return f"{basis}, {say_day(_day(consent['at']), _LANGUAGE)}" if consent else basis


def _asked(referral: Mapping[str, Any]) -> str:
    due = [clock for clock in referral["clocks"] if clock["due_at"]]
    if not due:
        return "Tidak ada batas waktu yang sedang berjalan untuk rujukan ini."
    first = min(due, key=lambda clock: datetime.fromisoformat(clock["due_at"]))
    name = word(ClockName(first["clock"]), _LANGUAGE)
    moment = say_moment(datetime.fromisoformat(first["due_at"]), _LANGUAGE)
    return f"Yang diharapkan berikutnya: {name[:1].lower()}{name[1:]}, paling lambat {moment}."


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(WIB).date()
