package mse

// The histories of t lists form the lattice of subsets of {1..t}. A log-linear
// model's rates, margins and information matrix are all sums or products over
// it, so t·2^(t-1) additions replace the design matrix: with A the 0/1 matrix
// of cells by terms and μ the rates,
//
//	μ_ω          = Π_{θ⊆ω} exp(α_θ)     (product over subsets)
//	(Aᵀμ)_θ      = Σ_{ω⊇θ} μ_ω          (sum over supersets)
//	(Aᵀdiag(μ)A)_{θφ} = (Aᵀμ)_{θ∪φ}.

// number is what the lattice sums run over: counts and rates.
type number interface{ ~int64 | ~float64 }

// sumSupersets replaces f[h] by Σ_{g⊇h} f[g]. len(f) is a power of two.
func sumSupersets[N number](f []N) {
	for bit := 1; bit < len(f); bit <<= 1 {
		for base := 0; base < len(f); base += 2 * bit {
			low, high := f[base:base+bit], f[base+bit:base+2*bit]
			for i := range low {
				low[i] += high[i]
			}
		}
	}
}

// multiplySubsets replaces f[h] by Π_{g⊆h} f[g]. len(f) is a power of two.
func multiplySubsets(f []float64) {
	for bit := 1; bit < len(f); bit <<= 1 {
		for base := 0; base < len(f); base += 2 * bit {
			low, high := f[base:base+bit], f[base+bit:base+2*bit]
			for i := range high {
				high[i] *= low[i]
			}
		}
	}
}
