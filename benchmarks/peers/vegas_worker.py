"""Rings of diffusons by plain VEGAS (package `vegas` by G. P. Lepage): the other side of `cargo xtask bench-rings`.

One JSON request a line on stdin, one JSON answer a line on stdout, until stdin closes:

    {"do": "hello"}                                                                       versions
    {"do": "ring", "diffusons": N, "pattern": null | "abab" | "abbb" | "aabb", "distance": L, "variables": V, "error": E, "seed": S}

The integral of 1 / (T^2 P) over N times, P = tr prod [[1, t], [1, 1 + t]] - 2, of two droplets at a distance L in units of R with the exponent; integrands are arrays of NumPy, a batch at a time.
`variables` are "plain", t = u / (1 - u), or "logarithmic", those of this library. Five passes adapt and ten count, as the package's manual has it; the number of evaluations grows until one standard
deviation is below E of the value, and the seconds are those of the last such integration alone, its adaptation included.
"""

import json
import sys
import time

import gvar
import numpy as np
import vegas

CENTRES = {"abab": [0, 1, 0, 1], "abbb": [0, 1, 1, 1], "aabb": [0, 0, 1, 1]}


def forest(t):
    a = b = c = d = 0.0
    for tk in t:
        a, b = a + b, b + (1 + a + b) * tk
        c, d = c + 1 + d, d + (1 + c + d) * tk
    return a + d


def trees(pattern, t):
    """P times the conductance between two droplets."""
    t0, t1, t2, t3 = t
    even, odd, ee, oo = t0 + t2, t1 + t3, t0 * t2, t1 * t3
    if pattern == "abab":
        return 4 * (even + odd + ee + oo) + 2 * even * odd + ee * odd + oo * even
    if pattern == "abbb":
        return 3 * (even + odd) + 2 * (ee + oo + t0 * t1 + t1 * t2 + t2 * t3) + t1 * t2 * (t0 + t3)
    return 4 * (even + odd + ee) + 2 * even * odd + ee * odd


def weight(t, pattern, distance):
    p, total = forest(t), sum(t)
    value = 1 / (p * total**2)
    return value if pattern is None else value * np.exp(-(distance**2) * trees(pattern, t) / p)


def plain(n, pattern, distance):
    def integrand(u):
        t = [u[:, k] / (1 - u[:, k]) for k in range(n)]
        return weight(t, pattern, distance) / np.prod((1 - u) ** 2, axis=1)

    return integrand


def logarithmic(n, pattern, distance):
    centres = [0] * n if pattern is None else CENTRES[pattern]
    across = [centres[k] != centres[(k + 1) % n] for k in range(n)]
    square = distance**2
    offset = [1 + square / 2 if a else 1 for a in across]
    span = [1 if a or pattern is None else 1 + np.log1p(square) / 2 for a in across]
    places = [(0, n)] if pattern in (None, "abab") else [(0, 2), (1, 2)]
    reach = n / 2 - 1

    def integrand(u):
        v = reach * u[:, 0] / (1 - u[:, 0])
        keep = v * sum(span) < 590
        v, u = v[keep], u[keep]
        total = 0
        for place, copies in places:
            value = copies * reach / (1 - u[:, 0]) ** 2
            t = [None] * n
            for k in range(n):
                at = (place + k) % n
                growth = np.expm1(span[at] * v * (u[:, k] if k else 1))
                t[at] = offset[at] * growth
                value = value * (v if k else 1) * offset[at] * span[at] * (1 + growth)
            total = total + value * weight(t, pattern, distance)
        out = np.zeros(keep.shape)
        out[keep] = total
        return out

    return integrand


def ring(request):
    n, pattern, distance = request["diffusons"], request["pattern"], request["distance"]
    make = {"plain": plain, "logarithmic": logarithmic}[request["variables"]]
    integrand = vegas.lbatchintegrand(make(n, pattern, distance))
    evaluations = 1000
    gvar.ranseed(request["seed"])
    while True:
        integrator = vegas.Integrator([[0, 1]] * n)
        start = time.perf_counter()
        integrator(integrand, nitn=5, neval=evaluations)
        result = integrator(integrand, nitn=10, neval=evaluations)
        seconds = time.perf_counter() - start
        relative = result.sdev / result.mean
        if relative <= request["error"]:
            return {
                "seconds": seconds,
                "value": result.mean,
                "error": result.sdev,
                "chi_square": result.chi2 / result.dof,
                "evaluations": 15 * evaluations,
            }
        # as many as the law of large numbers asks for; early estimates of errors are too small rather than too large
        grow = min(max(1.1 * (relative / request["error"]) ** 2, 1.2), 20)
        if evaluations * grow > request["most"]:
            return {"given up": 15 * evaluations, "relative": relative}
        evaluations = int(evaluations * grow)


def hello(_):
    return {"python": sys.version.split()[0], "numpy": np.__version__, "vegas": vegas.__version__}


def main():
    tasks = {"hello": hello, "ring": ring}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = tasks[request["do"]](request)
        except Exception as error:  # the other side prints it
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
