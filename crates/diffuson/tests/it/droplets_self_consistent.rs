//! Self-consistent droplets: one level exactly, thresholds against the linear instability, spins near them against Eq. 14.

use super::droplets_susceptibility::{numbers, random_hamiltonian};
use diffuson::droplets::{
    AndersonLattice, Exchange, FourierModes, Instability, solve_droplet, susceptibility_of_levels,
};
use diffuson::thermal::fermi;
use diffuson_linalg::{C64, Matrix, eigen};

/// One level at the Fermi energy: `sigma = tanh(h/2T)`, `h = u sigma`, unstable for u > 2T.
#[test]
fn one_level_is_a_spin() {
    let (h, temperature) = (Matrix::zeros(1, 1), 0.1);
    let chi = susceptibility_of_levels(&h, 1, temperature).unwrap();
    for u in [0.15, 0.199, 0.2005, 0.21, 0.5, 3.0] {
        // u = |F_0| / 2 nu_1
        let exchange = Exchange::local(1, -1.0, 0.5 / u).unwrap();
        let instability = Instability::new(&chi, &exchange).unwrap();
        assert!((instability.eigenvalue - (1.0 - u / 0.2)).abs() < 1e-13);
        let found = solve_droplet(&h, 1, &exchange, temperature, &instability).unwrap();
        let Some(droplet) = found else {
            assert!(u < 0.2, "{u}");
            continue;
        };
        assert!(u > 0.2 && droplet.audit.passed());
        let mut sigma = 1.0f64;
        for _ in 0..20_000 {
            sigma = (u * sigma / 0.2).tanh();
        }
        let field = u * sigma;
        let energy = -0.2 * (field / 0.2).cosh().ln() + field * field / (2.0 * u);
        // the residual 1e-8 over the slope of the equation, 1 - u/2T cosh^2, 5e-3 at u = 0.2005; the energy sees the square
        let slope = 1.0 - u / (0.2 * (field / 0.2).cosh().powi(2));
        assert!((droplet.spin / sigma - 1.0).abs() < 2e-8 / slope, "{u}: {} {sigma}", droplet.spin);
        assert!((droplet.energy - energy).abs() < 1e-12, "{u}: {} {energy}", droplet.energy);
        assert!((droplet.field[0] - field).abs() < 3e-8 * field / slope);
        assert!(droplet.radius == 0.0 && (droplet.participation - 1.0).abs() < 1e-14);
        if u < 0.201 {
            // sigma^2 = 3 (u/2T - 1) + O(squared)
            let single = droplet.single_mode_spin.unwrap();
            assert!((single / (3.0f64 * 0.0025).sqrt() - 1.0).abs() < 2e-3, "{single}");
            assert!((single / sigma - 1.0).abs() < 0.01);
        }
    }
}

fn grand_potential(h: &Matrix, orbitals: usize, field: &[f64], temperature: f64) -> f64 {
    let spin = |sign: f64| -> f64 {
        let mut shifted = h.clone();
        (0..h.rows()).for_each(|k| shifted[(k, k)] -= C64::from(sign * field[k / orbitals]));
        let levels = eigen::hermitian_values(&shifted).unwrap();
        levels.iter().map(|e| e.min(0.0) - temperature * (-e.abs() / temperature).exp().ln_1p()).sum()
    };
    spin(1.0) + spin(-1.0)
}

fn spin_density(h: &Matrix, orbitals: usize, field: &[f64], temperature: f64) -> Vec<f64> {
    let density = |sign: f64| -> Vec<f64> {
        let mut shifted = h.clone();
        (0..h.rows()).for_each(|k| shifted[(k, k)] -= C64::from(sign * field[k / orbitals]));
        let states = eigen::hermitian(&shifted).unwrap();
        let on = |x: usize| {
            let of = |a: usize| -> f64 {
                let weight: f64 =
                    (x * orbitals..(x + 1) * orbitals).map(|i| states.vectors[(i, a)].norm_sqr()).sum();
                weight * fermi(states.values[a] / temperature)
            };
            (0..h.rows()).map(of).sum()
        };
        (0..field.len()).map(on).collect()
    };
    density(1.0).iter().zip(density(-1.0)).map(|(up, down)| up - down).collect()
}

