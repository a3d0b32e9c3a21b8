"""Refusals about signing in and about rights."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

ACCESS: Mapping[str, RefusalText] = {
    "auth.missing": RefusalText(
        Words("Anda belum masuk", "You are not signed in"),
        Words(
            "Halaman ini hanya untuk petugas yang sudah masuk. Masuk dengan akun Anda, lalu buka halaman ini lagi.",
            "This page is only for officers who are signed in. Sign in, then open it again.",
        ),
    ),
    "auth.invalid": RefusalText(
        Words("Sesi tidak dikenali", "The session is not recognised"),
        Words(
            "Tanda masuk Anda tidak dikenali oleh sistem. Keluar, lalu masuk lagi dengan akun Anda.",
            "The system does not recognise your sign-in. Sign out and sign in again.",
        ),
    ),
    "auth.expired": RefusalText(
        Words("Sesi sudah berakhir", "The session has ended"),
        Words(
            "Sesi Anda berakhir demi keamanan. Masuk lagi untuk melanjutkan pekerjaan.",
            "Your session ended for safety. Sign in again to go on.",
        ),
    ),
    "auth.left": RefusalText(
        Words("Akun tidak aktif lagi", "The account is no longer active"),
        Words(
            "Akun ini tercatat sudah tidak bertugas di unit. "
            "Bila Anda masih bertugas, minta supervisor unit mengaktifkannya lagi.",
            "This account is recorded as no longer working in the unit. "
            "If you still work there, ask the unit's supervisor to open it again.",
        ),
    ),
    "auth.sign_in_failed": RefusalText(
        Words("Belum bisa masuk", "Sign-in did not work"),
        Words(
            "Nomor petugas dan kata sandi tidak cocok. Periksa keduanya, lalu coba lagi.",
            "The staff number and the password do not match. Check both and try again.",
        ),
    ),
    "auth.locked": RefusalText(
        Words("Akun dikunci sementara", "The account is locked for now"),
        Words(
            "Sudah terlalu banyak percobaan masuk, jadi akun dikunci sementara. "
            "Tunggu {minutes} menit, lalu coba lagi atau minta kata sandi baru kepada supervisor.",
            "There were too many attempts to sign in, so the account is locked for now. "
            "Wait {minutes} minutes, then try again or ask your supervisor for a new password.",
        ),
    ),
    "auth.code_failed": RefusalText(
        Words("Kode tidak berlaku", "The code does not work"),
        Words(
            "Nomor petugas dan kode tidak cocok, atau kodenya sudah lewat atau terpakai. "
            "Periksa keduanya, atau minta kode baru kepada supervisor unit.",
            "The staff number and the code do not match, or the code has run out or was used. "
            "Check both, or ask the unit's supervisor for a new code.",
        ),
    ),
    "auth.password_wrong": RefusalText(
        Words("Kata sandi lama tidak cocok", "The old password does not match"),
        Words(
            "Kata sandi lama yang diisi tidak cocok. Coba lagi, atau minta kode baru kepada supervisor unit.",
            "The old password that you gave does not match. Try again, or ask the unit's supervisor for a new code.",
        ),
    ),
    "auth.password_weak": RefusalText(
        Words("Kata sandi terlalu mudah ditebak", "The password is too easy to guess"),
        Words(
            "Pakai paling sedikit 12 huruf atau angka, bukan nomor petugas. Beberapa kata acak mudah diingat.",
            "Use at least 12 letters or digits, not the staff number. A few random words are easy to remember.",
        ),
    ),
    "auth.forbidden": RefusalText(
        Words("Bukan wewenang peran Anda", "Not within your role"),
        Words(
            "Dengan peran Anda saat ini, Anda tidak bisa {action}. "
            "Minta orang dengan peran yang sesuai, misalnya supervisor, untuk melakukannya.",
            "With your present role you cannot {action}. "
            "Ask somebody with the right role, such as a supervisor, to do it.",
        ),
    ),
}
