"""Write vectors.json: tokens made and judged by Python's `cryptography`.

    python3 vectors.py > vectors.json

Keys, vectors and times are fixed, so that the file is the same on every run.
"""

from __future__ import annotations

import base64
import json
import sys

from cryptography.fernet import Fernet, InvalidToken

PLAIN = [
    b"",
    b"x",
    b"sixteen bytes!!!",
    b"secret:/team/prod/db/password",
    b"null",
    "pä$$wörd \U0001f511\n".encode(),
    bytes(range(256)),
    b"long" * 100,
]
TIMES = [0, 1700000000, 253402300799]  # 1970, 2023, the end of the year 9999


def key(seed: int) -> bytes:
    return base64.urlsafe_b64encode(bytes((seed * 31 + i * 7) % 256 for i in range(32)))


def opens(keys: list[bytes], token: bytes) -> bool:
    for one in keys:
        try:
            Fernet(one).decrypt(token)
        except InvalidToken:
            continue
        return True
    return False


def token(one: bytes, plain: bytes, now: int, seed: int) -> bytes:
    iv = bytes((seed + i) % 256 for i in range(16))
    return Fernet(one)._encrypt_from_parts(plain, now, iv)


def main() -> None:
    keys = [key(1), key(200)]
    vectors = []
    for i, plain in enumerate(PLAIN):
        for now in TIMES:
            made = token(keys[i % 2], plain, now, i)
            vectors.append((f"plain {i} at {now}", made, plain))
    good = token(keys[0], b"value", TIMES[1], 9)
    flipped = good[:20] + (b"A" if good[20:21] != b"A" else b"B") + good[21:]
    for name, bad in [
        ("unknown key", token(key(3), b"value", TIMES[1], 9)),
        ("one character changed", flipped),
        ("cut short", good[:-4]),
        ("no padding", good.rstrip(b"=") if good.endswith(b"=") else good[:-1]),
        ("empty", b""),
        ("another version", base64.urlsafe_b64encode(b"\x81" + base64.urlsafe_b64decode(good)[1:])),
    ]:
        if opens(keys, bad):
            raise SystemExit(f"{name}: opens")
        vectors.append((name, bad, None))
    json.dump(
        {
            "keys": ",".join(k.decode() for k in keys),
            "vectors": [
                {
                    "name": name,
                    "token": made.decode(),
                    "plain": None if plain is None else base64.b64encode(plain).decode(),
                }
                for name, made, plain in vectors
            ],
        },
        sys.stdout,
        indent=1,
    )
    print()


if __name__ == "__main__":
    main()
