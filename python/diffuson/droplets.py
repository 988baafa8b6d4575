"""Local spin droplets: a dirty two-dimensional metal close to the Stoner instability.

Rare arrangements of impurities polarise spins. The theory is that of B. N. Narozhny, I. L. Aleiner and A. I. Larkin,
Phys. Rev. B 62, 14898 (2000); equation numbers are theirs.

==================================================== =================================================================
the metal; its mean field                            :class:`Metal`, :class:`StonerMetal`,
                                                     :func:`hartree_fock_susceptibility`
the shape of a droplet, rings of diffusons with its  :class:`Profile`, :class:`Resolution`
vertices, the saddle point of Eq. 33
how probable is a droplet? gamma, alpha, beta,       :class:`Coefficients`, :class:`ProfileRings`
in which counting
how large is its spin?                               :class:`SpinDistribution`; by estimates of Section III
                                                     :class:`SingleMode`, :func:`energy_variance`
what is measured?                                    :class:`Observables`, :func:`kelvin`, :func:`per_second`
where does the theory hold?                          :class:`Window`
do droplets align?                                   :class:`PairRings`, :class:`PairCovariance`,
                                                     :func:`crossover_distance`
do measured susceptibility and dephasing have one    :class:`CrossoverData`, :class:`Sample`
crossover temperature?
models of a dirty metal, sample by sample            :class:`OrbitalModel`, :class:`AndersonLattice`,
                                                     :class:`Relaxation`
the non-local spin susceptibility of a sample        :func:`static_susceptibility`,
                                                     :func:`susceptibility_of_levels`
kernels between long waves, or places of droplets    :class:`FourierModes`, :func:`between_places`
what a field costs in a sample; how that             :func:`even_grand_potential`; :func:`predicted_covariance`,
fluctuates in theory                                 :func:`diffusive_covariance`, :func:`predicted_variance`,
                                                     :func:`ladder_covariance`
the lowest eigenvalue if F_1 is Gaussian,            :class:`Surrogate`, :class:`Tilted`, :class:`Tail`
however rare
a droplet in one sample (Eq. 9)                      :class:`Exchange`, :class:`Instability`, :func:`solve_droplet`
==================================================== =================================================================

>>> from diffuson.droplets import Coefficients, Metal, Profile
>>> coefficients = Coefficients(Profile.gaussian())
>>> round(coefficients.gamma, 5)
0.64673
>>> round(coefficients.exponent(Metal(conductance=40.0, distance=0.1)), 3)
10.348

hbar = k_B = mu_B = 1. nu is the density of states of both spins per area, ``g = 2 pi nu D = 2 pi hbar/(e^2 R_sq)``;
sigma is the density of up less that of down spins, S its integral: the number of unpaired spins. F_0 is the triplet
constant, -1 at the instability. Samples are pure functions of ``seed`` and ``sample``, those of studies of this seed.
Formulas take numbers or arrays, and give one or the other.
"""

from ._native.droplets import (
    ENERGY_CROSSOVER,
    AndersonLattice,
    Coefficients,
    Conditional,
    Converged,
    CrossoverComparison,
    CrossoverData,
    CrossoverFit,
    CrossoverRepeated,
    Departure,
    Droplet,
    EvenGrandPotential,
    Exchange,
    FourierModes,
    Instability,
    Inverted,
    Metal,
    Normal,
    Observables,
    OptimalFluctuation,
    Optimisation,
    OptimisationStep,
    OrbitalModel,
    PairCovariance,
    PairRings,
    Profile,
    ProfileRings,
    Relaxation,
    Resolution,
    RingIntegral,
    Rings,
    Sample,
    SingleMode,
    SpinDistribution,
    StonerMetal,
    Surrogate,
    Susceptibility,
    Tail,
    Tilted,
    Window,
    between_places,
    crossover_distance,
    diffusive_covariance,
    energy_variance,
    even_grand_potential,
    hartree_fock_susceptibility,
    kelvin,
    ladder_covariance,
    level_correlation,
    lowest_mode,
    mode_eigenvalues,
    per_second,
    predicted_covariance,
    predicted_variance,
    printed_crossover_distance,
    printed_distribution,
    printed_share,
    solve_droplet,
    static_susceptibility,
    susceptibility_of_levels,
)

__all__ = [
    "ENERGY_CROSSOVER",
    "AndersonLattice",
    "Coefficients",
    "Conditional",
    "Converged",
    "CrossoverComparison",
    "CrossoverData",
    "CrossoverFit",
    "CrossoverRepeated",
    "Departure",
    "Droplet",
    "EvenGrandPotential",
    "Exchange",
    "FourierModes",
    "Instability",
    "Inverted",
    "Metal",
    "Normal",
    "Observables",
    "OptimalFluctuation",
    "Optimisation",
    "OptimisationStep",
    "OrbitalModel",
    "PairCovariance",
    "PairRings",
    "Profile",
    "ProfileRings",
    "Relaxation",
    "Resolution",
    "RingIntegral",
    "Rings",
    "Sample",
    "SingleMode",
    "SpinDistribution",
    "StonerMetal",
    "Surrogate",
    "Susceptibility",
    "Tail",
    "Tilted",
    "Window",
    "between_places",
    "crossover_distance",
    "diffusive_covariance",
    "energy_variance",
    "even_grand_potential",
    "hartree_fock_susceptibility",
    "kelvin",
    "ladder_covariance",
    "level_correlation",
    "lowest_mode",
    "mode_eigenvalues",
    "per_second",
    "predicted_covariance",
    "predicted_variance",
    "printed_crossover_distance",
    "printed_distribution",
    "printed_share",
    "solve_droplet",
    "static_susceptibility",
    "susceptibility_of_levels",
]
