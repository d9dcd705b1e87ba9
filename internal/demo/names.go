package demo

import (
	"math/rand/v2"

	"clew/internal/casework"
	"clew/internal/core"
)

// nameParts are given names (female, male) and family names that are common
// where they are from.
type nameParts struct{ female, male, family []string }

var namesOf = map[string]nameParts{
	"ALB": {[]string{"Arta", "Elira", "Mimoza", "Blerta", "Drita"}, []string{"Arben", "Besnik", "Dritan", "Ilir", "Genti"}, []string{"Hoxha", "Shehu", "Kola", "Gjoka", "Prifti", "Marku"}},
	"GBR": {[]string{"Chloe", "Emily", "Leah", "Megan", "Jade"}, []string{"Callum", "Jayden", "Liam", "Tyler", "Reece"}, []string{"Barker", "Hughes", "Mills", "Price", "Walsh", "Marsh"}},
	"ERI": {[]string{"Selam", "Helen", "Feven", "Bisrat"}, []string{"Filmon", "Yonas", "Merhawi", "Tesfay"}, []string{"Tekle", "Gebremedhin", "Habte", "Kidane", "Woldu"}},
	"SDN": {[]string{"Amna", "Hiba", "Rania"}, []string{"Abdelrahman", "Mustafa", "Omer", "Yasir"}, []string{"Adam", "Bashir", "Idris", "Osman", "Elamin"}},
	"VNM": {[]string{"Linh", "Hương", "Mai", "Thảo"}, []string{"Đức", "Minh", "Tuấn", "Quang"}, []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng"}},
	"IRN": {[]string{"Maryam", "Shirin", "Leila"}, []string{"Reza", "Ali", "Hossein", "Farhad"}, []string{"Ahmadi", "Karimi", "Rostami", "Jafari"}},
	"IND": {[]string{"Anjali", "Kavita", "Priya"}, []string{"Gurpreet", "Rahul", "Sandeep"}, []string{"Singh", "Kaur", "Patel", "Nair"}},
	"AFG": {[]string{"Fatima", "Zahra"}, []string{"Hamid", "Najib", "Zabihullah", "Wahid"}, []string{"Ahmadzai", "Noori", "Stanikzai", "Rahimi"}},
	"ROU": {[]string{"Ioana", "Mădălina", "Elena"}, []string{"Andrei", "Florin", "Ionuț"}, []string{"Popescu", "Dumitru", "Stan", "Munteanu"}},
	"SOM": {[]string{"Ayaan", "Hodan", "Sahra"}, []string{"Abdi", "Farah", "Liban"}, []string{"Warsame", "Hassan", "Jama", "Abdullahi"}},
	"CHN": {[]string{"Mei", "Xiu", "Lan"}, []string{"Wei", "Jun", "Qiang"}, []string{"Chen", "Lin", "Zheng", "Huang"}},
	"NGA": {[]string{"Blessing", "Osas", "Joy", "Faith"}, []string{"Emeka", "Osaze", "Tunde"}, []string{"Okafor", "Osagie", "Adebayo", "Eze"}},
	"POL": {[]string{"Agnieszka", "Ewa"}, []string{"Marek", "Tomasz", "Łukasz"}, []string{"Kowalski", "Nowak", "Wójcik"}},
	"BGR": {[]string{"Desislava", "Mariya"}, []string{"Georgi", "Plamen"}, []string{"Dimitrov", "Ivanov", "Petrov"}},
}

var elsewhere = nameParts{[]string{"Ana", "Sara", "Nadia", "Grace", "Rosa"}, []string{"Samuel", "Daniel", "Ibrahim", "Joseph", "Karim"}, []string{"Santos", "Mensah", "Rahman", "Abebe", "Silva", "Khan", "Perera"}}

func draw(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// nameFor puts a name together.
func nameFor(r *rand.Rand, nationality, gender string) casework.Name {
	parts, ok := namesOf[nationality]
	if !ok {
		parts = elsewhere
	}
	given := parts.male
	if gender == "feminine" {
		given = parts.female
	}
	return casework.Name{Given: core.Secret(draw(r, given)), Family: core.Secret(draw(r, parts.family)), Kind: "main"}
}

var towns = []string{"Norbridge", "Eastmouth", "Port Ariadne", "Westhaven", "Milford Cross", "Stonebury", "Lakeside", "Harrowgate Mills"}

var languageOf = map[string]string{"ALB": "sqi", "GBR": "eng", "ERI": "tir", "SDN": "ara", "VNM": "vie", "IRN": "fas", "IND": "pan", "AFG": "pus",
	"ROU": "ron", "SOM": "som", "CHN": "zho", "NGA": "eng", "POL": "pol", "BGR": "bul", "IRQ": "ara", "ETH": "amh", "SYR": "ara", "PAK": "urd"}

var accounts = []string{
	"Was offered work by an acquaintance. On arrival the passport was taken “for safe keeping” and a debt was named that grew every week.",
	"Came to notice during a visit to the premises. Slept where the work was done, was not paid, and was afraid of the person who answered for everybody.",
	"Says that friends of the family arranged the journey. Was told what to say to officials and was watched on the telephone.",
	"Was asked to carry packets between towns by older people who gave presents at first and threats later.",
	"Was brought to different addresses and did not know the name of the town. Others kept the money.",
	"Left the house only with somebody else. Worked from early until late for the family and was never alone with visitors.",
}
