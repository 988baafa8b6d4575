use super::*;

fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }
}

/// Hamilton's product, whose first components alone are the complex and the real one.
fn times<const D: usize>(a: [f64; D], b: [f64; D]) -> [f64; D] {
    let pad = |x: [f64; D]| -> [f64; 4] { std::array::from_fn(|i| if i < D { x[i] } else { 0.0 }) };
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (pad(a), pad(b));
    let product = [
        a0 * b0 - a1 * b1 - a2 * b2 - a3 * b3,
        a0 * b1 + a1 * b0 + a2 * b3 - a3 * b2,
        a0 * b2 - a1 * b3 + a2 * b0 + a3 * b1,
        a0 * b3 + a1 * b2 - a2 * b1 + a3 * b0,
    ];
    std::array::from_fn(|i| product[i])
}

/// Diagonal of R, each entry D times, from real Gram-Schmidt, twice, of the columns times all units.
fn naive_diagonal<const D: usize>(columns: &[Vec<[f64; D]>]) -> Vec<f64> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut diagonal = Vec::new();
    for column in columns {
        for c in 0..D {
            let unit = std::array::from_fn(|i| f64::from(u8::from(i == c)));
            let mut v: Vec<f64> = column.iter().flat_map(|&x| times(x, unit)).collect();
            for _ in 0..2 {
                for q in &basis {
                    let s: f64 = q.iter().zip(&v).map(|(q, v)| q * v).sum();
                    v.iter_mut().zip(q).for_each(|(v, q)| *v -= s * q);
                }
            }
            let r = v.iter().map(|v| v * v).sum::<f64>().sqrt();
            v.iter_mut().for_each(|v| *v /= r);
            basis.push(v);
            diagonal.push(r);
        }
    }
    diagonal
}

/// Columns on a ring, through steps with random Hermitian matrices, against products and orthonormalisation number by number.
fn is_the_naive_recursion<const D: usize>(order: usize, cols: usize, count: usize) {
    let mut next = noise(7);
    let ring = |i: usize| vec![(i + 1) % order, (i + order - 1) % order];
    let pattern = Pattern::new(&(0..order).map(ring).collect::<Vec<_>>());
    let mut frame = Frame::<D>::new(order, cols, |_| (0..order * D).map(|_| next()).collect());
    let mut previous = Vec::new();
    for round in 0..3 {
        let diagonals: Vec<f64> = (0..count * order).map(|_| 3.0 * next()).collect();
        let mut entries = vec![[0.0; D]; count * 2 * order];
        for bonds in entries.chunks_exact_mut(2 * order) {
            for i in 0..order {
                let bond: [f64; D] = std::array::from_fn(|_| next());
                bonds[2 * i] = bond;
                bonds[2 * ((i + 1) % order) + 1] =
                    std::array::from_fn(|c| if c == 0 { bond[0] } else { -bond[c] });
            }
        }
        let entry = |f: &Frame<D>, i, j| -> [f64; D] { std::array::from_fn(|c| f.get(i, j, c)) };
        let columns: Vec<Vec<[f64; D]>> = (0..cols)
            .map(|j| {
                let mut now: Vec<_> = (0..order).map(|i| entry(&frame, i, j)).collect();
                let mut last: Vec<_> = (0..order).map(|i| entry(&frame, order + i, j)).collect();
                for (diagonal, bonds) in diagonals.chunks_exact(order).zip(entries.chunks_exact(2 * order)) {
                    let new = (0..order).map(|i| {
                        let neighbours =
                            [(bonds[2 * i], (i + 1) % order), (bonds[2 * i + 1], (i + order - 1) % order)];
                        let [right, left] = neighbours.map(|(u, j)| times(u, now[j]));
                        std::array::from_fn(|c| diagonal[i] * now[i][c] - last[i][c] + right[c] + left[c])
                    });
                    (now, last) = (new.collect(), now);
                }
                now.into_iter().chain(last).collect()
            })
            .collect();
        let (mut diagonal, mut growth) = (vec![0.0; cols], vec![0.0; cols]);
        let steps = Steps { pattern: &pattern, diagonals: &diagonals, entries: &entries };
        frame.propagate(steps, &mut diagonal, &mut growth);
        let naive = naive_diagonal(&columns);
        for j in 0..cols {
            let norm = columns[j].iter().flatten().map(|x| x * x).sum::<f64>().sqrt();
            assert!((growth[j] / norm - 1.0).abs() < 1e-13, "column {j}");
            // |a_j| / R_jj roundings of some tens of operations each
            let allowed = 1e-14 * (1.0 + growth[j] / diagonal[j]);
            for c in 0..D {
                let error = (diagonal[j] / naive[j * D + c] - 1.0).abs();
                assert!(error < allowed, "round {round}, column {j}: {error:e} of {allowed:e}");
            }
        }
        let [orthogonality, _] = frame.defects();
        assert!(orthogonality < 1e-9, "{orthogonality:e}");
        if round > 0 {
            assert_ne!(previous, diagonal);
        }
        previous = diagonal;
    }
}

