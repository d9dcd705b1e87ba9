package manifest

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestSlabKeepsListsApart(t *testing.T) {
	var s Slab[int]
	var lists [][]int
	for _, n := range []int{0, 1, 3, 5000, 2, 0, 300, 1024, 1, 255, 256, 257, 9} {
		for i := range n {
			s.Add(n*10000 + i)
			if s.Last() == nil || *s.Last() != n*10000+i || s.Len() != i+1 {
				t.Fatalf("list of %d: last is %v, length %d after %d", n, s.Last(), s.Len(), i+1)
			}
		}
		list := s.Take()
		if len(list) != n || s.Last() != nil || s.Len() != 0 {
			t.Fatalf("list of %d: took %d", n, len(list))
		}
		lists = append(lists, list)
		*s.New() = -1
	}
	for _, list := range lists {
		_ = append(list, -2) // must not reach what lies behind
	}
	for _, list := range lists {
		for i, v := range list {
			if v != len(list)*10000+i {
				t.Fatalf("list of %d: value %d is %d", len(list), i, v)
			}
		}
	}
}

func TestArenaAppendsAsAppendDoes(t *testing.T) {
	// Which list grows next: in runs, by turns, and one far longer than a chunk.
	orders := map[string]func(i int) int{
		"runs":    func(i int) int { return i / 700 },
		"turns":   func(i int) int { return i % 7 },
		"one":     func(int) int { return 0 },
		"uneven":  func(i int) int { return (i * i / 3) % 5 },
		"resumed": func(i int) int { return i / 100 % 3 },
	}
	for name, order := range orders {
		var a Arena[int]
		got, want := map[int][]int{}, map[int][]int{}
		for i := range 5000 {
			k := order(i)
			got[k], want[k] = a.Append(got[k], i), append(want[k], i)
		}
		for k := range want {
			if !slices.Equal(got[k], want[k]) {
				t.Errorf("%s: list %d differs from what append makes", name, k)
			}
		}
	}
}

func TestTextsStayAsTheyWere(t *testing.T) {
	var b Texts
	var got, want []string
	for i := range 3000 {
		parts := []string{strconv.Itoa(i), strings.Repeat("x", i%50), ""}[:i%4%3+1]
		got, want = append(got, b.Join(", ", parts...)), append(want, strings.Join(parts, ", "))
	}
	long := strings.Repeat("y", 3*maxTexts)
	got, want = append(got, b.Join("", long, "z")), append(want, long+"z")
	if !slices.Equal(got, want) {
		t.Error("a text changed after it was given out")
	}
}
