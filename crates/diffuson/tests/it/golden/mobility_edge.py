"""Reference values of the mobility edge: kernel moments K_n(z; x), their derivatives, and Fermi-Dirac integrals.

    python3 -m venv venv && venv/bin/pip install mpmath
    venv/bin/python mobility_edge.py          (writes mobility_edge.csv and fermi_dirac.csv beside itself)

90-digit arithmetic with F_j(z) = -Li_{j+1}(-e^z), printed to 25 digits; forming K_1 and K_2 from F loses at most 20 of the 90. Moments are
checked against direct quadrature of the integrals at some points, to 30 digits.
"""

from pathlib import Path

import mpmath as mp

mp.mp.dps = 90
HERE = Path(__file__).parent


def fermi_dirac(j, z):
    j, z = mp.mpf(j), mp.mpf(z)
    # the derivatives of F_0 = ln(1 + e^z), where the inversion formula of the polylogarithm has poles
    if j == int(j) and j <= 0:
        f = 1 / (1 + mp.exp(-z))
        return [mp.log1p(mp.exp(z)), f, f * (1 - f), f * (1 - f) * (1 - 2 * f)][-int(j)]
    return -mp.re(mp.polylog(j + 1, -mp.exp(z)))


def moments(x, z):
    x, z = mp.mpf(x), mp.mpf(z)
    i = [mp.gamma(x + n + 1) * fermi_dirac(x + n - 1, z) for n in range(3)]
    return [i[0], i[1] - z * i[0], i[2] - 2 * z * i[1] + z * z * i[0]]


def by_quadrature(x, z):
    x, z = mp.mpf(x), mp.mpf(z)
    edges = [mp.mpf(0)] + [z + y for y in range(-200, 201, 4) if z + y > 0] + [max(z, 0) + 220]
    window = lambda y: 1 / (4 * mp.cosh(y / 2) ** 2)
    return [mp.quad(lambda u: (u - z) ** n * u**x * window(u - z), edges) for n in range(3)]


def text(values):
    return [mp.nstr(v, 25, min_fixed=0, max_fixed=0) for v in values]


POINTS = [(x, z) for x in ("0.05", "0.5", "1", "1.571", "3.3", "5") for z in ("-50", "-5", "-0.3", "0", "1", "8", "25", "1000", "1000000")]
POINTS += [("0.05", z) for z in ("36", "39.9", "40.1", "41.9", "42.1", "43.9", "44.1", "50")]
POINTS += [("2", "44"), ("5", "43.9"), ("5", "44.1")]
ORDERS = ("-3", "-2.95", "-2.5", "-2", "-1.95", "-1.5", "-1", "-0.95", "-0.5", "0", "0.5", "1", "2.5", "6", "12")
ARGUMENTS = ("-700", "-50", "-1.1", "0.1", "3", "12", "30", "43.9", "44.1", "1000", "1000000")

with (HERE / "mobility_edge.csv").open("w") as file:
    file.write("# kernel moments by mobility_edge.py: K0, K1, K2, derivative of K0 by z, derivatives of all by x\n")
    file.write("x,z,k0,k1,k2,k0_z,k0_x,k1_x,k2_x\n")
    for x, z in POINTS:
        k = moments(x, z)
        if z in ("-5", "1", "25", "36") and x in ("0.05", "1.571", "5"):
            for exact, quadrature in zip(k, by_quadrature(x, z)):
                assert abs(quadrature / exact - 1) < mp.mpf(10) ** -30, (x, z, quadrature, exact)
        slope = mp.gamma(mp.mpf(x) + 1) * fermi_dirac(mp.mpf(x) - 2, z)
        step = mp.mpf(10) ** -15
        shifted = {m: moments(mp.mpf(x) + m * step, z) for m in (-2, -1, 1, 2)}
        # fourth order: error 1e-60, rounding 1e-50
        by_x = [(8 * (shifted[1][n] - shifted[-1][n]) - (shifted[2][n] - shifted[-2][n])) / (12 * step) for n in range(3)]
        file.write(",".join([x, z] + text(k + [slope] + by_x)) + "\n")
        print(x, z, flush=True)

with (HERE / "fermi_dirac.csv").open("w") as file:
    file.write("# complete Fermi-Dirac integrals F_j(z) by mobility_edge.py\n")
    file.write("j,z,f\n")
    for j in ORDERS:
        for z in ARGUMENTS:
            file.write(",".join([j, z] + text([fermi_dirac(j, z)])) + "\n")
