"""Conductivity and thermopower of a mobility edge by scipy.integrate.quad, as one would write them down.

Answers requests on standard input, a line of JSON each: {"do": "hello"} and {"do": "evaluate", "x": ..., "z": [...]}. Energies are in kT from
the edge, so mu = z and sigma_0 = E^x. The window is cut 40 kT below mu, and 60 kT above mu or the edge, whichever is higher (at x = 5 cutting
at 40 would cost 4e-12); quad is told where the edge is.
"""

import json
import math
import sys
import time
import warnings

import scipy
from scipy.integrate import quad


def transport(x, z):
    """sigma, the heat integral Int (E - mu) sigma_0 (-f') dE, and quad's estimates of their errors."""
    mu = z

    def sigma_0(energy):
        return energy**x if energy > 0.0 else 0.0

    def window(energy):
        return 0.25 / math.cosh(0.5 * (energy - mu)) ** 2

    low, high = mu - 40.0, max(mu, 0.0) + 60.0
    options = {"epsabs": 0.0, "epsrel": 1e-12, "limit": 200}
    if low < 0.0 < high:
        options["points"] = [0.0]
    sigma, sigma_error = quad(lambda e: sigma_0(e) * window(e), low, high, **options)
    heat, heat_error = quad(lambda e: (e - mu) * sigma_0(e) * window(e), low, high, **options)
    return sigma, heat, sigma_error, heat_error


def hello(_):
    return {"python": sys.version.split()[0], "scipy": scipy.__version__}


def evaluate(request):
    start = time.perf_counter()
    points = [transport(request["x"], z) for z in request["z"]]
    return {"seconds": time.perf_counter() - start, "points": points}


def main():
    # that rounding prevents 1e-12 is told by the estimates
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"hello": hello, "evaluate": evaluate}[request["do"]](request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
