"""Kwant's side of `cargo xtask bench-peers`.

One JSON request a line on stdin, one JSON answer a line on stdout, until stdin closes. Requests:

    {"do": "hello"}                                       versions, solver, orderings, BLAS, memory after the imports
    {"do": "prepare", "shape": [L, W, H], "energy": E}    builds the system, finds the lead modes
    {"do": "smatrix", "onsite": FILE, "sample": I, "leads": "ready" | "fresh"}
    {"do": "ensemble", "onsite": FILE, "first": I, "count": N}   S matrices of consecutive samples, leads ready
    {"do": "factor", "onsite": FILE, "sample": I}         A = E - H - Sigma factorised by MUMPS, and once more with the same analysis
    {"do": "network", ...}                                S of any conductor; see `network`
    {"do": "interop", "onsite": FILE, "sample": I, "by": "kwant" | "diffuson"}   S of the finalized Kwant system, leads fresh
    {"do": "memory"}                                      resident memory now and its peak

smatrix, ensemble and factor take "ordering" and "rhs", Kwant's own solver options; without them Kwant's defaults hold. On-site energies are raw
little-endian f64, sample after sample, site (x, y, z) at (x * W + y) * H + z. Energies are in units of the hopping, memory in bytes.
"""

import gc
import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy as np
import scipy
import scipy.sparse as sp

import kwant
from kwant.solvers import mumps as solver

# the instance behind kwant.smatrix
kwant_solver = kwant.solvers.default.hidden_instance


class TimedContext(solver.MUMPSContext):
    """MUMPS with a wall clock on each of its phases."""

    evaluating = analysing = factoring = solving = 0.0

    @classmethod
    def reset(cls):
        cls.evaluating = cls.analysing = cls.factoring = cls.solving = 0.0

    def analyze(self, *args, **kwargs):
        start = time.perf_counter()
        super().analyze(*args, **kwargs)
        TimedContext.analysing += time.perf_counter() - start

    def factor(self, *args, **kwargs):
        start, before = time.perf_counter(), TimedContext.analysing
        super().factor(*args, **kwargs)
        # MUMPS's factor calls its analyze
        TimedContext.factoring += time.perf_counter() - start - (TimedContext.analysing - before)

    def solve(self, *args, **kwargs):
        start = time.perf_counter()
        solution = super().solve(*args, **kwargs)
        TimedContext.solving += time.perf_counter() - start
        return solution


solver.MUMPSContext = TimedContext


def timed_hamiltonian(method):
    """The sparse Hamiltonian of the scattering region, with a wall clock: Kwant calls the value function once per site."""

    def hamiltonian_submatrix(*args, **kwargs):
        start = time.perf_counter()
        matrix = method(*args, **kwargs)
        TimedContext.evaluating += time.perf_counter() - start
        return matrix

    return hamiltonian_submatrix


kwant.builder.FiniteSystem.hamiltonian_submatrix = timed_hamiltonian(kwant.builder.FiniteSystem.hamiltonian_submatrix)


