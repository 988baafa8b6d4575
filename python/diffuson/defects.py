"""Defects that move in a metallic point contact, and zero-bias anomalies.

Electrons dress a defect, so that the energy of a position and its conductance belong together; what occupies the
positions changes the conductance with temperature and bias. The theory is that of V. I. Kozub and A. M. Rudin,
"Zero-bias anomalies of point contact resistance due to adiabatic electron renormalization of dynamical defects".

=============================================================  ====================================================
question                                                       answer
=============================================================  ====================================================
energy and conductance of every position of a defect           ``PointScatterers.dress``, on a lattice
                                                               ``LatticeContact.dress``
the same pair by pair; under bias                              ``PointScatterers.dress_by_pairs``,
                                                               ``.dress_under_bias``
two scatterers; three                                          ``pair_energy``, ``pair_conductance``;
                                                               ``three_body_lines``
random contacts; in closed form                                ``Placement``; ``Interference``
a contact on a lattice                                         ``ContactShape``, ``LatticeContact``
random scatterers on its sites, as in a study                  ``SitePlacement``
how fast does a defect gain or lose an energy?                 ``Bath``
which level, which position does it occupy?                    ``upper_occupation``, ``steady_state``
what do fluctuators add to the conductance?                    ``conductance_change``; of all splittings
                                                               ``response``, ``Anomaly``
the two-channel Kondo curve                                    ``KondoCurve``
a measured anomaly in both pictures                            ``ZeroBiasData.compare``
many mobile defects that interact                              ``Ball``, ``InteractingDefects``, ``Occupation``
their equilibrium; their motion in time                        ``ReplicaExchange``; ``KineticMonteCarlo``
spectra of traces; telegraph and 1/f noise                     ``Spectrum``, ``Telegraph``
kelvin, nanometres and millivolts                              ``Metal``
=============================================================  ====================================================

Conventions: in the continuum lengths are in 1/k_F, energies in e_F; on a lattice they are in lattice constants and t.
Conductances are in e^2/h. Both spins are counted in conductances and energies, unlike elsewhere in the package: the
energy of a defect is compared with k_B T. Random contacts are pure functions of ``seed`` and ``sample``, and those of
the studies ``fluctuators`` and ``defect-dynamics`` with the same seed.
"""

from ._native.defects import (
    Anomaly,
    AnomalyComparison,
    AnomalyFit,
    AnomalyRepeated,
    Arrangement,
    Ball,
    Bath,
    ContactShape,
    Dressed,
    Equilibrium,
    Fluctuator,
    FourierLine,
    Hop,
    InteractingDefects,
    Interference,
    KineticMonteCarlo,
    KondoCurve,
    LatticeContact,
    Metal,
    Occupation,
    Placement,
    Places,
    PointScatterers,
    RandomPlacement,
    RandomSequence,
    ReplicaExchange,
    SiteArrangement,
    SitePlacement,
    Spectrum,
    Telegraph,
    ThreeBody,
    TimeAverage,
    ZeroBiasData,
    any_to_any_energy,
    audit_occupations,
    biased_conductance_factor,
    biased_pair_energy,
    boltzmann_energy,
    born_amplitude,
    cauchy_distribution,
    cauchy_width,
    conductance_change,
    conductance_per_energy,
    confinement_temperature,
    crossover_temperature,
    cubic_hops,
    displacement,
    fermi_energy,
    fermi_wave_numbers,
    flat_band_energy,
    flux_quantum_density,
    frozen_correlation,
    frozen_pattern_factor,
    hemisphere_average,
    interpolation,
    kondo_lifetime,
    loop_energy,
    mean_excitation,
    orifice_share,
    pair_conductance,
    pair_energy,
    response,
    rms_factors,
    saturation,
    scatterer_conductance,
    sharvin_conductance,
    shell_correlation,
    shell_factor,
    smooth_interpolation,
    splitting,
    steady_state,
    step_estimate,
    three_body_lines,
    threshold,
    upper_occupation,
)

__all__ = [
    "Anomaly",
    "AnomalyComparison",
    "AnomalyFit",
    "AnomalyRepeated",
    "Arrangement",
    "Ball",
    "Bath",
    "ContactShape",
    "Dressed",
    "Equilibrium",
    "Fluctuator",
    "FourierLine",
    "Hop",
    "InteractingDefects",
    "Interference",
    "KineticMonteCarlo",
    "KondoCurve",
    "LatticeContact",
    "Metal",
    "Occupation",
    "Placement",
    "Places",
    "PointScatterers",
    "RandomPlacement",
    "RandomSequence",
    "ReplicaExchange",
    "SiteArrangement",
    "SitePlacement",
    "Spectrum",
    "Telegraph",
    "ThreeBody",
    "TimeAverage",
    "ZeroBiasData",
    "any_to_any_energy",
    "audit_occupations",
    "biased_conductance_factor",
    "biased_pair_energy",
    "boltzmann_energy",
    "born_amplitude",
    "cauchy_distribution",
    "cauchy_width",
    "conductance_change",
    "conductance_per_energy",
    "confinement_temperature",
    "crossover_temperature",
    "cubic_hops",
    "displacement",
    "fermi_energy",
    "fermi_wave_numbers",
    "flat_band_energy",
    "flux_quantum_density",
    "frozen_correlation",
    "frozen_pattern_factor",
    "hemisphere_average",
    "interpolation",
    "kondo_lifetime",
    "loop_energy",
    "mean_excitation",
    "orifice_share",
    "pair_conductance",
    "pair_energy",
    "response",
    "rms_factors",
    "saturation",
    "scatterer_conductance",
    "sharvin_conductance",
    "shell_correlation",
    "shell_factor",
    "smooth_interpolation",
    "splitting",
    "steady_state",
    "step_estimate",
    "three_body_lines",
    "threshold",
    "upper_occupation",
]
