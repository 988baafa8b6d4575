"""Lyapunov exponents of a bar by NumPy and LAPACK: the other side of `cargo xtask bench-transfer`.

Reads requests as lines of JSON and answers each with one line:

    {"do": "hello"}                                             versions and libraries
    {"do": "bar", "width": M, "interval": q, "file": PATH, "discard": n}
        propagates the 2N x N matrix of a bar of N = M x M sites, periodic sides, through the on-site energies in the file (raw
        doubles, slice after slice), QR every q slices; times what follows the first n slices, and returns the mean rates of growth.

psi_{n+1} = (H_n - E) psi_n - psi_{n-1} at E = 0, H_n = eps - sum over neighbours. Vectorised: one slice is a few passes over N x N
arrays. The factorisation is LAPACK's dgeqrf and dorgqr on a matrix that is overwritten, in the column-major order that LAPACK wants.
"""

import json
import sys
import time

import numpy
import scipy
from scipy.linalg import lapack


def bar(width, interval, file, discard):
    n = width * width
    energies = numpy.fromfile(file).reshape(-1, n)
    workspace = 64 * n  # room for the blocks of LAPACK
    # (y, z, column): neighbours are whole rows of n numbers
    now = numpy.random.default_rng(1).standard_normal((width, width, n))
    last, new = numpy.zeros_like(now), numpy.empty_like(now)
    state = numpy.empty((2 * n, n), order="F")
    sums = numpy.zeros(n)
    counted = 0
    for slice_ in range(0, len(energies) - interval + 1, interval):
        if slice_ == discard:
            started = time.perf_counter()
        for eps in energies[slice_ : slice_ + interval]:
            numpy.multiply(now, eps.reshape(width, width, 1), out=new)
            new -= last
            new[1:] -= now[:-1]
            new[0] -= now[-1]
            new[:-1] -= now[1:]
            new[-1] -= now[0]
            new[:, 1:] -= now[:, :-1]
            new[:, 0] -= now[:, -1]
            new[:, :-1] -= now[:, 1:]
            new[:, -1] -= now[:, 0]
            now, last, new = new, now, last
        state[:n], state[n:] = now.reshape(n, n), last.reshape(n, n)
        factored, tau, _, info = lapack.dgeqrf(state, lwork=workspace, overwrite_a=True)
        if slice_ >= discard:
            sums += numpy.log(numpy.abs(numpy.diagonal(factored)))
            counted += interval
        state, _, info2 = lapack.dorgqr(factored, tau, lwork=workspace, overwrite_a=True)
        if info or info2:
            raise ArithmeticError(f"LAPACK: {info}, {info2}")
        now.reshape(n, n)[:], last.reshape(n, n)[:] = state[:n], state[n:]
    return {"seconds": time.perf_counter() - started, "slices": counted, "exponents": (sums / counted).tolist()}


def answer(request):
    if request["do"] == "hello":
        blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return {"numpy": numpy.__version__, "scipy": scipy.__version__, "blas": f"{blas['name']} {blas['version']}"}
    return bar(*(request[key] for key in ("width", "interval", "file", "discard")))


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # the other side reports it
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
