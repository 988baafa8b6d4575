//! Figures of a study of spin fluctuations.
//!
//! - [`ratio`]: variance of the grand potential over that of all rings of diffusons, against the field
//! - [`experiment`]: variances of F_1 against the size of profiles; distributions of its lowest eigenvalue; their collapse
//! - [`interaction`]: covariances of F_1 on two places and between them
//! - [`droplet`]: the map of a droplet, and spins of droplets

mod droplet;
mod experiment;
mod interaction;
mod ratio;

use crate::kind::Kind;
use crate::plot::{Datum, Marker};
use crate::run::Run;
use crate::setting::setting;

/// The kind `spin-fluctuations`.
pub(crate) const KIND: Kind = Kind {
    name: "spin-fluctuations",
    columns: &[
        ("conductance", "g"),
        ("ratio", "over theory"),
        ("ratio_four", "over 4 of 6"),
        ("ratio_two", "over 2 of 6"),
        ("first_ratio", "J_1 over all rings"),
        ("second_ratio", "J_2"),
        ("third_ratio", "J_3"),
        ("exchange_ratio", "J_1/J_3"),
        ("third_four", "J_3 of the paper"),
        ("exchange_four", "J_1/J_3 of the paper"),
        ("tail_ratio", "tail over surrogate"),
        ("tail_coefficient", "tail over g^2"),
        ("bare_lowest", "bare lowest"),
        ("participation", "on sites"),
        ("unstable_share", "unstable"),
        ("surrogate_share", "of surrogates"),
        ("droplet_share", "with droplet"),
        ("spin", "spin S"),
        ("radius", "radius"),
        ("energy", "energy"),
    ],
    shown: &[],
    figures: |run| {
        let figures = [ratio::draw(run), experiment::radii(run), experiment::distribution(run)];
        let rest =
            [experiment::collapse(run), interaction::draw(run), droplet::map(run), droplet::spins(run)];
        figures.into_iter().chain(rest).flatten().collect()
    },
    question: describe,
    explorer: |_| String::new(),
};

const GREY: &str = "#7f7f7f";

/// A value with its error in a panel.
fn datum((x, y): (f64, f64), y_error: f64, (marker, color): (Marker, &str)) -> Datum {
    let tip = crate::number::with_error(y, y_error);
    Datum { x, y, x_error: f64::NAN, y_error, marker, color: color.to_owned(), tip }
}

fn describe(run: &Run) -> String {
    let text = |key: &str| setting(run, key).map_or_else(String::new, |s| s.text);
    let model = match text("model.kind").as_str() {
        "anderson" => format!(
            "the Anderson model on a torus with {} sites along each side, on-site energies from a box of width {}",
            text("model.size"),
            text("model.width"),
        ),
        _ => format!(
            "a torus with {} sites along each side, {} orbitals on each, Gaussian matrix elements of hopping $J_1$ = {}, time reversal {}",
            text("model.size"),
            text("model.orbitals"),
            text("model.hopping"),
            text("model.time_reversal"),
        ),
    };
    let question = match text("fluctuations.compute").as_str() {
        "grand-potential" => format!(
            "In a field $a\\psi(x)$ along the spin, $\\psi\\propto e^{{-x^2/R^2}}$ with $R$ = {}, the grand potential of both spins varies from sample to sample. To leading order in $1/g$ its \
             covariance is a sum over closed rings of diffusons; the ratio of what is measured to that sum, without a free parameter, says how many rings there are.",
            text("potential.radius"),
        ),
        "susceptibility" => format!(
            "The susceptibility $\\chi(x,y)$ of every sample, less its mean over samples, is the random part $F_1=-\\delta\\chi/\\nu_1$ of the inverse susceptibility. Projected onto {} lowest \
             Fourier modes, its lowest eigenvalue $-E$ is compared with that of Gaussian matrices with the covariance that theory gives, whose tail falls as $e^{{-E^2/2I}}$: the \
             exponential law of droplets, $e^{{-\\gamma g^2(1+F_0)^2}}$, for $E=1+F_0$.",
            text("susceptibility.modes"),
        ),
        "interaction" => format!(
            "The susceptibility $\\chi(x,y)$ of every sample, less its mean over samples, is taken on a profile $\\psi\\propto e^{{-x^2/R^2}}$, $R$ = {}, at one place and at another, and between both: \
             $F^{{(1)}}$, $F^{{(2)}}$ and $F^{{(12)}}$, which decides whether two droplets align. With all rings of diffusons $J_3=\\langle F^{{(12)}}F^{{(12)}}\\rangle$ is \
             $J_1=\\langle F^{{(1)}}F^{{(2)}}\\rangle$; as the paper counts diagrams it is several times as large.",
            text("interaction.radius"),
        ),
        _ => format!(
            "At the triplet constant $F_0$ = {} spins polarise where disorder makes the exchange locally strong enough: the mean field of every sample is solved, started from the lowest \
             eigenvector of its inverse susceptibility.",
            text("droplets.triplet"),
        ),
    };
    format!("Electrons on {model}, at $kT$ = {}. {question}", text("temperature.kT"))
}