#[test]
fn frames_follow_the_recursion_over_all_three_numbers() {
    for (order, cols, count) in [(3, 3, 1), (20, 20, 3), (9, 5, 4), (19, 18, 2), (40, 35, 2), (75, 70, 2)] {
        is_the_naive_recursion::<1>(order, cols, count);
        is_the_naive_recursion::<2>(order, cols, count);
        is_the_naive_recursion::<4>(order, cols, count);
    }
}

/// R of some rounds on a ring, and the columns after them, by numbers one by one, vectors of four, and the best that the machine has.
#[cfg(target_arch = "x86_64")]
fn by_all_instructions<const D: usize>(order: usize, cols: usize) -> Vec<Vec<f64>> {
    let follow = |which: usize| {
        let mut next = noise(11);
        let ring = |i: usize| vec![(i + 1) % order, (i + order - 1) % order];
        let pattern = Pattern::new(&(0..order).map(ring).collect::<Vec<_>>());
        let entries = vec![std::array::from_fn(|c| if c == 0 { -1.0 } else { 0.0 }); pattern.entries()];
        let mut frame = Frame::<D>::new(order, cols, |_| (0..order * D).map(|_| next()).collect());
        let (mut diagonal, mut growth) = (vec![0.0; cols], vec![0.0; cols]);
        let mut all = Vec::new();
        for _ in 0..3 {
            let diagonals: Vec<f64> = (0..4 * order).map(|_| 8.0 * next()).collect();
            let steps = Steps { pattern: &pattern, diagonals: &diagonals, entries: &entries };
            let propagation = frame.propagation(steps, &mut diagonal, &mut growth);
            match which {
                0 => Simd::vectorize(pulp::Scalar, propagation),
                1 => Simd::vectorize(pulp::x86::V3::try_new()?, propagation),
                _ => Arch::new().dispatch(propagation),
            }
            all.extend(diagonal.iter().chain(&growth));
        }
        let entry = |i| (0..cols).map(move |j| (i, j));
        all.extend((0..2 * order).flat_map(entry).map(|(i, j)| frame.get(i, j, D - 1)));
        Some(all)
    };
    (0..3).filter_map(follow).collect()
}

/// Vectors of any width make the same sums in the same order, with the same fused operations: the same bits on every machine that has these.
#[test]
#[cfg(target_arch = "x86_64")]
fn all_instructions_give_the_same_bits() {
    for (order, cols) in [(20, 20), (19, 18), (75, 70)] {
        for results in [
            by_all_instructions::<1>(order, cols),
            by_all_instructions::<2>(order, cols),
            by_all_instructions::<4>(order, cols),
        ] {
            assert!(results.len() > 1 && results[0].iter().all(|x| x.is_finite()));
            assert!(results.iter().all(|other| *other == results[0]), "{order} x {cols}");
        }
    }
}

/// Real bars of 4 x 4 sites at W = 16.5, the same energies at every interval. The spread of growth is 1.2 a step, so that an interval of 12 loses
/// `epsilon exp(14)` = 3e-10 of the smallest R_jj on average; eight digits of the mean are asked for.
#[test]
fn rates_do_not_depend_on_the_interval() {
    let side = 4;
    let n = side * side;
    let neighbours = |i: usize| {
        let (y, z) = (i / side, i % side);
        let at = |y: usize, z: usize| (y % side) * side + z % side;
        vec![at(y + 1, z), at(y + side - 1, z), at(y, z + 1), at(y, z + side - 1)]
    };
    let pattern = Pattern::new(&(0..n).map(neighbours).collect::<Vec<_>>());
    let entries = vec![[-1.0]; pattern.entries()];
    let rates = [1, 2, 4, 8, 12].map(|interval: usize| {
        let (mut start, mut energies) = (noise(1), noise(2));
        let mut frame = Frame::<1>::new(n, n, |_| (0..n).map(|_| start()).collect());
        let (mut diagonal, mut growth) = (vec![0.0; n], vec![0.0; n]);
        let mut rate = 0.0;
        for done in (0..4800).step_by(interval) {
            let diagonals: Vec<f64> = (0..interval * n).map(|_| 16.5 * energies()).collect();
            let steps = Steps { pattern: &pattern, diagonals: &diagonals, entries: &entries };
            frame.propagate(steps, &mut diagonal, &mut growth);
            if done >= 480 {
                rate += diagonal[n - 1].ln() / 4320.0;
            }
        }
        rate
    });
    assert!((1.0..2.5).contains(&(4.0 * rates[0])), "{rates:?}");
    assert!(rates.iter().all(|rate| (rate / rates[0] - 1.0).abs() < 1e-8), "{rates:?}");
}
