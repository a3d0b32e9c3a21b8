"""Words for agencies, offices, roles, and who has to stop after a withdrawal."""

from collections.abc import Mapping

from services.contracts.codes import Agency, Level, Role, StopParty, WhyClosed
from services.contracts.words.base import Words

AGENCIES: Mapping[Agency, Words] = {
    Agency.DINSOS: Words("Dinas Sosial", "Social service agency (Dinas Sosial)"),
    Agency.BKKBN: Words("BKKBN (kependudukan dan keluarga)", "Population and family agency (BKKBN)"),
}

LEVELS: Mapping[Level, Words] = {
    Level.KECAMATAN: Words("Tingkat kecamatan", "Sub-district (kecamatan)"),
    Level.KABKOTA: Words("Tingkat kabupaten/kota", "Regency or city (kabupaten/kota)"),
    Level.PROVINSI: Words("Tingkat provinsi", "Province"),
    Level.UPT: Words("Lembaga layanan sosial provinsi (UPT)", "Care institution of the province (UPT)"),
}

ROLES: Mapping[Role, Words] = {
    Role.OFFICER: Words("Petugas", "Unit officer"),
    Role.SUPERVISOR: Words("Supervisor unit", "Unit supervisor"),
    Role.COORDINATOR: Words("Koordinator wilayah", "Area coordinator"),
    Role.OPERATOR: Words("Operator sistem", "System operator"),
    Role.DPO: Words("Petugas pelindungan data pribadi", "Data protection officer"),
}

STOP_PARTIES: Mapping[StopParty, Words] = {
    StopParty.RECEIVING_UNIT: Words("Unit tujuan", "The receiving unit"),
    StopParty.REGISTRY: Words("Data keluarga", "The family record"),
    StopParty.NOTIFY: Words("Pengiriman pesan", "The messages"),
}

CLOSURE_REASONS: Mapping[WhyClosed, Words] = {
    WhyClosed.LOCAL_HOLIDAY: Words("Libur daerah", "Local holiday"),
    WhyClosed.TRAINING: Words("Pelatihan", "Training"),
    WhyClosed.FIELD_WORK: Words("Semua petugas di lapangan", "Everybody is out in the villages"),
    WhyClosed.MOVING: Words("Pindah kantor", "The office moves"),
    WhyClosed.NO_STAFF: Words("Tidak ada petugas", "Nobody is there to work"),
    WhyClosed.DISASTER: Words("Bencana", "Disaster"),
}
