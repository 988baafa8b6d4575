//! The conservation laws a result obeys, as numbers. An audit travels with every result, into the store and the report.
//!
//! | question | law | recorded by |
//! |---|---|---|
//! | is scattering unitary? | [`UNITARITY`](laws::UNITARITY), [`BACKWARD_ERROR`](laws::BACKWARD_ERROR) | [`scattering`](crate::scattering) |
//! | is `sum_a G Gamma_a G^+ = i (G - G^+)`, from either side? | [`UNITARITY`](laws::UNITARITY), [`FLUCTUATION_DISSIPATION`](laws::FLUCTUATION_DISSIPATION) of all T_ab | [`scattering`](crate::scattering) |
//! | is what flows into a site what flows out of it? | [`KIRCHHOFF`](laws::KIRCHHOFF) | [`scattering`](crate::scattering) |
//! | do states, their number and S belong together? | [`DENSITY_OF_STATES`](laws::DENSITY_OF_STATES) | [`examination`](crate::examination) |
//! | do integrals over energy converge? | [`QUADRATURE`](laws::QUADRATURE), [`GRAND_POTENTIAL`](laws::GRAND_POTENTIAL) | [`thermal`](crate::thermal), [`defects`](crate::defects) |
//! | do only differences of potentials count? | [`ROW_AND_COLUMN_SUMS`](laws::ROW_AND_COLUMN_SUMS), [`GAUGE`](laws::GAUGE) | [`thermal`](crate::thermal), [`examination`](crate::examination) |
//! | reciprocity, also in a field | [`RECIPROCITY`](laws::RECIPROCITY), [`ONSAGER_CASIMIR`](laws::ONSAGER_CASIMIR) | [`scattering`](crate::scattering), [`thermal`](crate::thermal), [`defects`](crate::defects), [`examination`](crate::examination) |
//! | is charge conserved? and by probes? | [`CHARGE`](laws::CHARGE), [`PROBE_CURRENTS`](laws::PROBE_CURRENTS), [`PROBE_HEATS`](laws::PROBE_HEATS) | [`thermal`](crate::thermal), [`probes`](crate::probes), [`noise`](crate::noise) |
//! | is energy? does the Joule heat arrive? | [`ENERGY`](laws::ENERGY), [`HEAT`](laws::HEAT) | [`thermal`](crate::thermal), [`probes`](crate::probes), [`kinetics`](crate::kinetics) |
//! | the second law | [`SECOND_LAW`](laws::SECOND_LAW), [`DISSIPATION`](laws::DISSIPATION), [`UNITARITY_BOUND`](laws::UNITARITY_BOUND) | [`thermal`](crate::thermal) |
//! | is linear response the limit of small biases? | [`LINEAR_LIMIT`](laws::LINEAR_LIMIT) | [`examination`](crate::examination) |
//! | do fluctuations conserve charge and energy? | [`NOISE_CONSERVATION`](laws::NOISE_CONSERVATION), [`ENERGY_NOISE`](laws::ENERGY_NOISE) | [`noise`](crate::noise) |
//! | are they fluctuations? of electrons? | [`NOISE_POSITIVITY`](laws::NOISE_POSITIVITY), [`NOISE_SIGN`](laws::NOISE_SIGN), [`NOISE_BOUNDS`](laws::NOISE_BOUNDS) | [`noise`](crate::noise) |
//! | fluctuation-dissipation | [`EQUILIBRIUM_NOISE`](laws::EQUILIBRIUM_NOISE), [`JOHNSON_NOISE`](laws::JOHNSON_NOISE), [`NONLINEAR_FLUCTUATION_DISSIPATION`](laws::NONLINEAR_FLUCTUATION_DISSIPATION) | [`noise`](crate::noise), [`kinetics`](crate::kinetics), [`examination`](crate::examination) |
//! | screening and compressibility | [`NEUTRALITY`](laws::NEUTRALITY), [`COMPRESSIBILITY`](laws::COMPRESSIBILITY), [`NUMBER_VARIANCE`](laws::NUMBER_VARIANCE) | [`kinetics`](crate::kinetics), [`noise::number`](crate::noise::number) |
//! | do point scatterers conserve charge? are their energies converged? | [`OPTICAL_THEOREM`](laws::OPTICAL_THEOREM), [`FREQUENCIES`](laws::FREQUENCIES) | [`defects`](crate::defects) |
//! | kinetic balances | [`COLLISION_CHARGE`](laws::COLLISION_CHARGE), [`MOMENTUM`](laws::MOMENTUM), [`PAULI`](laws::PAULI), [`NOISE_TWICE`](laws::NOISE_TWICE), [`DRIVE`](laws::DRIVE) | [`kinetics`](crate::kinetics) |
//! | are these the eigenvalues? is a grand potential concave? | [`TRACES`](laws::TRACES), [`CONCAVITY`](laws::CONCAVITY) | [`droplets`](crate::droplets) |
//! | do occupations stay? do they balance? | [`PROBABILITY`](laws::PROBABILITY), [`DETAILED_BALANCE`](laws::DETAILED_BALANCE) | [`defects`](crate::defects) |
//! | is the response of spins that of all states? | [`SUSCEPTIBILITY_SUM`](laws::SUSCEPTIBILITY_SUM), [`WARD_IDENTITY`](laws::WARD_IDENTITY), [`SELF_CONSISTENCY`](laws::SELF_CONSISTENCY), [`ENERGY_GAIN`](laws::ENERGY_GAIN) | [`droplets`](crate::droplets) |
//! | does the profile of a droplet solve its equation? is it the best? is it resolved? | [`STATIONARITY`](laws::STATIONARITY), [`VARIATIONAL_BOUND`](laws::VARIATIONAL_BOUND), [`RESOLUTION`](laws::RESOLUTION) | [`droplets`](crate::droplets) |
//! | droplets: are covariances positive, distributions normalised? | [`COVARIANCE`](laws::COVARIANCE), [`NORMALISATION`](laws::NORMALISATION) | [`droplets`](crate::droplets) |
//! | moving defects: were sums and rates kept well? | [`RUNNING_SUMS`](laws::RUNNING_SUMS), [`RATE_BOUND`](laws::RATE_BOUND) | [`defects`](crate::defects) |
//!
//! The law of Wiedemann and Franz is none of these: it holds only where transmissions do not depend on energy, and is reported as a Lorenz ratio.

