use super::*;
use diffuson_ensemble::random::Realisation;

/// The random numbers of a realisation.
pub(crate) struct Numbers(pub(crate) Realisation);

impl Fields for Numbers {
    fn uniform(&self, field: u32, first: u64, out: &mut [f64]) {
        out.iter_mut().zip(first..).for_each(|(v, site)| *v = self.0.uniform(field, site));
    }

    fn normal(&self, field: u32, first: u64, out: &mut [f64]) {
        out.iter_mut().zip(first..).for_each(|(v, site)| *v = self.0.normal(field, site));
    }
}

/// Each repetition has deviates of its own, scaled by the errors and added to what is expected; those that are refused are left out, and the last of the refusals is told if there is nothing else.
#[test]
fn repetitions_are_drawn_place_by_place() {
    let expected = [(3.0, 0.5), (-1.0, 2.0), (0.0, 0.0)];
    let expected = expected.map(|(value, standard_error)| Estimated { value, standard_error });
    let numbers = Numbers(Realisation::new(4, 0));
    let drawn = repeat(&expected, 3, (&numbers, 7), |v| Ok::<_, ()>(v.to_vec()));
    let mut deviates = [0.0; 9];
    numbers.normal(7, 0, &mut deviates);
    for (n, values) in drawn.unwrap().into_iter().enumerate() {
        for (i, value) in values.into_iter().enumerate() {
            assert_eq!(value, expected[i].value + expected[i].standard_error * deviates[3 * n + i]);
        }
    }
    let middle = expected[0].value + expected[0].standard_error * deviates[3];
    let but_one =
        repeat(&expected, 3, (&numbers, 7), |v| if v[0] == middle { Err(middle) } else { Ok(v[0]) });
    assert_eq!(but_one.unwrap().len(), 2);
    let none: Result<Vec<()>, f64> = repeat(&expected, 2, (&numbers, 7), |v| Err(v[0]));
    assert_eq!(none, Err(middle));
    assert_eq!(share(&[1, 2, 3, 4], |v| *v > 1), 0.75);
    assert_eq!(share::<i32>(&[], |_| true), 0.0);
}
