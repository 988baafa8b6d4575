//! Fluctuations of the grand potential in a spin-dependent potential: the complete counting of diagrams put to the proof.
