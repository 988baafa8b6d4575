//! A model in the coordinates that vary: free parameters only, in their scales, with the priors as further residuals.

use crate::Error;
use crate::model::Model;
use crate::parameter::Parameter;

pub(crate) struct Problem<'m> {
    pub(crate) model: &'m dyn Model,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) free: Vec<usize>,
    /// Parameters with priors, fixed ones left out.
    priors: Vec<usize>,
    /// Added to the residuals, for data drawn anew; empty for none.
    pub(crate) shift: Vec<f64>,
}

impl<'m> Problem<'m> {
    pub(crate) fn new(model: &'m dyn Model, parameters: &[Parameter]) -> Result<Self, Error> {
        parameters.iter().try_for_each(Parameter::validate)?;
        let free: Vec<usize> = (0..parameters.len()).filter(|&j| parameters[j].free).collect();
        let priors: Vec<usize> = free.iter().copied().filter(|&j| parameters[j].prior.is_some()).collect();
        let problem = Self { model, parameters: parameters.to_vec(), free, priors, shift: Vec::new() };
        let (residuals, free) = (problem.rows() - model.eliminated().min(problem.rows()), problem.free.len());
        if residuals < free.max(1) {
            return Err(Error::TooFewResiduals { residuals, free });
        }
        Ok(problem)
    }

    /// Holds a parameter at a value; its prior goes on counting.
    pub(crate) fn hold(&mut self, index: usize, value: f64) {
        self.free.retain(|&j| j != index);
        self.parameters[index].start = value;
    }

    /// Residuals, priors among them.
    pub(crate) fn rows(&self) -> usize {
        self.model.residuals() + self.priors.len()
    }

    pub(crate) fn degrees_of_freedom(&self) -> usize {
        self.rows() - self.model.eliminated() - self.free.len()
    }

    pub(crate) fn start(&self) -> Vec<f64> {
        self.free.iter().map(|&j| self.parameters[j].coordinate(self.parameters[j].start)).collect()
    }

    /// All parameters at these coordinates.
    pub(crate) fn values(&self, coordinates: &[f64]) -> Vec<f64> {
        let mut values: Vec<f64> = self.parameters.iter().map(|p| p.start).collect();
        for (&j, &u) in self.free.iter().zip(coordinates) {
            values[j] = self.parameters[j].value(u);
        }
        values
    }

    pub(crate) fn named(&self, values: &[f64]) -> Vec<(String, f64)> {
        self.parameters.iter().zip(values).map(|(p, &v)| (p.name.clone(), v)).collect()
    }

    /// Fills the residuals and returns their sum of squares.
    pub(crate) fn residuals(&self, coordinates: &[f64], out: &mut [f64]) -> f64 {
        let values = self.values(coordinates);
        let (model, priors) = out.split_at_mut(self.model.residuals());
        self.model.evaluate(&values, model);
        for (&j, r) in self.priors.iter().zip(priors) {
            let prior = self.parameters[j].prior.expect("listed for its prior");
            *r = (prior.mean - values[j]) / prior.deviation;
        }
        out.iter_mut().zip(&self.shift).for_each(|(r, s)| *r += s);
        out.iter().map(|r| r * r).sum()
    }

    /// Derivatives with respect to the coordinates, column by column.
    pub(crate) fn jacobian(&self, coordinates: &[f64], out: &mut [f64]) {
        let (values, rows, model_rows) = (self.values(coordinates), self.rows(), self.model.residuals());
        let mut all = vec![0.0; model_rows * values.len()];
        if !self.model.jacobian(&values, &mut all) {
            return self.differences(coordinates, out);
        }
        for (&j, column) in self.free.iter().zip(out.chunks_exact_mut(rows)) {
            let stretch = self.parameters[j].stretch(values[j]);
            let (model, priors) = column.split_at_mut(model_rows);
            model.iter_mut().zip(&all[j * model_rows..]).for_each(|(c, d)| *c = stretch * d);
            for (&k, c) in self.priors.iter().zip(priors) {
                let prior = self.parameters[k].prior.expect("listed for its prior");
                *c = if k == j { -stretch / prior.deviation } else { 0.0 };
            }
        }
    }

    /// Differences of second order, central or, where a bound is near, to one side.
    fn differences(&self, coordinates: &[f64], out: &mut [f64]) {
        let rows = self.rows();
        let mut at = coordinates.to_vec();
        let mut taken = [vec![0.0; rows], vec![0.0; rows], vec![0.0; rows]];
        for (k, column) in out.chunks_exact_mut(rows).enumerate() {
            let parameter = &self.parameters[self.free[k]];
            let ([low, high], u) = (parameter.coordinate_bounds(), coordinates[k]);
            let h = f64::EPSILON.cbrt() * parameter.natural_length(u);
            let stencil: &[(f64, f64)] = if u - h < low {
                &[(0.0, -1.5), (1.0, 2.0), (2.0, -0.5)]
            } else if u + h > high {
                &[(0.0, 1.5), (-1.0, -2.0), (-2.0, 0.5)]
            } else {
                &[(-1.0, -0.5), (1.0, 0.5)]
            };
            for ((step, _), r) in stencil.iter().zip(&mut taken) {
                at[k] = u + step * h;
                self.residuals(&at, r);
            }
            at[k] = u;
            for (i, c) in column.iter_mut().enumerate() {
                *c = stencil.iter().zip(&taken).map(|((_, weight), r)| weight * r[i]).sum::<f64>() / h;
            }
        }
    }
}
