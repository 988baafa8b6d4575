"""Transport through the Fermi window: charge, heat and entropy at any temperature and bias.

What takes a transmission takes a function of energy that returns a number (two terminals) or a matrix ``T_ab`` (from
terminal b into a), with what is known of it as a :class:`Structure`; or a :class:`TransmissionFunction`, computed once
from such a function, from samples, or from a conductor (``transmission_function``). Of conductors the same is asked by
methods: ``onsager``, ``currents``, ``sommerfeld``.

===============================================  ======================================================================
question                                         answer
===============================================  ======================================================================
linear response: G, S, Pi, kappa, ZT             :func:`onsager`, :class:`OnsagerMatrix`, :class:`Coefficients`
low temperature                                  :func:`sommerfeld`
any bias and temperatures                        :func:`currents`
many temperatures of one transmission            :func:`transmission_function`, :func:`sampled_transmission`
power and efficiency                             :class:`HeatEngine`, :func:`carnot`, :func:`maximum_efficiency`
the same in a magnetic field                     :func:`largest_figure_of_merit`, :func:`efficiency_bound`
phonons and photons                              :func:`boson_heat_conductance`, :func:`boson_heat_currents`
local heat of a metal in SI units, roughly       :func:`peltier_heat`, :func:`joule_heat`
===============================================  ======================================================================

Energies, potentials and temperatures k_B T are in t, particle currents in t/h, heat currents in t^2/h, all positive
into the terminal, for one spin. Thermopowers are in k_B/e, negative for electrons.
"""

from ._native.thermal import (
    BosonHeatConductance,
    BosonHeatCurrents,
    Coefficients,
    Currents,
    HeatEngine,
    OnsagerMatrix,
    OperatingPoint,
    Reservoir,
    SiCoefficients,
    Sommerfeld,
    Structure,
    TransmissionFunction,
    bose_window,
    boson_heat_conductance,
    boson_heat_currents,
    carnot,
    currents,
    curzon_ahlborn,
    diffusion_constant,
    efficiency_at_maximum_power,
    efficiency_at_maximum_power_bound,
    efficiency_bound,
    fermi,
    fermi_window,
    joule_heat,
    largest_figure_of_merit,
    maximum_efficiency,
    onsager,
    peltier_heat,
    quantum_of_heat_conductance,
    sampled_transmission,
    sommerfeld,
    temperature_variation,
    transmission_function,
)

__all__ = [
    "BosonHeatConductance",
    "BosonHeatCurrents",
    "Coefficients",
    "Currents",
    "HeatEngine",
    "OnsagerMatrix",
    "OperatingPoint",
    "Reservoir",
    "SiCoefficients",
    "Sommerfeld",
    "Structure",
    "TransmissionFunction",
    "bose_window",
    "boson_heat_conductance",
    "boson_heat_currents",
    "carnot",
    "currents",
    "curzon_ahlborn",
    "diffusion_constant",
    "efficiency_at_maximum_power",
    "efficiency_at_maximum_power_bound",
    "efficiency_bound",
    "fermi",
    "fermi_window",
    "joule_heat",
    "largest_figure_of_merit",
    "maximum_efficiency",
    "onsager",
    "peltier_heat",
    "quantum_of_heat_conductance",
    "sampled_transmission",
    "sommerfeld",
    "temperature_variation",
    "transmission_function",
]
