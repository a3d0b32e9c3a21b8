"""Words for the services and for why a family's data may be passed on."""

from collections.abc import Mapping

from services.contracts.codes import LegalBasis, Priority, Service
from services.contracts.words.base import Words

SERVICES: Mapping[Service, Words] = {
    Service.PKH: Words("Program Keluarga Harapan (PKH)", "Family Hope Programme, cash with conditions (PKH)"),
    Service.SEMBAKO: Words("Bantuan bahan pangan (Program Sembako)", "Staple food assistance (Sembako)"),
    Service.PBI_JK: Words("Iuran JKN dibayar pemerintah (PBI-JK)", "Health insurance paid by the government (PBI-JK)"),
    Service.ATENSI: Words("Asistensi Rehabilitasi Sosial (ATENSI)", "Social rehabilitation assistance (ATENSI)"),
    Service.PKH_PLUS: Words("Bantuan tambahan PKH dari provinsi (PKH Plus)", "Provincial addition to PKH (PKH Plus)"),
    Service.ASPD: Words(
        "Asistensi Sosial Penyandang Disabilitas berat (ASPD)", "Assistance for people with severe disability (ASPD)"
    ),
    Service.UPT_PSBR: Words(
        "Pelayanan Sosial Bina Remaja di UPT (PSBR)", "Residential training for out-of-school youth (UPT PSBR)"
    ),
    Service.UPT_PPSAA: Words(
        "Perlindungan dan Pelayanan Sosial Asuhan Anak di UPT (PPSAA)", "Residential child care (UPT PPSAA)"
    ),
    Service.DTSEN_VERVAL: Words(
        "Pemeriksaan ulang peringkat keluarga di Data Tunggal Sosial dan Ekonomi Nasional (DTSEN)",
        "Re-check of the family's rank in the national welfare register (DTSEN)",
    ),
    Service.AFTER_CARE: Words(
        "Pendampingan sepulang dari UPT oleh TKSK", "After-care by the TKSK for whoever comes home from a UPT"
    ),
    Service.TPK_DAMPING: Words(
        "Pendampingan oleh Tim Pendamping Keluarga (TPK)", "Visits by the Family Assistance Team (TPK)"
    ),
    Service.KIE: Words("Komunikasi, Informasi, dan Edukasi keluarga (KIE)", "Family counselling and information (KIE)"),
    Service.BKB: Words("Bina Keluarga Balita (BKB)", "Parenting group for families with a child under six (BKB)"),
    Service.PIK_R: Words("Pusat Informasi dan Konseling Remaja (PIK-R)", "Youth information and counselling (PIK-R)"),
    Service.BKR: Words("Bina Keluarga Remaja (BKR)", "Group for families with adolescents (BKR)"),
    Service.DASHAT: Words("Dapur Sehat Atasi Stunting (DASHAT)", "Village healthy kitchen against stunting (DASHAT)"),
    Service.KB_PASCASALIN: Words("Keluarga Berencana setelah melahirkan", "Family planning after birth"),
    Service.YAN_KB: Words("Pelayanan Keluarga Berencana (KB)", "Family planning service (KB)"),
    Service.ELSIMIL_CATIN: Words(
        "Pendampingan calon pengantin lewat Elektronik Siap Nikah dan Hamil (Elsimil)",
        "Guidance for couples before marriage (Elsimil)",
    ),
    Service.GENTING: Words(
        "Gerakan Orang Tua Asuh Cegah Stunting (GENTING)", "Foster parents against stunting (GENTING)"
    ),
    Service.AUDIT_STUNTING: Words("Audit kasus stunting", "Case audit of stunting"),
    Service.NARASUMBER: Words("Narasumber untuk kelompok binaan", "A speaker for a group in care"),
}

PRIORITIES: Mapping[Priority, Words] = {
    Priority.NORMAL: Words("Biasa", "Routine"),
    Priority.HIGH: Words("Penting", "High priority"),
    Priority.URGENT: Words("Darurat", "Urgent, day and night"),
}

LEGAL_BASES: Mapping[LegalBasis, Words] = {
    LegalBasis.PUBLIC_TASK: Words("Tugas pemerintah menurut peraturan", "Public task set by law"),
    LegalBasis.CONSENT: Words("Persetujuan keluarga", "The family's consent"),
}