/// One law: how far a result is from it, and how far it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// Name of the law.
    pub name: &'static str,
    /// Largest deviation found, relative to the scale the law names.
    pub residual: f64,
    /// Largest deviation allowed.
    pub allowed: f64,
}

impl Law {
    /// Whether the law holds; a residual that is not a number does not pass.
    pub fn passed(&self) -> bool {
        self.residual <= self.allowed
    }
}

/// The audit of one result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Audit {
    laws: Vec<Law>,
}

impl Audit {
    /// Records a law. Of two entries of the same name the one that is further from it stays, as a fraction of what is allowed.
    pub fn record(&mut self, name: &'static str, residual: f64, allowed: f64) {
        let new = Law { name, residual, allowed };
        match self.laws.iter_mut().find(|l| l.name == name) {
            Some(law) if !(residual / allowed <= law.residual / law.allowed) => *law = new,
            Some(_) => {}
            None => self.laws.push(new),
        }
    }

    /// Adds all laws of another audit.
    pub fn merge(&mut self, other: &Self) {
        other.laws.iter().for_each(|l| self.record(l.name, l.residual, l.allowed));
    }

    /// The laws, in the order in which they were recorded.
    pub fn laws(&self) -> &[Law] {
        &self.laws
    }

    /// Whether every law holds.
    pub fn passed(&self) -> bool {
        self.laws.iter().all(Law::passed)
    }
}