def resident():
    """Resident memory and its peak since the last `forget_peak`, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return 1024 * int(kilobytes["VmRSS"]), 1024 * int(kilobytes["VmHWM"])


def forget_peak():
    Path("/proc/self/clear_refs").write_text("5")


def blas():
    """The BLAS that MUMPS runs on: what the loader resolved libblas to. SciPy brings one of its own."""
    maps = Path("/proc/self/maps").read_text().splitlines()
    files = sorted({line.split()[-1] for line in maps if "blas" in line or "mkl" in line})
    return [file for file in files if "numpy" not in file and "scipy" not in file]


def hello(_):
    return {
        "name": "Kwant",
        "version": kwant.__version__,
        "has_diffuson": importlib.util.find_spec("diffuson") is not None,
        "solver": type(kwant_solver).__module__,
        "orderings": solver.mumps.possible_orderings(),
        "ordering": kwant_solver.ordering,
        "rhs": kwant_solver.nrhs,
        "blas": blas(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "baseline": resident()[0],
    }


class System:
    """A disordered bar between two clean continuations of itself, hard walls around it."""

    def __init__(self, shape, energy):
        self.shape, self.energy = tuple(shape), energy
        length, width, height = shape
        flat = height == 1
        lattice = kwant.lattice.square(norbs=1) if flat else kwant.lattice.cubic(norbs=1)

        def sites(slices):
            if flat:
                return (lattice(x, y) for x in slices for y in range(width))
            return (lattice(x, y, z) for x in slices for y in range(width) for z in range(height))

        # Kwant 1.5 calls the value function site by site: nothing in it but a look-up in nested lists, which is faster than one in an
        # array.
        def onsite_plane(site, onsite):
            x, y = site.tag
            return onsite[x][y]

        def onsite_bar(site, onsite):
            x, y, z = site.tag
            return onsite[x][y][z]

        builder = kwant.Builder()
        builder[sites(range(length))] = onsite_plane if flat else onsite_bar
        builder[lattice.neighbors()] = -1.0
        for direction in (-1, 1):
            symmetry = kwant.TranslationalSymmetry((direction, 0) if flat else (direction, 0, 0))
            lead = kwant.Builder(symmetry)
            lead[sites([0])] = 0.0
            lead[lattice.neighbors()] = -1.0
            builder.attach_lead(lead)
        self.bare = builder.finalized()
        self.ready = None

    def nested(self, onsite):
        """What the value functions look up."""
        return onsite.reshape(self.shape[: 2 if self.shape[2] == 1 else 3]).tolist()

    def index(self):
        """Our site number of each of Kwant's sites."""
        tags = np.array([tuple(site.tag) for site in self.bare.sites])
        index = tags[:, 0] * self.shape[1] + tags[:, 1]
        return index if tags.shape[1] == 2 else index * self.shape[2] + tags[:, 2]

    def samples(self, file, first, count):
        sites = int(np.prod(self.shape))
        return np.fromfile(file, "<f8", count * sites, offset=8 * first * sites).reshape(count, sites)


system = None


def prepare(request):
    global system
    system = None
    gc.collect()
    start = time.perf_counter()
    system = System(request["shape"], request["energy"])
    gc.collect()
    built = time.perf_counter()
    system.ready = system.bare.precalculate(system.energy, what="modes")
    return {"seconds": {"build": built - start, "leads": time.perf_counter() - built}}


def set_options(request):
    kwant_solver.reset_options()
    kwant_solver.options(nrhs=request.get("rhs"), ordering=request.get("ordering"))


def scatter(onsite, leads):
    """S of one sample, and the wall clock of the call in all and of its phases."""
    TimedContext.reset()
    start = time.perf_counter()
    params = {"onsite": system.nested(onsite)}
    s = kwant.smatrix(system.ready if leads == "ready" else system.bare, system.energy, params=params)
    seconds = {"total": time.perf_counter() - start}
    seconds |= {"hamiltonian": TimedContext.evaluating, "analyse": TimedContext.analysing, "factor": TimedContext.factoring, "solve": TimedContext.solving}
    return s, seconds


def converted(onsite):
    """S of one sample by diffuson, of the system as Kwant has it: conversion and S matrix on the wall clock."""
    import diffuson

    TimedContext.reset()
    start = time.perf_counter()
    conductor = diffuson.from_kwant(system.bare, {"onsite": system.nested(onsite)})
    taken = time.perf_counter()
    s = conductor.smatrix(system.energy)
    done = time.perf_counter()
    return s, {"total": done - start, "conversion": taken - start, "hamiltonian": TimedContext.evaluating, "smatrix": done - taken}


def interop(request):
    set_options(request)
    onsite = system.samples(request["onsite"], request["sample"], 1)[0]
    s, seconds = converted(onsite) if request["by"] == "diffuson" else scatter(onsite, "fresh")
    transmissions = [[s.transmission(a, b) for b in (0, 1)] for a in (0, 1)]
    return {"seconds": seconds, "transmissions": transmissions, "eigenvalues": eigenvalues(s)}


def eigenvalues(s):
    """Transmission eigenvalues from lead 0 to lead 1, descending."""
    return (np.linalg.svd(s.submatrix(1, 0), compute_uv=False) ** 2).tolist()


def smatrix(request):
    set_options(request)
    onsite = system.samples(request["onsite"], request["sample"], 1)[0]
    before = resident()[0]
    forget_peak()
    s, seconds = scatter(onsite, request["leads"])
    now, peak = resident()
    return {
        "seconds": seconds,
        "transmissions": [[s.transmission(a, b) for b in (0, 1)] for a in (0, 1)],
        "eigenvalues": eigenvalues(s),
        "memory": {"before": before, "after": now, "peak": peak},
    }


