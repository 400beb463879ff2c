"""A Flask route on waitress that does nothing but answer: what the framework itself costs.

`python flask_route.py PORT BYTES`: `GET /` answers JSON of about BYTES bytes, built before the first request.
"""

from __future__ import annotations

import json
import sys

import waitress
from flask import Flask, Response


def main() -> None:
    """Serve until stopped."""
    port, size = int(sys.argv[1]), int(sys.argv[2])
    body = json.dumps({"answer": "x" * size})
    app = Flask(__name__)

    @app.get("/")
    def answer() -> Response:
        return Response(body, mimetype="application/json")

    waitress.serve(app, host="127.0.0.1", port=port, threads=8)


if __name__ == "__main__":
    main()
