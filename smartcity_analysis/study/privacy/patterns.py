"""What personal data look like in Indonesian papers: numbers of people, ways to reach them, and names beside them.

A number counts by its structure and not by its length alone: codes, money, dates and hashes are long numbers too.
"""

from __future__ import annotations

import re

__all__ = ["DEGREES", "EMAIL", "GROUPED", "LABELLED", "NAME", "NAMED", "NIP", "PHONES", "STREETS", "UNNAMED", "is_nik"]

_GAP = r"(?: ?[.\-/_] ?| {1,2})?"  # between the groups of a number as people write it
_START, _END = r"(?<![\w])(?<!\d[.,])", r"(?![\w])(?![.,]\d)"
_PROVINCES = frozenset(
    f"{code}" for part in ("11-19", "21-21", "31-36", "51-53", "61-65", "71-76", "81-82", "91-97")
    for code in range(int(part[:2]), int(part[3:]) + 1)
)  # fmt: skip
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_GROUPS = ((16,), (6, 6, 4), (6, 10), (12, 4), (4, 4, 4, 4), (2, 2, 2, 6, 4), (6, 2, 2, 2, 4), (2, 2, 2, 2, 2, 2, 4))
_WOMEN = 40  # added to the day of birth


def is_nik(digits: str) -> bool:
    """Say whether 16 digits are built as a citizen number is: a province, a date of birth (women: day + 40), a serial.

    Examples
    --------
    >>> is_nik("3571014107900001"), is_nik("3571013299900001"), is_nik("9971010101900001")
    (True, False, False)

    References
    ----------
    Peraturan Pemerintah 40/2019, article 12 (structure of the NIK).
    """
    if len(digits) != 16 or digits[:2] not in _PROVINCES or "00" in (digits[2:4], digits[4:6]):
        return False
    day, month = int(digits[6:8]), int(digits[8:10])
    day -= _WOMEN if day > _WOMEN else 0
    return 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1]