/// Laws of the transmissions and of what is solved with them; the name, what is compared, and the scale.
///
/// Sweeps, which compute no T_ab, test the laws of the transmissions by products with potentials of no regularity.
pub mod laws {
    /// `sum_a T_ab`, what leaves terminal b, against `Gamma_b A_bb - Gamma_b^2 |G_bb|^2` from the spectral function, per
    /// largest `Gamma A` (at least 1e-3): probability is conserved (optical theorem).
    pub const UNITARITY: &str = "unitarity";
    /// `sum_b T'_ab` and `sum_b T'_ba` against the energy derivative of the spectral function, per largest `|Gamma' A| + 2 Gamma |G'|`, or
    /// largest `Gamma A` per t if that is larger: T' of a clean conductor vanishes.
    pub const UNITARITY_DERIVATIVE: &str = "unitarity, d/dE";
    /// What the bonds of a site bring to it in a scattering state against what its probe takes, where no lead is attached; per current of the incoming mode.
    pub const KIRCHHOFF: &str = "Kirchhoff's law";
    /// `|b - A x| / (|A| |x| + |b|)` of `A = E - H - Sigma` and a solution x found with its sparse factors, in the norm of the largest entry.
    pub const BACKWARD_ERROR: &str = "backward error";
    /// `sum_b T_ab` of the transmissions dropped for want of memory, per S_a, at the terminal where it is largest.
    pub const DROPPED_WEIGHT: &str = "dropped weight";
    /// Largest difference between entries of G (and of dG/dE) that grew in single and in double precision, per largest entry, in some rows of G
    /// taken without regularity: errors of T_ab are at most `2 Gamma_a Gamma_b |G_ab|` times that of G.
    pub const SINGLE_PRECISION: &str = "single precision";
    /// `T_ab(B) = T_ba(-B)`, here at B = 0, per largest transmission.
    pub const RECIPROCITY: &str = "reciprocity";
    /// `sum_b T_ab`, what equal potentials feed into terminal a, against `Gamma_a A_aa - Gamma_a^2 |G_aa|^2`, per largest `Gamma A` (at
    /// least 1e-3): the occupied density of states at equal potentials is f A, the fluctuation-dissipation theorem of the electrons.
    pub const FLUCTUATION_DISSIPATION: &str = "fluctuation-dissipation";
    /// Largest particle current into a probe, per current through the conductor.
    pub const PROBE_CURRENTS: &str = "probe currents";
    /// Sum of the currents into all terminals, per current through the conductor.
    pub const CHARGE: &str = "charge";
    /// Sum of the Peltier heats into all terminals, per largest heat.
    pub const HEAT: &str = "heat";
    /// Sum of the Joule heats against `G V^2` (or of all heats, or the heat of inelastic collisions, against I V at finite bias), relative.
    pub const ENERGY: &str = "energy";
    /// How far a potential lies outside the range of the driven terminals, per applied bias.
    pub const MAXIMUM_PRINCIPLE: &str = "maximum principle";
    /// Largest heat current into a joint probe, per largest heat into any terminal without the temperature condition.
    pub const PROBE_HEATS: &str = "probe heats";
    /// Estimated error of the energy quadrature, per conductance.
    pub const QUADRATURE: &str = "quadrature";
    /// Estimated error of a sum over Matsubara frequencies, or of the integral along the imaginary axis it is at zero temperature, per sum of the modulus.
    pub const FREQUENCIES: &str = "imaginary frequencies";
    /// Point scatterers: flux scattered into both hemispheres against what interference takes off the incoming waves, `(M - M^+)/2i = k M s M^+`, `s = sin kR / kR`, per
    /// modulus of the forward amplitude.
    pub const OPTICAL_THEOREM: &str = "optical theorem";
    /// Estimated error of the grand potential by quadrature along the imaginary axis, in t.
    pub const GRAND_POTENTIAL: &str = "grand potential";
    /// Sum of the eigenvalues of a Hermitian matrix, and of their squares, against its trace and the sum of the squared moduli of its entries; the first per root of number of states times the
    /// second, the second relative.
    pub const TRACES: &str = "traces";
    /// How far a grand potential is from concave in the field that acts on the electrons: largest increase of its slope from one field to the next, per largest slope.
    pub const CONCAVITY: &str = "concavity";
    /// `-lg Q`, Q the probability that normal errors of the stated size give a larger chi^2 than the fit's: fits off the model once in 1000
    /// are allowed.
    pub const GOODNESS_OF_FIT: &str = "goodness of fit";
    /// What a second search, started at the minimum of a fit, still takes off its chi^2: a hundredth of a standard error is a change of 1e-4.
    pub const MINIMUM: &str = "minimum of chi^2";
    /// `sum_b L_ab` against `sum_b L_ba`, what enters a terminal against what leaves it, integrated over energy, per largest.
    pub const ROW_AND_COLUMN_SUMS: &str = "row and column sums";
    /// How far the least power that potentials and temperatures can dissipate lies below zero, per largest: eigenvalues of the symmetric part of
    /// the Onsager matrix.
    pub const DISSIPATION: &str = "dissipation";
    /// How far entropy production `sum_a J^Q_a / T_a` lies below zero, per `sum_a |J^Q_a| / T_a`.
    pub const SECOND_LAW: &str = "second law";
    /// How far `(l12 + l21)^2 + tan^2(pi/n) (l12 - l21)^2` exceeds `4 l11 l22`, per the latter: what unitarity of the scattering between n terminals
    /// allows in a magnetic field.
    pub const UNITARITY_BOUND: &str = "unitarity bound";
    /// `epsilon max_j |a_j| / R_jj`, averaged over the orthonormalisations `A = Q R` of a transfer matrix: the largest loss of digits in R_jj.
    pub const ORTHONORMALISATION: &str = "orthonormalisation";
    /// `max |Q^+ Q - 1|` after an orthonormalisation; it mixes earlier columns into later ones, which exponents see to second order.
    pub const ORTHOGONALITY: &str = "orthogonality";
    /// Largest current `psi_n^+ psi'_{n-1} - psi_{n-1}^+ psi'_n` of two propagated columns, of which the start had none, per norm: transfer matrices are
    /// symplectic, so that exponents come in pairs +-gamma.
    pub const SYMPLECTICITY: &str = "symplecticity";
    /// Length over which the growth rates of a transfer matrix are correlated, per length of the blocks its error bar is taken from.
    pub const BLOCK_LENGTH: &str = "block length";
    /// Transport coefficients in closed form against a quadrature over energy: the largest of the relative difference of sigma, and those of S in k_B/e and of
    /// L in its metallic value.
    pub const CLOSED_FORM: &str = "closed form";
    /// `T_ab` of the conductor against that with all potentials raised together, those inside the leads too, per channel: only differences of potentials count.
    pub const GAUGE: &str = "gauge";
    /// `T_ab(B) = T_ba(-B)` (Onsager and Casimir), by a solution in the opposite field, per channel.
    pub const ONSAGER_CASIMIR: &str = "Onsager-Casimir";
    /// `sum_i A_ii / 2 pi`, the states per energy in the conductor, against `-(1/2 pi i) Tr S^+ dS/dU` by differences, U a potential in all of it; relative.
    pub const DENSITY_OF_STATES: &str = "density of states";
    /// `dI_a/dmu_b` by differences against the conductance matrix, per largest entry.
    pub const LINEAR_LIMIT: &str = "linear limit";
    /// `dS/dV` at V = 0 against `2 kT d^2 I/dV^2` (two terminals, no field), by differences, per `S/kT`.
    pub const NONLINEAR_FLUCTUATION_DISSIPATION: &str = "nonlinear fluctuation-dissipation";
    /// `sum_b S_ab` of the correlators of currents, per largest `S_aa` (at least that of a conductance of 1e-3, as in all laws of noise): at low frequency no charge is left in the conductor, whatever the currents do.
    pub const NOISE_CONSERVATION: &str = "noise conservation";
    /// How far the least eigenvalue of the correlators S_ab lies below zero, per largest `S_aa`: no combination of currents has a negative noise.
    pub const NOISE_POSITIVITY: &str = "noise positivity";
    /// How far a correlator between different terminals lies above zero, per largest `S_aa`: electrons from reservoirs in equilibrium antibunch, in any coherent
    /// normal conductor (M. Büttiker, Phys. Rev. B 46, 12485 (1992)).
    pub const NOISE_SIGN: &str = "sign of cross-correlations";
    /// `S_ab` between reservoirs of one potential and temperature against `2 kT (G_ab + G_ba)`, per largest `S_aa`.
    pub const EQUILIBRIUM_NOISE: &str = "equilibrium noise";
    /// How far fluctuations of the energy currents `J^Q_a + mu_a I_a` are from adding up to zero over all terminals, and those of the particle currents where they are
    /// correlated with heat; per largest heat noise.
    pub const ENERGY_NOISE: &str = "noise of energy";
    /// How far the noise between two reservoirs of one temperature lies outside of `4 kT G <= S <= 2 e I coth(eV/2kT)`, per upper bound; holds where
    /// scattering does not depend on energy.
    pub const NOISE_BOUNDS: &str = "noise bounds";
    /// `<dN^2>` of a segment against `kT dN/dmu` and what pairs of sites across its ends add to it, per `<dN^2>`.
    pub const NUMBER_VARIANCE: &str = "number variance";
    /// Number of particles from correlations against a sum over waves and bound states, per site.
    pub const PARTICLE_NUMBER: &str = "particle number";
    /// Kinetics: `Int r_in (f - f_loc)`, what inelastic collisions add to the number of electrons, per `Int r_in |f - f_loc|`.
    pub const COLLISION_CHARGE: &str = "charge in collisions";
    /// Current of a contact against the current it is driven with, relative.
    pub const DRIVE: &str = "driving current";
    /// Kinetics: the rate `sum hbar k (r_in + r_el) f` at which collisions take momentum against the force `e E N` that gives it, relative.
    pub const MOMENTUM: &str = "momentum";
    /// How far occupations lie outside of 0 to 1; of sites also what the squares of their correlations with all others leave of `C_ii (1 - C_ii)`.
    pub const PAULI: &str = "Pauli principle";
    /// Number of electrons in the field against that of equilibrium, relative.
    pub const NEUTRALITY: &str = "neutrality";
    /// Kinetics: `Int kT df/dmu` in the field against `kT dN/dmu` of equilibrium, relative.
    pub const COMPRESSIBILITY: &str = "compressibility sum rule";
    /// Noise by propagating fluctuations against noise by the adjoint equation (or, with constant times, by the variance of the velocity), relative.
    pub const NOISE_TWICE: &str = "noise in two ways";
    /// Energy and conductance of moving defects, kept hop by hop, against sums over all pairs made anew; per sum of the moduli.
    pub const RUNNING_SUMS: &str = "running sums";
    /// How far a transition rate lies above the bound it was drawn with, relative.
    pub const RATE_BOUND: &str = "bounds of rates";
    /// Noise in equilibrium against `4kTG`, relative: the fluctuation-dissipation theorem.
    pub const JOHNSON_NOISE: &str = "Johnson-Nyquist noise";
    /// Rate at which the probability of any position of a defect changes in its stationary state, per rate at which it arrives there and leaves.
    pub const PROBABILITY: &str = "conservation of probability";
    /// Probability current between any two positions of a defect without bias, per current either way.
    pub const DETAILED_BALANCE: &str = "detailed balance";
    /// `sum_y chi_xy` of the non-local susceptibility of one spin against `dN_x/dmu = sum_a |psi_a(x)|^2 (-f'(E_a))` of the levels, per largest: a uniform field is a shift of the chemical potential.
    pub const SUSCEPTIBILITY_SUM: &str = "sum rule of the susceptibility";
    /// `eta sum_ij |G_ij(i eta)|^2` against `-Im Tr G(i eta)` of a closed sample, relative: electrons are conserved.
    pub const WARD_IDENTITY: &str = "Ward identity";
    /// What is left of the equation of self-consistency, `|u sigma[h] - h|` per `|h|`.
    pub const SELF_CONSISTENCY: &str = "self-consistency";
    /// How far the grand potential of a self-consistent solution lies above that of the paramagnet, per `T`: a solution that is not lower is none.
    pub const ENERGY_GAIN: &str = "energy gain";
    /// How far the least eigenvalue of a covariance lies below zero, per least of its variances.
    pub const COVARIANCE: &str = "positive covariance";
    /// Integral, mean and variance of a density by quadrature against 1 and what was computed of them otherwise, in units of the standard deviation.
    pub const NORMALISATION: &str = "normalisation";
    /// What is left of the saddle-point equation of the profile of a droplet, `|G/|G| - psi|`, G the gradient of its ring of four diffusons.
    pub const STATIONARITY: &str = "stationarity of the profile";
    /// How far the ring of a trial profile lies above that of the optimal one, relative.
    pub const VARIATIONAL_BOUND: &str = "variational bound";
    /// What coarser resolutions of the profile of a droplet change in what follows from its rings, relative; in the exponent of a density, absolute.
    pub const RESOLUTION: &str = "resolution of the profile";
}
