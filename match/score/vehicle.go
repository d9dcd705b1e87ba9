package score

import (
	"slices"

	"clew/match/norm"
)

// Vehicle is what is known of a vehicle besides a name. What many vehicles
// share (make, colour, and a name, which for a vehicle is its model) is weak
// evidence; a plate or a chassis number says which one.
type Vehicle struct {
	Plates  []string
	Chassis string // vehicle identification number
	Make    string
	Colour  string
}

// normalised returns the vehicle as it is compared, or nil when nothing is left.
func (v *Vehicle) normalised() *Vehicle {
	out := Vehicle{Chassis: norm.Chassis(v.Chassis), Make: norm.Clean(v.Make), Colour: norm.Clean(v.Colour)}
	for _, p := range v.Plates {
		out.Plates = add(out.Plates, norm.Plate(p))
	}
	if len(out.Plates) == 0 && out.Chassis == "" && out.Make == "" && out.Colour == "" {
		return nil
	}
	return &out
}

func sameVehicle(a, b *Vehicle) bool {
	return a == b || a != nil && b != nil && a.Chassis == b.Chassis && a.Make == b.Make && a.Colour == b.Colour && slices.Equal(a.Plates, b.Plates)
}

// addVehicle adds the evidence of two vehicles.
func (m *Model) addVehicle(r *Result, a, b *Vehicle) {
	e := &m.Evidence
	chassis := documentLevel(single(a.Chassis), single(b.Chassis))
	plate := documentLevel(a.Plates, b.Plates)
	if chassis == Different && plate != Different {
		plate = Absent // plates are moved from one vehicle to another
	}
	r.add(ByPlate, plate, e.Plate.weight(plate))
	r.add(ByChassis, chassis, e.Chassis.weight(chassis))
	level := overlap(single(a.Make), single(b.Make))
	r.add(ByMake, level, e.Make.weight(level))
	level = overlap(single(a.Colour), single(b.Colour))
	r.add(ByColour, level, e.Colour.weight(level))
}

// single is a value as a list, empty for none.
func single(v string) []string {
	if v == "" {
		return nil
	}
	return []string{v}
}
