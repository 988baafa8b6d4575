//! The semi-infinite chain, building block of separable leads and of chain probes.

use diffuson_linalg::C64;

/// Surface self-energy `s` of a semi-infinite chain of hopping `hopping` at energy `x` from its centre, and `ds/dx`.
///
/// `s(x) = x/2 - i sqrt(t^2 - x^2/4)` for |x| <= 2t (propagating), `x/2 - sgn(x) sqrt(x^2/4 - t^2)` otherwise (evanescent, real);
/// `ds/dx = s / (2 s - x)` diverges as an inverse square root at |x| = 2t. Energies in any one unit.
pub fn chain_self_energy(x: f64, hopping: f64) -> (C64, C64) {
    let square = hopping * hopping - 0.25 * x * x;
    let s = if square >= 0.0 {
        C64::new(0.5 * x, -square.sqrt())
    } else {
        // t^2 / (x/2 + sgn(x) sqrt(x^2/4 - t^2)): the small root without cancellation
        C64::new(hopping * hopping / (0.5 * x + x.signum() * (-square).sqrt()), 0.0)
    };
    (s, s / (2.0 * s - x))
}

/// The self-energy of a chain of hopping 1 at a complex energy z, Im z >= 0, from its centre: the root of `s^2 - z s + 1 = 0` inside the unit circle. On the real axis the
/// retarded one, at the band edges +-1.
pub(super) fn continued_chain(z: C64) -> C64 {
    if z.im == 0.0 {
        // within rounding of an edge the square root would make 1e-16 of energy 1e-8 of s
        let x = if (z.re.abs() - 2.0).abs() < 1e-12 { 2.0 * z.re.signum() } else { z.re };
        return chain_self_energy(x, 1.0).0;
    }
    let root = (0.25 * z * z - 1.0).sqrt();
    let (a, b) = (0.5 * z + root, 0.5 * z - root);
    // the product of the roots is 1; that of the retarded one has its imaginary part below the axis
    let outside = if z.re.abs() > 2.0 {
        if a.norm_sqr() > b.norm_sqr() { a } else { b }
    } else if a.im > b.im {
        a
    } else {
        b
    };
    1.0 / outside
}

/// Self-energy `-t e^{ik}` (t = 1) of a lead matched to a chain with a wide-band probe of width `width` on every site, where
/// `E + i width/2 = -2 cos k`, Im k > 0, and its derivative by E. Such leads continue the dressed chain without reflection.
pub fn matched_chain_self_energy(energy: f64, width: f64) -> (C64, C64) {
    let cos_k = -0.5 * C64::new(energy, 0.5 * width);
    // the root of z + 1/z = 2 cos k inside the unit circle is e^{ik}
    let root = (cos_k * cos_k - 1.0).sqrt();
    let (a, b) = (cos_k + root, cos_k - root);
    let z = if a.norm_sqr() <= b.norm_sqr() { a } else { b };
    // dE = 2 sin k dk and d(-z)/dk = -i z
    let sin_k = (z - 1.0 / z) / (2.0 * C64::I);
    (-z, -C64::I * z / (2.0 * sin_k))
}