GROUPED = tuple(
    re.compile(_START + _GAP.removesuffix("?").join(rf"(?:\d{{{size}}})" for size in sizes) + _END) for sizes in _GROUPS
)
# what is called a NIK is one, mistyped or not
LABELLED = re.compile(r"\b(?:NIK|NKK|KTP|KK)\b[^\d\n]{0,20}(\d(?:[ .\-/_]{0,2}\d){14,16})(?!\d)", re.IGNORECASE)
NIP = re.compile(
    _START + rf"(?:19[3-9]\d|20[01]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_GAP}"
    rf"(?:19[6-9]\d|20\d\d)(?:0[1-9]|1[0-2]){_GAP}[12]{_GAP}\d{{3}}" + _END
)
_AREA = r"(?:21|22|24|31|61|[2-79]\d{2})"
PHONES = (
    re.compile(r"\b(?:wa\.me/|whatsapp\.com/send/?\?phone=)\+?\d{8,15}", re.IGNORECASE),
    re.compile(_START + r"\(?0(?:8[1-9])(?:[ .\-/)]{0,2}\d){7,10}" + _END),
    re.compile(r"(?<![\w+])(?<!\d[.,])\(?(?:\+|00)62\)?(?:[ .\-/]{0,2}\(?0?\)?)(?:[ .\-/()]{0,2}\d){7,12}" + _END),
    re.compile(_START + r"62[ \-]?8[1-9]\d(?:[ .\-]?\d{3,5}){2,3}" + _END),
    re.compile(rf"\(0{_AREA}\)[ .\-/]{{0,2}}\d{{2,4}}(?:[ .\-]?\d{{2,4}}){{1,2}}" + _END),
    re.compile(_START + rf"0{_AREA}(?:[ .]?[\-/][ .]?| )\d{{3,4}}[ .\-]?\d{{2,4}}" + _END),
    re.compile(_START + r"0[2-79]\d{7,9}" + _END),
    re.compile(
        r"\b(?:telp|telepon|tlp|phone|hp|whatsapp)\b[ .:]{0,3}\d{3,4}[ \-]?\d{3,4}(?:[ \-]?\d{2,4})?" + _END,
        re.IGNORECASE,
    ),
)
EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+(?:@| ?[(\[](?:at|et)[)\]] ?)[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")

_WORD = r"(?:[A-Z][A-Za-z'’\-]+|[A-Z]\.)"
NAME = rf"{_WORD}(?: {_WORD}){{0,3}}"
_WHO = r"(?: (?:lengkap|responden|pengisi|pemohon|pelapor|pegawai|petugas|pejabat|pic|kontak|penanggung jawab))?"
NAMED = (  # the name is the group
    re.compile(rf"\b(?i:nama{_WHO}) ?[:=] ?({NAME})"),
    re.compile(rf"\b(?i:bapak|bpk\.?|ibu|sdri?\.?|saudar[ai]|pak|mas|mbak|a\.n\.?|a/n|atas nama)[ :]{{1,2}}({NAME})"),
    re.compile(rf"\b(?i:contact person|narahubung|cp)\.? ?[:=] ?({_WORD}(?: {_WORD}){{1,3}})"),
    re.compile(rf"\b(?:Drs|Dra|Ir|dr|drg|Prof|Dr|KH|Hj|Tn|Ny|Nn)\. ?(?:(?:H|Hj|Ir|Dr)\. ?)*({NAME})"),
)
_DOTTED = (
    r"(?:S\. ?(?:Sos|Kom|I\.?Kom|E|T|H|Pd|Ag|IP|Si|STP|KM|Kep|Psi|Farm|Hum|P|Kes|Ked|AP)"
    r"|M\. ?(?:Si|M|T|Kom|Pd|H|Kes|AP|Sc|Hum|Ag|P|Eng|Sos)|A\. ?Md|Ph\. ?D|S\.I\.P|S\.E)\b"
)
_BARE = r"(?:SE|ST|SH|MM|MT|MSi|MSc|SSos|SKom|SPd|MPd|SIP|SSTP|MAP|MBA)\b"
DEGREES = re.compile(rf"({_WORD}(?: {_WORD}){{0,3}}),? {_DOTTED}|({_WORD}(?: {_WORD}){{1,3}}), {_BARE}")
STREETS = re.compile(
    r"\b(?:jl|jln|jalan|gang|gg|rs|rsu|rsud|rsia|gedung|taman|stadion|lapangan|bandara|museum|universitas|klinik|smp|sma"
    r"|sdn?|smk|gor|makam|masjid|pasar)\.? ?(?:[a-z.]+ ){0,2}$",
    re.IGNORECASE,
)  # what is named after somebody is a place
# words of offices, places and papers: what begins with one, or holds one, names no person
UNNAMED = frozenset(
    re.findall(
        r"[\w-]+",
        """
        aplikasi asisten asuh anak angkat badan bagian balita balai bank bapak bappeda bayi bersalin bidang
        bpbd bpkad bpr bps bumn bumd bupati camat cara dan dari data dasar desa dewan di dinas dinkes
        diskominfo disdik disdukcapil dokumen dprd dpmptsp evaluasi forum gedung gubernur hamil hotline hp
        ibu indikator indonesia info inspektorat inovasi instansi jabatan jalan jawa judul jumlah kabupaten
        kader kandung kantor kasi kasubag kasubbag kabid kecamatan kediri kegiatan kelompok kelurahan
        kementerian kepala kesehatan keterangan ketua kk kode kominfo komisi kota koperasi ktp kuasa layanan
        laporan lembaga lurah malang masterplan menteri menyusui mojoroto muda negara nifas nik nip no nomor
        opd operator organisasi pejabat pelaksana pelayanan pemerintah pemkot pemkab pengelola perangkat
        pertiwi perusahaan pesantren pic pilar pimpinan pkk plt pos presiden produk program provinsi pt
        puskesmas pusat rumah rsud rt rw satuan satpol sekda sekretariat sekretaris sistem smart staf studi
        sub survei surat tangga telp telepon tim timur tiri tunggal uji umkm unit upt uptd urusan usulan wa
        wakil wali walikota warga web website wilayah yang yayasan email surel fax admin humas bpk sdr sdri
        hubungi kontak silakan mohon untuk pada melalui whatsapp tlp phone contact city department agency
        office region mayor staff team
        """,
    )
)
