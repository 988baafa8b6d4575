//! How waves that arrive from one side of a contact interfere at two places.

use crate::C64;

/// `g(r) = <exp(i k.r)>`, averaged over the directions of k in the hemisphere `k_z > 0`; r in units of 1/k, contact along z (the kernel of Eqs. 4,
/// 20 to 23).
///
/// Electrons enter a wide ballistic contact so; those that leave it backwards average to the same function. `g(-r) = g*(r)`, `g(0) = 1`, `Re g = sin
/// r / r`.
///
/// The plane wave in spherical waves, every order averaged over the hemisphere:
///
/// ```text
/// Im g = sum over odd l of (2l+1) c_l j_l(r) P_l(z/r),    c_l = |Int_0^1 P_l(x) dx|,    c_1 = 1/2,    c_{l+2} = c_l l/(l+3)
/// ```
///
/// One recurrence downwards gives c_l and j_l (Miller) and adds the terms (Clenshaw): some 15 operations for each of `r + 12 r^(1/3) + 18` orders,
/// neither Bessel functions nor memory. Errors are below `1e-15 (1 + r/10)`, but not below the rounding of the phase r itself.
pub fn hemisphere_average(r: [f64; 3]) -> C64 {
    let [x, y, z] = r;
    let length = x.hypot(y).hypot(z);
    if length < 1e-7 {
        return C64::new(1.0 - length * length / 6.0, 0.5 * z);
    }
    let (sine, cosine) = length.sin_cos();
    let inverse = 1.0 / length;
    let first = sine * inverse;
    let second = (first - cosine) * inverse;
    C64::new(first, odd_orders(length, z * inverse, [first, second]))
}

/// `Im g` at distance r in a direction of cosine u; j_0(r) and j_1(r) set the scale of what Miller's recurrence finds.
fn odd_orders(r: f64, u: f64, known: [f64; 2]) -> f64 {
    let inverse = 1.0 / r;
    // Beyond its turning point j_l falls like Ai(t), l = r + t (r/2)^(1/3): by 1e-17 at t = 15.
    let orders = (r + 12.0 * r.cbrt() + 17.0) as usize | 1;
    let mut l = orders as f64;
    // j_{l+1}, j_l; c_l; sums of Clenshaw's recurrence: all in units of their own, which the end sets.
    let (mut above, mut bessel) = (0.0, 1e-280);
    let mut share = 1.0;
    let (mut older, mut sum) = (0.0, 0.0);
    let mut odd = true;
    while l > 0.0 {
        let term = if odd { (2.0 * l + 1.0) * share * bessel } else { 0.0 };
        (older, sum) = (sum, term + (2.0 * l + 1.0) / (l + 1.0) * u * sum - (l + 1.0) / (l + 2.0) * older);
        (above, bessel) = (bessel, (2.0 * l + 1.0) * inverse * bessel - above);
        l -= 1.0;
        if odd && l > 1.0 {
            share *= (l + 2.0) / (l - 1.0);
        }
        odd = !odd;
    }
    // j_0 and j_1 have no zero in common.
    let scale = if known[0].abs() > known[1].abs() { known[0] / bessel } else { known[1] / above };
    (u * sum - 0.5 * older) * scale * 0.5 / share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gauss::RULE;
    use proptest::prelude::*;
    use std::f64::consts::FRAC_PI_2;

    /// The average over polar angles by quadrature, `mu = sin(pi s/2)` (independent of the sum over spherical waves).
    fn by_angles([x, y, z]: [f64; 3]) -> C64 {
        let (rho, length) = (x.hypot(y), x.hypot(y).hypot(z));
        let panels = 8 + (length / 4.0) as usize;
        let mut odd = 0.0;
        for panel in 0..panels {
            for (node, weight) in RULE {
                let s = (panel as f64 + 0.5 + 0.5 * node) / panels as f64;
                let (mu, root) = (FRAC_PI_2 * s).sin_cos();
                odd +=
                    weight / 2.0 / panels as f64 * FRAC_PI_2 * root * (z * mu).sin() * libm::j0(rho * root);
            }
        }
        C64::new(length.sin() / length, odd)
    }

    /// Reference numbers, given to 13 digits.
    #[test]
    fn known_values() {
        let (bound, axial) = (hemisphere_average([1.0, -2.0, 3.0]), hemisphere_average([0.0, 0.0, 5.0]));
        assert!((bound - C64::new(-0.1509213272200, 0.2214147983511)).norm() < 1e-13, "{bound}");
        assert!((axial - C64::new(-0.1917848549326, 0.1432675629074)).norm() < 1e-13, "{axial}");
        let across = hemisphere_average([5.0, 0.0, 0.0]);
        assert!((across.re + 0.1917848549326).abs() < 1e-13 && across.im == 0.0, "{across}");
        assert_eq!(hemisphere_average([0.0; 3]), C64::new(1.0, 0.0));
    }

    /// `(e^{iz} - 1)/(iz)`: the allowed error is the stated one, and that of the closed form's phase.
    #[test]
    fn along_the_axis_it_is_elementary() {
        for z in [1e-9, 1e-8, 2e-7, 1e-3, 0.3, 1.0, 3.2, 4.5, 10.0, 31.4, 100.0, 317.0, 1234.5] {
            let got = hemisphere_average([0.0, 0.0, z]);
            let want = C64::new(f64::sin(z) / z, 2.0 * (z / 2.0).sin().powi(2) / z);
            assert!((got - want).norm() < 1e-15 * (1.0 + z / 10.0), "{z}: {:.1e}", (got - want).norm());
        }
    }

    proptest! {
        /// Against angles: both round; the quadrature adds up to 1000 terms of order one, of phases up to 200, with weights that sum to one.
        #[test]
        fn agrees_with_angles(x in -60.0..60.0f64, y in -60.0..60.0f64, z in -90.0..90.0f64, scale in 0.001..1.0f64) {
            let r = [x, y, z].map(|x| x * scale);
            let (got, want) = (hemisphere_average(r), by_angles(r));
            prop_assert!((got - want).norm() < 3e-14, "{got} {want} {:.1e}", (got - want).norm());
            prop_assert_eq!(hemisphere_average(r.map(|x| -x)), got.conj());
        }
    }
}
