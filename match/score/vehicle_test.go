package score

import (
	"testing"

	"pgregory.net/rapid"
)

func TestVehiclesAreToldByPlateAndChassisNumber(t *testing.T) {
	m := Default()
	const chassis, other = "WVWZZZ1JZXW000001", "JTDKB20U093500002"
	car := func(name string, v Vehicle) Record {
		return NewRecord(Input{Schema: "Vehicle", Name: name, Vehicle: &v})
	}
	for name, c := range map[string]struct {
		a, b  Record
		match bool
	}{
		"the same plate, written otherwise": {car("", Vehicle{Plates: []string{"B-AB 1234"}}), car("", Vehicle{Plates: []string{"BAB1234"}}), true},
		"plate misread, same make, colour":  {car("", Vehicle{Plates: []string{"BAB1O34"}, Make: "VW", Colour: "white"}), car("", Vehicle{Plates: []string{"BAB1034"}, Make: "vw", Colour: "White"}), false},
		"one make and model":                {car("Toyota Hilux", Vehicle{Make: "Toyota"}), car("Toyota Hilux", Vehicle{Make: "Toyota", Colour: "red"}), false},
		"the same chassis, another plate":   {car("", Vehicle{Plates: []string{"AA111"}, Chassis: chassis}), car("", Vehicle{Plates: []string{"ZZ999"}, Chassis: chassis}), true},
		"chassis with O for 0":              {car("", Vehicle{Chassis: chassis}), car("", Vehicle{Chassis: "WVWZZZ1JZXWOOOOO1"}), true},
		"a plate on another chassis":        {car("", Vehicle{Plates: []string{"AA111"}, Chassis: chassis}), car("", Vehicle{Plates: []string{"AA111"}, Chassis: other}), false},
		"a plate on another make":           {car("", Vehicle{Plates: []string{"AA111"}, Make: "Lada"}), car("", Vehicle{Plates: []string{"AA111"}, Make: "Volvo"}), false},
		"Cyrillic and Latin plates":         {car("", Vehicle{Plates: []string{"К123ОМ"}}), car("", Vehicle{Plates: []string{"K123OM"}}), true},
	} {
		r, why := m.Explain(&c.a, &c.b)
		if (r.Score >= m.Threshold) != c.match {
			t.Errorf("%s: %.4f (%s)", name, r.Score, Messages("en").Join(why))
		}
		if self := m.Compare(&c.a, &c.a).Score; self != 1 {
			t.Errorf("%s: a vehicle and itself score %v", name, self)
		}
	}
}

func TestVehicleEvidenceKeepsThePromises(t *testing.T) {
	m := Default()
	vehicle := func(t *rapid.T, label string) Input {
		pick := func(field string, values ...string) string {
			return rapid.SampledFrom(append(values, "")).Draw(t, label+field)
		}
		return Input{Schema: "Vehicle", Name: pick("name", "Toyota Hilux", "Volvo FH16"), Vehicle: &Vehicle{Plates: []string{pick("plate", "AB1234", "ABI234", "ZZ999")},
			Chassis: pick("chassis", "WVWZZZ1JZXW000001", "JTDKB20U093500002"), Make: pick("make", "Toyota", "Volvo"), Colour: pick("colour", "red", "white")}}
	}
	rapid.Check(t, func(t *rapid.T) {
		in, other := vehicle(t, "a "), vehicle(t, "b ")
		if x, y := scoreOf(m, in, other), scoreOf(m, other, in); x != y {
			t.Fatalf("%v one way, %v the other", x, y)
		}
		for name, set := range map[string]func(v *Vehicle, s string){
			"plate": func(v *Vehicle, s string) {
				v.Plates = single(map[string]string{"": "", "same": "QQ1122", "other": "RR7788"}[s])
			},
			"chassis": func(v *Vehicle, s string) {
				v.Chassis = map[string]string{"": "", "same": "1M8GDM9AXKP042788", "other": "5YJSA1DG9DFP14705"}[s]
			},
			"make":   func(v *Vehicle, s string) { v.Make = s },
			"colour": func(v *Vehicle, s string) { v.Colour = s },
		} {
			a, b := *in.Vehicle, *other.Vehicle
			score := func(x, y string) float64 {
				set(&a, x)
				set(&b, y)
				return scoreOf(m, Input{Schema: "Vehicle", Name: in.Name, Vehicle: &a}, Input{Schema: "Vehicle", Name: other.Name, Vehicle: &b})
			}
			without, omitted, with, against := score("", ""), score("same", ""), score("same", "same"), score("same", "other")
			if with < without && without < 1 || against > omitted {
				t.Fatalf("%s: %v without, %v agreeing, %v omitted, %v contradicted (%+v %+v)", name, without, with, omitted, against, a, b)
			}
		}
	})
}
