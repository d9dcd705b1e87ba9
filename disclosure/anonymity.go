package disclosure

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Rare is a combination of attributes that fewer than k people share.
type Rare struct {
	Values  []string // of every attribute asked about, in order
	People  int64
	Because []string // the fewest attributes that already make it rare: "gender=Other"
	Reason  string   // in words
}

// CheckAnonymity lists the combinations of the named attributes, those by which
// somebody could be recognised, that fewer than k people share (k-anonymity,
// Sweeney 2002), and says of each which attributes make it rare. The rarest come first.
func CheckAnonymity(r *Records, k int64, attributes ...string) ([]Rare, error) {
	if k < 2 {
		return nil, errors.New("disclosure: k must be 2 or more")
	}
	var s subset
	for _, name := range attributes {
		j := slices.Index(r.Attributes, name)
		if j < 0 {
			return nil, fmt.Errorf("disclosure: no attribute %q", name)
		}
		s |= 1 << j
	}
	if s == 0 {
		return nil, errors.New("disclosure: name the attributes by which somebody could be recognised")
	}
	c, err := newCoder(r)
	if err != nil {
		return nil, err
	}
	marginals := map[subset]map[uint64]int64{}
	for part := s; part > 0; part = (part - 1) & s {
		marginals[part] = r.marginalWithBlanks(c, part)
	}
	var found []Rare
	for code, people := range marginals[s] {
		if people < k {
			found = append(found, r.explain(c, code, s, people, k, marginals))
		}
	}
	slices.SortFunc(found, func(a, b Rare) int {
		return cmp.Or(cmp.Compare(a.People, b.People), slices.Compare(a.Values, b.Values))
	})
	return found, nil
}

// marginalWithBlanks counts combinations, a blank being a category of its own.
func (r *Records) marginalWithBlanks(c coder, s subset) map[uint64]int64 {
	counts := map[uint64]int64{}
	for _, row := range r.Rows {
		counts[c.partial(row.Values, s)] += row.People
	}
	return counts
}

// partial is like code but leaves blanks blank.
func (c coder) partial(values []int32, s subset) uint64 {
	code := uint64(0)
	for j, v := range values {
		if s.has(j) {
			code += c.radix[j] * uint64(v+1)
		}
	}
	return code
}

func (r *Records) explain(c coder, code uint64, s subset, people, k int64, marginals map[subset]map[uint64]int64) Rare {
	values := c.values(code)
	rare := Rare{People: people}
	for j := range values {
		if s.has(j) {
			rare.Values = append(rare.Values, r.categoryName(j, values[j]))
		}
	}
	cause, shared := s, people
	for part := s; part > 0; part = (part - 1) & s {
		n := marginals[part][c.partial(values, part)]
		if n < k && (part.len() < cause.len() || part.len() == cause.len() && part < cause) {
			cause, shared = part, n
		}
	}
	for j := range values {
		if cause.has(j) {
			rare.Because = append(rare.Because, r.Attributes[j]+"="+r.categoryName(j, values[j]))
		}
	}
	who := "people share"
	if shared == 1 {
		who = "person has"
	}
	rare.Reason = fmt.Sprintf("%d %s %s; at least %d must", shared, who, strings.Join(rare.Because, " and "), k)
	return rare
}

func (r *Records) categoryName(attribute int, v int32) string {
	if v == Blank {
		return "(blank)"
	}
	return r.Categories[attribute][v]
}

// GroupRare puts the categories of an attribute that fewer than least people have
// together under one name, such as "Other". If those together are still fewer
// than least, the next smallest category joins them. It returns the grouped
// records and the categories that went.
func GroupRare(r *Records, attribute string, least int64, name string) (*Records, []string, error) {
	j := slices.Index(r.Attributes, attribute)
	if j < 0 {
		return nil, nil, fmt.Errorf("disclosure: no attribute %q", attribute)
	}
	if err := checkLabel(name); err != nil {
		return nil, nil, fmt.Errorf("disclosure: the group: %w", err)
	}
	counts := make([]int64, len(r.Categories[j]))
	for _, row := range r.Rows {
		if v := row.Values[j]; v != Blank {
			counts[v] += row.People
		}
	}
	order := make([]int, len(counts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
	var gone []string
	together := int64(0)
	into := map[string]string{}
	for _, v := range order {
		category := r.Categories[j][v]
		if counts[v] >= least && (len(gone) == 0 || together >= least) {
			break
		}
		if category == name {
			together += counts[v]
			continue
		}
		gone = append(gone, category)
		into[category] = name
		together += counts[v]
	}
	grouped, err := r.Recode(attribute, func(category string) string {
		if to, ok := into[category]; ok {
			return to
		}
		return category
	})
	slices.Sort(gone)
	return grouped, gone, err
}

// TopBottom codes a numeric attribute from below and above: categories up to
// bottom become "bottom or less", from top on "top or more". Categories that are
// not whole numbers stay as they are.
func TopBottom(r *Records, attribute string, bottom, top int) (*Records, error) {
	if bottom >= top {
		return nil, errors.New("disclosure: the bottom code must lie below the top code")
	}
	return r.Recode(attribute, func(category string) string {
		n, err := strconv.Atoi(category)
		switch {
		case err != nil:
			return category
		case n <= bottom:
			return strconv.Itoa(bottom) + " or less"
		case n >= top:
			return strconv.Itoa(top) + " or more"
		}
		return category
	})
}

// Recode renames the categories of an attribute; categories that get the same name
// become one.
func (r *Records) Recode(attribute string, rename func(category string) string) (*Records, error) {
	j := slices.Index(r.Attributes, attribute)
	if j < 0 {
		return nil, fmt.Errorf("disclosure: no attribute %q", attribute)
	}
	b, err := NewBuilder(r.Attributes)
	if err != nil {
		return nil, err
	}
	values := make([]string, len(r.Attributes))
	for _, row := range r.Rows {
		for i, v := range row.Values {
			values[i] = ""
			if v != Blank {
				values[i] = r.Categories[i][v]
				if i == j {
					values[i] = rename(values[i])
				}
			}
		}
		if err := b.Add(values, row.People); err != nil {
			return nil, err
		}
	}
	return b.Records(), nil
}