/// Two samples, one of each class, with exchange on every site and of long waves: stable or not as the eigenvalue says; near the threshold S^2 is that of Eq. 14 and grows in proportion;
/// the solution solves Eq. 9 and lowers the grand potential by what the levels say.
#[test]
fn droplets_appear_where_the_paramagnet_is_unstable() {
    let temperature = 0.15;
    let modes = FourierModes::new(4, 5).unwrap();
    let lattice = AndersonLattice::new(4, 5.0, -0.6).unwrap().sample(&numbers(3));
    for (h, orbitals, long) in [(random_hamiltonian(32, true, 4), 2, false), (lattice, 1, true)] {
        let chi = susceptibility_of_levels(&h, orbitals, temperature).unwrap();
        let exchange = |triplet: f64| match long {
            true => Exchange::long_waves(&modes, triplet, &[0.2, 0.21, 0.19, 0.2, 0.22]).unwrap(),
            false => Exchange::local(4, triplet, 0.6).unwrap(),
        };
        let at = |triplet: f64| Instability::new(&chi, &exchange(triplet)).unwrap();
        // 1 + F_0 + F_1 is linear in F_0
        let threshold = -0.5 / (1.0 - at(-0.5).eigenvalue);
        assert!(at(threshold).eigenvalue.abs() < 1e-12);
        let instability = at(0.999 * threshold);
        assert!((instability.eigenvalue - 0.001).abs() < 1e-12);
        assert!(
            solve_droplet(&h, orbitals, &exchange(0.999 * threshold), temperature, &instability)
                .unwrap()
                .is_none()
        );

        // Omega[t h] - Omega[0] + t^2 = eigenvalue t^2 + O(t^4): what a field costs, from levels alone
        let cost = |t: f64| {
            let field: Vec<f64> = instability.field.iter().map(|h| t * h).collect();
            let none = vec![0.0; field.len()];
            let levels = |field: &[f64]| grand_potential(&h, orbitals, field, temperature);
            (levels(&field) - levels(&none)) / (t * t) + 1.0
        };
        let [near, far] = [cost(0.01), cost(0.02)];
        // t^4 taken off; what is left of t^6, and rounding 1e-14/t^2
        assert!(((4.0 * near - far) / 3.0 - 0.001).abs() < 1e-6, "{near} {far}");

        let mut squares = Vec::new();
        for excess in [0.0005, 0.001] {
            let triplet = threshold * (1.0 + excess);
            let droplet =
                solve_droplet(&h, orbitals, &exchange(triplet), temperature, &at(triplet)).unwrap().unwrap();
            assert!(droplet.audit.passed() && droplet.energy < 0.0, "{:?}", droplet.audit);
            let again = spin_density(&h, orbitals, &droplet.field, temperature);
            let off = again
                .iter()
                .zip(&droplet.spin_density)
                .map(|(a, b)| (a.abs() - b.abs()).abs())
                .fold(0.0, f64::max);
            assert!(off < 1e-10, "{off}");
            let single = droplet.single_mode_spin.unwrap();
            squares.push((droplet.spin / single).powi(2));
        }
        // S^2 over that of Eq. 14 is 1 + c excess: what is left of the square of the excess, with c of some ten
        assert!((2.0 * squares[0] - squares[1] - 1.0).abs() < 0.003, "{squares:?}");
        assert!((squares[0] - 1.0).abs() < 0.05, "{squares:?}");

        // far beyond the threshold
        let triplet = (1.3 * threshold).max(-2.0);
        let droplet =
            solve_droplet(&h, orbitals, &exchange(triplet), temperature, &at(triplet)).unwrap().unwrap();
        assert!(droplet.audit.passed() && droplet.energy < 0.0);
        let again = spin_density(&h, orbitals, &droplet.field, temperature);
        if !long {
            let u = -triplet / 1.2;
            let off = again.iter().zip(&droplet.field).map(|(s, h)| (u * s - h).abs()).fold(0.0, f64::max);
            assert!(off < 1e-6, "h = u sigma: {off}");
        }
        assert!(droplet.participation >= 1.0 && droplet.participation <= 16.0);
        // no further than the corners of the torus
        assert!(droplet.radius >= 0.0 && droplet.radius <= 8.0f64.sqrt());
        assert!((again.iter().sum::<f64>().abs() - droplet.spin).abs() < 1e-8);
    }
}

#[test]
fn exchanges_that_are_none_are_refused() {
    assert!(Exchange::local(0, -0.9, 1.0).is_err() && Exchange::local(2, 0.1, 1.0).is_err());
    assert!(Exchange::local(2, -0.9, 0.0).is_err());
    let modes = FourierModes::new(3, 5).unwrap();
    assert!(Exchange::long_waves(&modes, -0.9, &[1.0; 4]).is_err());
    assert!(Exchange::long_waves(&modes, -0.9, &[1.0, 1.0, 0.0, 1.0, 1.0]).is_err());
    let h = random_hamiltonian(8, false, 0);
    let chi = susceptibility_of_levels(&h, 2, 0.1).unwrap();
    let [two, three] = [2, 3].map(|size| Exchange::local(size, -0.99, 1.0).unwrap());
    assert!(Instability::new(&chi, &three).is_err());
    let instability = Instability::new(&chi, &two).unwrap();
    assert!(solve_droplet(&h, 1, &two, 0.1, &instability).is_err(), "8 sites, not 4");
    assert!(solve_droplet(&h, 2, &two, -0.1, &instability).is_err());
}