def ensemble(request):
    set_options(request)
    samples = system.samples(request["onsite"], request["first"], request["count"])
    start = time.perf_counter()
    transmissions = [scatter(onsite, "ready")[0].transmission(1, 0) for onsite in samples]
    return {"seconds": {"total": time.perf_counter() - start}, "transmissions": transmissions}


def green_matrix(onsite):
    """A = E - H - Sigma, sites in our order."""
    hamiltonian = system.bare.hamiltonian_submatrix(sparse=True, params={"onsite": system.nested(onsite)}).tocoo()
    index = system.index()
    n = len(index)
    blocks = [sp.identity(n) * system.energy, -sp.coo_matrix((hamiltonian.data, (index[hamiltonian.row], index[hamiltonian.col])), (n, n))]
    for lead, interface in zip(system.bare.leads, system.bare.lead_interfaces):
        sigma = lead.selfenergy(system.energy)
        row, col = np.meshgrid(index[interface], index[interface], indexing="ij")
        blocks.append(-sp.coo_matrix((sigma.ravel(), (row.ravel(), col.ravel())), (n, n)))
    return sum(block.tocsr() for block in blocks).tocoo()


def factor(request):
    """MUMPS alone; checked by one element of the inverse, from the first site to the last."""
    matrix = green_matrix(system.samples(request["onsite"], request["sample"], 1)[0])
    set_options(request)
    before = resident()[0]
    forget_peak()
    TimedContext.reset()
    context = TimedContext()
    context.factor(matrix, ordering=kwant_solver.ordering)
    unit = np.zeros((matrix.shape[0], 1), dtype=complex)
    unit[0] = 1.0
    peak = resident()[1]
    element = context.solve(unit)[-1, 0]
    seconds = {"analyse": TimedContext.analysing, "factor": TimedContext.factoring}
    seconds["total"] = sum(seconds.values())
    statistics = context.factor_stats, context.analysis_stats
    TimedContext.reset()
    context.factor(matrix, reuse_analysis=True)
    seconds["again"] = TimedContext.factoring
    return {
        "seconds": seconds,
        "entries": statistics[0].nonzeros,
        "flops": statistics[0].flops,
        "ordering": statistics[1].ordering,
        "element": [element.real, element.imag],
        "memory": {"before": before, "after": resident()[0], "peak": peak},
    }


def network(request):
    """Transmissions between all leads of a conductor given by numbers alone: one site an orbital, no symmetries.

    "entries" of the lower triangle of H are [row, column, real, imaginary part], "levels" add to its diagonal; a lead has its cell
    Hamiltonian "h", the hopping "v" from a cell to the next one away from the conductor, and its "interface", the orbitals of cell 0.
    """
    energy = request["energy"]
    site = kwant.lattice.chain(norbs=1)
    builder = kwant.Builder()
    for row, column, real, imaginary in request["entries"]:
        if row == column:
            builder[site(row)] = real + request["levels"][row]
    for row, column, real, imaginary in request["entries"]:
        if row != column:
            builder[site(row), site(column)] = complex(real, imaginary)

    def modes_of(lead):
        h, v = (np.array(lead[name]) @ [1, 1j] for name in "hv")
        return lambda energy, args=(), params=None: kwant.physics.modes(h - energy * np.identity(len(h)), v)

    for lead in request["leads"]:
        interface = [site(orbital) for orbital in lead["interface"]]
        builder.leads.append(kwant.builder.ModesLead(modes_of(lead), interface, ()))
    try:
        s = kwant.smatrix(builder.finalized(), energy)
    except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    leads = range(len(request["leads"]))
    blocks = [s.submatrix(a, b) for a in leads for b in leads]
    if not all(np.isfinite(block).all() for block in blocks):
        return {"refused": "amplitudes that are not numbers"}
    return {
        "modes": [int(s.num_propagating(lead)) for lead in leads],
        "transmissions": [np.linalg.norm(block) ** 2 for block in blocks],
        "eigenvalues": [(np.linalg.svd(block, compute_uv=False) ** 2).tolist() for block in blocks if block.size],
    }


def memory(_):
    now, peak = resident()
    return {"now": now, "peak": peak}


REQUESTS = {f.__name__: f for f in (hello, prepare, smatrix, ensemble, factor, network, interop, memory)}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = REQUESTS[request["do"]](request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
